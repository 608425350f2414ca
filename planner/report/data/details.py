"""Where memory, money and time of single configurations go, and the words that plan one of them alone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Split:
    """A figure, and the terms that it is made of."""

    total: str
    note: str
    parts: tuple[str, ...]
    """In the order of the terms; `unknown` where nobody knows."""
    shares: tuple[int, ...]
    """Of the terms that are known, in per cent."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One configuration."""

    id: str
    memory: Split
    cost: Split
    time: Split
    rule: tuple[str, ...]
    """Values of `Details.rule_keys`, in YAML."""
    axes: tuple[str, ...]
    """Values of the axes, in YAML; empty where one does not apply."""


@dataclass(frozen=True, slots=True)
class Details:
    """The terms of every configuration that a page shows, and how to plan one of them alone."""

    memory_terms: tuple[str, ...] = ()
    cost_terms: tuple[str, ...] = ()
    time_terms: tuple[str, ...] = ()
    rule_keys: tuple[str, ...] = ()
    """Keys of an `include` rule that keeps one configuration."""
    axes: tuple[str, ...] = ()
    """Dotted paths of the swept values."""
    command: str = ""
    """The command that made the plan, as a shell takes it; empty where its words cannot be typed."""
    configurations: tuple[Detail, ...] = ()
    text: str = ""
    """By which rule they are fewer than the front holds; empty where they are all."""
