"""What a report prints of a drift: rows of its tables, every value formatted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepCell:
    """One figure on its way from the earlier plan to this one."""

    text: str
    """`$12.30 → $11.80`, or the figure alone where it is the same."""
    note: str
    """By how much, and whether that is more than noise; empty where it is the same."""
    beyond: bool
    """Whether the move is larger than the 90 % band of the difference."""


@dataclass(frozen=True, slots=True)
class DecisionDriftRow:
    """One decision in both plans."""

    decision: str
    choice: str
    """`still …`, or the earlier choice → the present one."""
    steps: tuple[StepCell, ...]
    """Cost, time, quality, memory; empty where one plan chooses nothing."""


@dataclass(frozen=True, slots=True)
class ModelDriftRow:
    """One model on both fronts."""

    model: str
    change: str
    """`entered`, `left` or `stayed`."""
    points: str
    """Points of the front that are of this model, before and now."""
    steps: tuple[StepCell, ...]


@dataclass(frozen=True, slots=True)
class CauseRow:
    """Something that differs between the plans."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DriftTable:
    """How a plan has drifted from an earlier one."""

    role: str
    """`baseline` or `previous`: the anchor of the section."""
    title: str
    lead: str
    """What moved by more than noise, in sentences."""
    front: str
    """What became of the front and its models."""
    cause: str
    """What the causes below allow to be said."""
    decisions: tuple[DecisionDriftRow, ...]
    models: tuple[ModelDriftRow, ...]
    causes: tuple[CauseRow, ...]
    notes: tuple[str, ...]
