"""Scenarios among the files of a tree, by what their first level says; and which of two trees are the same one."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from planner.calibrate.overlay import KIND as CALIBRATION
from planner.locking.lock import KIND as LOCK
from planner.locking.lock import is_lock
from planner.policy.governance import FORMS
from planner.revision.closure import YAML
from planner.revision.tree import Entry, Tree, follow
from planner.scenario import KINDS
from planner.source import MAX_BYTES

OTHERS: Final = frozenset({*FORMS, LOCK, CALIBRATION})
"""Kinds of documents that are no scenarios."""
SIMILAR: Final = 0.6
"""Share of equal lines from which a file that is gone and one that is new are one that moved."""
VERSION: Final = "planner/v1"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Peek:
    """What the first level of a YAML file says, as text; None where it does not say it."""

    api_version: str | None = None
    kind: str | None = None
    name: str | None = None
    abstract: bool = False
    extends: bool = False
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is, or tries to be, a scenario."""

    path: str
    entry: Entry
    peek: Peek
    data: bytes


def peek(data: bytes) -> Peek:
    """Look at a file without building what it holds: a few events, so that nothing hostile is expanded."""
    if len(data) > MAX_BYTES:
        return Peek(readable=False)
    said: dict[tuple[str, ...], str] = {}
    try:
        for path, value in _scalars(data):
            if len(path) <= 2:
                said.setdefault(path, value)
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError):
        return Peek(readable=False)
    return Peek(
        said.get(("api_version",)),
        said.get(("kind",)),
        said.get(("metadata", "name")),
        said.get(("abstract",), "").lower() == "true",
        any(path[0] == "extends" for path in said),
    )


def find_scenarios(tree: Tree, paths: Iterable[str]) -> dict[str, Found]:
    """Path → scenario, below the given folders or at the given files; bases for others are none."""
    found: dict[str, Found] = {}
    for under in paths:
        for entry in tree.files(under, YAML):
            if not entry.path.endswith(YAML) or is_lock(entry.path) or entry.path in found:
                continue
            file = entry if entry.form == "file" else follow(tree, entry.path)[0]
            if file is None or file.form != "file":
                continue
            data = tree.read(file) if file.size <= MAX_BYTES else b""
            look = peek(data) if file.size <= MAX_BYTES else Peek(readable=False)
            if _is_scenario(look, named=entry.path == under):
                found[entry.path] = Found(entry.path, entry, look, data)
    return dict(sorted(found.items()))


def pair(base: Mapping[str, Found], head: Mapping[str, Found]) -> list[tuple[Found | None, Found | None]]:
    """Both sides of every scenario: by path, then by name, then by likeness; in the order of the head's paths."""
    pairs: list[tuple[Found | None, Found | None]] = [(base[path], head[path]) for path in head if path in base]
    gone = [one for path, one in base.items() if path not in head]
    new = [one for path, one in head.items() if path not in base]
    for rule in (_same_name, _alike):
        for one in list(new):
            other = rule(one, gone)
            if other is not None:
                pairs.append((other, one))
                gone.remove(other)
                new.remove(one)
    pairs += [(None, one) for one in new] + [(one, None) for one in gone]
    return sorted(pairs, key=lambda sides: (sides[1] or sides[0]).path)  # type: ignore[union-attr]  # one is there


def _is_scenario(look: Peek, *, named: bool) -> bool:
    """Whether a file is to be read as one; what cannot be parsed is, so that somebody hears of it."""
    if look.abstract or look.kind in OTHERS:
        return False
    if not look.readable or look.kind in KINDS:
        return True
    return named or look.api_version == VERSION or look.extends


def _same_name(one: Found, gone: list[Found]) -> Found | None:
    if one.peek.name is None:
        return None
    same = [other for other in gone if other.peek.name == one.peek.name]
    return same[0] if len(same) == 1 else None


def _alike(one: Found, gone: list[Found]) -> Found | None:
    lines = one.data.splitlines()
    best, share = None, SIMILAR
    for other in gone:
        match = difflib.SequenceMatcher(None, lines, other.data.splitlines(), autojunk=False)
        if match.real_quick_ratio() >= share and match.quick_ratio() >= share and (ratio := match.ratio()) >= share:
            best, share = other, ratio
    return best


def _scalars(data: bytes) -> Iterator[tuple[tuple[str, ...], str]]:
    """Path → text of every scalar; what stands in a list has the path of the list."""
    stack: list[list[Any]] = []  # [is a mapping, key that waits for its value]
    for event in yaml.parse(data, Loader=_Loader):
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            stack.append([isinstance(event, yaml.MappingStartEvent), None])
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            stack.pop()
            _spent(stack)
        elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
            text = event.value if isinstance(event, yaml.ScalarEvent) else ""
            if stack and stack[-1][0] and stack[-1][1] is None:
                stack[-1][1] = text
                continue
            yield tuple(key for is_map, key in stack if is_map and key is not None), text
            _spent(stack)


def _spent(stack: list[list[Any]]) -> None:
    """The key of the mapping around has its value."""
    if stack and stack[-1][0]:
        stack[-1][1] = None
