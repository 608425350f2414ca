"""The events of a YAML text, their places, and the values of scalars; the only module that knows PyYAML.

Nothing is ever constructed from a tag.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from planner.source.decode import FORBIDDEN
from planner.source.excerpt import quoted, shortened
from planner.source.places import Span
from planner.source.scalars import Scalar, resolve

Event = yaml.Event
LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""LibYAML where PyYAML was built with it (many times faster), else PyYAML's own scanner."""

_CORE: Final = "tag:yaml.org,2002:"
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),),
}  # fmt: skip
_TAG: Final = re.compile(r"!\S*")


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a scalar has no value, or a tag no meaning, in the words of a `Problem`."""

    code: str
    message: str
    span: Span
    hint: str | None = None


def events_of(text: str, loader: Any = LOADER) -> Iterator[Event]:  # noqa: ANN401 - either of PyYAML's loader types
    """The events of a text, read as far as they are asked for; raises yaml.YAMLError where it is not YAML."""
    return yaml.parse(text, Loader=loader)


def span_of(event: Event) -> Span:
    """Where an event is written."""
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def enclosing(start: Event, end: Event, last: Span | None) -> Span:
    """Where a list or mapping is written: to its bracket, or to the end of its last part if it has none."""
    first, final = span_of(start), span_of(end)
    if last is None or not final.empty:
        return Span(first.line, first.column, final.end_line, final.end_column)
    return Span(first.line, first.column, last.end_line, last.end_column)


def written(event: Event, text: str) -> str:
    """The characters of an event."""
    assert event.start_mark is not None
    assert event.end_mark is not None
    return text[event.start_mark.index : event.end_mark.index]


def scalar_value(event: yaml.ScalarEvent, text: str) -> Scalar | Refused:
    """What a scalar stands for: plain ones by the core rules, quoted ones are text."""
    kind = (event.tag or "").removeprefix(_CORE)
    value = event.value
    if kind == "str" or (event.tag is None and event.style):
        if match := FORBIDDEN.search(value):
            message = f"text with the control character {quoted(match[0])} is not allowed"
            return Refused("control-character", message, span_of(event), "take the escape out")
        return value
    if event.tag is not None and kind not in _TYPES:
        return refused_tag(event, event.tag, text)
    try:
        resolved = resolve(value)
    except ValueError:
        return Refused("not-finite", f"{shortened(value, 40)!r} is not a finite number", span_of(event))
    if kind and (type(resolved) not in _TYPES[kind]):
        return Refused("tag", f"{quoted(value)} is no value for the tag '!!{kind}'", span_of(event), "remove the tag")
    return resolved


def collection_tag(event: yaml.CollectionStartEvent, kind: str, text: str) -> Refused | None:
    """The tag of a list (`seq`) or mapping (`map`), if it is any but the usual one."""
    if event.tag is None or event.tag == _CORE + kind:
        return None
    return refused_tag(event, event.tag, text)


def refused_tag(event: Event, tag: str, text: str) -> Refused:
    """A tag that would construct something else than plain data."""
    span = span_of(event)
    assert event.start_mark is not None
    match = _TAG.match(text, event.start_mark.index)
    if match:
        span = Span(span.line, span.column, span.line, span.column + len(match[0]))
    name = f"!!{tag.removeprefix(_CORE)}" if tag.startswith(_CORE) else tag
    hint = "remove it; only plain values, lists and mappings are read"
    return Refused("tag", f"tag {quoted(name)} is not supported", span, hint)


def is_merge_key(event: Event) -> bool:
    """Whether a key merges other mappings into its own: a plain `<<`."""
    return isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.tag is None and not event.style


def opens_template(event: Event, text: str) -> bool:
    """Whether a mapping is the inner one of `{{`, which templates mean otherwise."""
    assert event.start_mark is not None
    return text[event.start_mark.index - 1 : event.start_mark.index + 1] == "{{"
