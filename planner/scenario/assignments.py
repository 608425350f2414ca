"""`--set train.epochs=2`: one assignment of the command line as a document with places of its own."""

import hashlib
import re
from typing import Any, Final

from planner.source import Document, InvalidInput, Path, Problem, Span, parse_document

_SEGMENT: Final = re.compile(r"[A-Za-z0-9_-]+")


def parse_assignment(text: str) -> Document:
    """The mapping that `dotted.path=value` stands for; the value is YAML. Raises InvalidInput."""
    shown = f"--set {text}"
    target, equals, written = text.partition("=")
    if not equals:
        raise _refused(shown, text, "has no value", Span(1, 1, 1, len(text) + 1), "write for example train.epochs=2")
    path, spans = _path(shown, text, target)
    start = len(target) + 1
    if not written.strip():
        span = Span(1, start, 1, start + 1)
        raise _refused(shown, text, "has no value", span, f"{target}=null removes the key")
    try:
        value = parse_document((" " * start + written).encode("utf-8", "surrogateescape"), shown)
    except InvalidInput as error:
        raise InvalidInput(error.problems, {shown: text}) from None
    data: Any = value.data
    whole = value.span(())
    values: dict[Path, Span] = {(*path, *inner): span for inner, span in value.values.items()}
    keys = {(*path, *inner): span for inner, span in value.keys.items()}
    for end in range(len(path), 0, -1):
        data = {path[end - 1]: data}
        keys[path[:end]] = spans[end - 1]
        values[path[: end - 1]] = Span(1, spans[end - 1].column, whole.end_line, whole.end_column)
    return Document(shown, text, data, keys, values, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest())


def _path(shown: str, text: str, target: str) -> tuple[Path, list[Span]]:
    """The keys of a dotted path and their places; under `axes` the rest is one key, as in the file."""
    parts: list[str] = []
    spans: list[Span] = []
    column = 1
    pieces = target.split(".")
    if pieces[0] == "axes" and len(pieces) > 1:
        pieces = ["axes", ".".join(pieces[1:])]
    for piece in pieces:
        span = Span(1, column, 1, column + max(1, len(piece)))
        if not all(_SEGMENT.fullmatch(part) for part in piece.split(".")):
            raise _refused(shown, text, f"{target!r} is no dotted path", span, "write for example train.epochs=2")
        parts.append(piece)
        spans.append(span)
        column += len(piece) + 1
    return tuple(parts), spans


def _refused(shown: str, text: str, message: str, span: Span, hint: str) -> InvalidInput:
    return InvalidInput([Problem("set", message, shown, span, hint=hint)], {shown: text})
