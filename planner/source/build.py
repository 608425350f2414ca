"""Tree → plain data, and the place of every key and value in it."""

from dataclasses import dataclass, field
from typing import Any

from planner.source.nodes import Leaf, Mapping, Node, Sequence
from planner.source.places import Path, Span


@dataclass(frozen=True, slots=True)
class Built:
    """Plain data with its places; nothing in it is shared between two aliases."""

    data: Any
    keys: dict[Path, Span] = field(default_factory=dict)
    values: dict[Path, Span] = field(default_factory=dict)


def build(root: Node) -> Built:
    """The data that a tree stands for, aliases unfolded and merge keys merged."""
    keys: dict[Path, Span] = {}
    values: dict[Path, Span] = {}

    def construct(node: Node, path: Path) -> Any:  # noqa: ANN401 - any JSON value
        values[path] = node.span
        match node:
            case Leaf():
                return node.value
            case Sequence():
                return [construct(item, (*path, index)) for index, item in enumerate(node.items)]
            case Mapping():
                mapping = {}
                for key, (span, value) in _entries(node).items():
                    place = (*path, key)
                    keys[place] = span
                    mapping[key] = construct(value, place)
                return mapping

    return Built(construct(root, ()), keys, values)


def _entries(mapping: Mapping) -> dict[str, tuple[Span, Node]]:
    """The entries of a mapping: its own, then those it merges, the first of equal keys wins."""
    if not mapping.merged:
        return mapping.entries
    entries = dict(mapping.entries)
    for other in mapping.merged:
        for key, entry in _entries(other).items():
            entries.setdefault(key, entry)
    return entries
