"""A first look at a YAML file: what its first level says, without building what it holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from planner.source import MAX_BYTES, InvalidInput, parse_document

DEEPEST: Final = 2
"""Levels that are looked at."""
MERGED: Final = "<<"
"""Key that brings other keys along; an alias that stands for a key counts as one."""
_SAID: Final = frozenset(
    {("api_version",), ("kind",), ("abstract",), ("extends",), ("metadata",), ("metadata", "name")}
)
_MERGING: Final = frozenset({(), ("metadata",)})
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Peek:
    """What the first level of a YAML file says, as text; None where it does not say it."""

    api_version: str | None = None
    kind: str | None = None
    name: str | None = None
    abstract: bool = False
    extends: tuple[str, ...] = ()
    """Files that it builds on, from where it lies."""
    readable: bool = True
    made: bool = False
    """Whether it is a plan that the planner wrote: no scenario may have a key `planner`."""


def peek(data: bytes) -> Peek:
    """Look at a file by a few events, so that nothing hostile is expanded.

    Where the first levels are put together from other parts of the file, it is read as a scenario is, within its
    limits: what `planner plan` would take for a scenario must not look like something else.
    """
    if len(data) > MAX_BYTES:
        return Peek(readable=False)
    try:
        said: dict[str, str] = {}
        extends: list[str] = []
        for path, value in scalars(data):
            if len(path) > DEEPEST:
                continue
            if (path in _SAID and value is None) or (path[-1] == MERGED and path[:-1] in _MERGING):
                return _read(data)
            if value is None:
                continue
            if path[0] == "extends":
                extends.append(value)
            said.setdefault(".".join(path), value)
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError):
        return Peek(readable=False)
    return Peek(
        said.get("api_version"), said.get("kind"), said.get("metadata.name"),
        said.get("abstract", "").lower() == "true", tuple(extends), made="planner.version" in said,
    )  # fmt: skip


def _read(data: bytes) -> Peek:
    """The same of a file that must be built to be understood."""
    try:
        found = parse_document(data, "-").data
    except InvalidInput:
        return Peek(readable=False)
    if not isinstance(found, dict):
        return Peek()
    metadata = found.get("metadata")
    extends = found.get("extends")
    names = extends if isinstance(extends, list) else [extends]
    return Peek(
        _text(found.get("api_version")), _text(found.get("kind")),
        _text(metadata.get("name")) if isinstance(metadata, dict) else None, found.get("abstract") is True,
        tuple(name for name in names if isinstance(name, str)),
    )  # fmt: skip


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def scalars(data: bytes) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """Path → text of every scalar, None for an alias; what stands in a list has the path of the list."""
    stack: list[list[Any]] = []  # [is a mapping, key that waits for its value]
    for event in yaml.parse(data, Loader=_Loader):
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            stack.append([isinstance(event, yaml.MappingStartEvent), None])
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            stack.pop()
            _spent(stack)
        elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            text = event.value if isinstance(event, yaml.ScalarEvent) else None
            if stack and stack[-1][0] and stack[-1][1] is None:
                stack[-1][1] = MERGED if text is None else text
                continue
            path = tuple(key for is_map, key in stack if is_map and key is not None)
            if path:
                yield path, text
            _spent(stack)


def _spent(stack: list[list[Any]]) -> None:
    """The key of the mapping around has its value."""
    if stack and stack[-1][0]:
        stack[-1][1] = None
