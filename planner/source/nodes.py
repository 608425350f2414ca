"""The tree between YAML events and plain data: values with places, aliases shared, nothing merged yet."""

from dataclasses import dataclass
from typing import Final

from planner.source.places import Span
from planner.source.scalars import Scalar

MAX_NODES: Final = 200_000
"""Most values in a document, each alias counted as all that it stands for."""

MAX_DEPTH: Final = 64
"""Most lists and mappings inside each other."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar."""

    span: Span
    value: Scalar
    size: int = 1
    height: int = 0


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    span: Span
    items: "tuple[Node, ...]"
    size: int
    """Values in it, itself included, aliases unfolded."""
    height: int
    """Levels of lists and mappings from here down, itself included."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping with text keys."""

    span: Span
    entries: "dict[str, tuple[Span, Node]]"
    """Key → where the key is written, and its value."""
    merged: "tuple[Mapping, ...]"
    """What `<<` names: its keys count where `entries`, or an earlier one of these, has no such key."""
    size: int
    height: int


Node = Leaf | Sequence | Mapping
