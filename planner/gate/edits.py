"""What a change wrote in a scenario: key by key, with the line of each; and how to undo one of them alone."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from planner.outcome import Edit, Place
from planner.scenario.compose import FORM, Changes
from planner.source import Document, InvalidInput, Path, dotted, parse_document

MOST: Final = 50
"""Edits of one scenario that are listed."""
LONGEST: Final = 200
"""Characters of a value that are shown."""
SHORT: Final = 8
"""Characters of a file's digest that tell it from another."""
_NOTHING: Final = object()


@dataclass(frozen=True, slots=True)
class Edited:
    """One edit, and what takes it back."""

    edit: Edit
    undo: Changes | None
    """Lays the base's value on the head; None where the command line could not say it."""


def edits(base: Document, head: Document, inside: Callable[[str], str]) -> list[Edited]:
    """Keys whose values differ, in the order of the head; `inside` turns a file's name into its path from the root."""
    found = []
    for path, before, after in _differences(_content(base), _content(head), ()):
        span = head.span(path, key=after is _NOTHING)
        place = Place(file=inside(head.file_at(path)), line=span.line, column=span.column)
        edit = Edit(key=dotted(path), before=_shown(before), after=_shown(after), place=place)
        found.append(Edited(edit, _undo(path, base.data)))
        if len(found) == MOST:
            break
    return found


def document_edits(base: bytes, head: bytes, file: str) -> list[Edit] | None:
    """The same of two states of a document that a scenario rests on, such as an overlay, by its kind and key.

    None where either cannot be read, or they are of two kinds: nothing is told of keys then. `file` is its path.
    """
    try:
        before, after = parse_document(base, file), parse_document(head, file)
    except InvalidInput:
        return None
    kinds = {document.data.get("kind") if isinstance(document.data, dict) else None for document in (before, after)}
    kind = next(iter(kinds))
    if len(kinds) > 1 or not isinstance(kind, str):
        return None
    found = edits(before, after, lambda name: name)
    return [
        each.edit.model_copy(
            update={"key": f"{kind} {each.edit.key}", "place": Place(file=file, line=at.line, column=at.column)}
        )
        for each in found
        for at in (each.edit.place,)
    ]


def moved_files(base: Mapping[str, str], head: Mapping[str, str]) -> list[Edit]:
    """Data and overlays of a scenario that are others than at the base, each given as path → digest.

    One that is new under its path and was there under another has only moved.
    """
    there = set(base.values())
    return [
        Edit(key=path, before=base.get(path, "")[:SHORT], after=digest[:SHORT], place=Place(file=path, line=1))
        for path, digest in sorted(head.items())
        if base.get(path) != digest and (path in base or digest not in there)
    ][:MOST]


def _content(document: Document) -> Mapping[str, Any]:
    data = document.data if isinstance(document.data, dict) else {}
    return {key: value for key, value in data.items() if key not in FORM}


def _differences(before: object, after: object, path: Path) -> Iterator[tuple[Path, object, object]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*after, *(key for key in before if key not in after)]:
            yield from _differences(before.get(key, _NOTHING), after.get(key, _NOTHING), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, (was, now) in enumerate(zip(before, after, strict=True)):
            yield from _differences(was, now, (*path, i))
    elif type(before) is not type(after) or before != after:
        yield path, before, after


def _undo(path: Path, base: object) -> Changes | None:
    """`--set` of the base's value: of a list the whole of it, of a key that was not there `null`."""
    end = next((i for i, part in enumerate(path) if isinstance(part, int)), len(path))
    keys = [str(part) for part in path[:end]]
    value: Any = base
    for key in keys:
        value = value.get(key, _NOTHING) if isinstance(value, dict) else _NOTHING
    written = "null" if value is _NOTHING else _flow(value)
    known = len(keys) <= 2 if keys[0] == "axes" else all("." not in key for key in keys)
    return Changes(assignments=(f"{'.'.join(keys)}={written}",)) if known and "\n" not in written else None


def _shown(value: object) -> str:
    if value is _NOTHING:
        return ""
    text = _flow(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _flow(value: object) -> str:
    """A value as YAML on one line."""
    text: str = yaml.safe_dump(value, default_flow_style=True, width=1_000_000, allow_unicode=True, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...").strip()
