"""How a plan has drifted from an earlier one: decision by decision and model by model, and what may have caused it."""

from typing import Literal

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen

DRIFT_FIGURES = ("cost_usd", "hours", "quality", "memory_gib")
"""The figures whose drift is told; memory is that of the fullest GPU."""


class Step(Frozen):
    """The way of one figure from the earlier plan to the later one."""

    before: Figure
    after: Figure
    chance_higher: Figure = None
    """Probability that the figure is really higher now, errors that both sides share cancelled; null where a side or
    a spread is unknown."""
    sigmas: Figure = None
    """The same as standard deviations of the difference, below 0 where it fell; null where unknown, or certain."""
    certain: bool = False
    """Whether no error that is known could make up for the move, as where the price of the same run alone moved."""


class DecisionDrift(Frozen):
    """One decision in both plans."""

    decision: str
    before: str
    """Model, method and machine, in a few words; empty where the earlier plan has no such decision."""
    after: str
    same: bool
    """Whether both plans choose the same model, method and machine."""
    steps: dict[str, Step] = Field(default_factory=dict)
    """By figure; empty where one side chooses nothing."""


class ModelDrift(Frozen):
    """One model on the fronts of both plans."""

    model: str
    change: Literal["entered", "left", "stayed"]
    before_points: int
    """Points of the earlier front that are of this model."""
    after_points: int
    steps: dict[str, Step] = Field(default_factory=dict)
    """By figure: the best of this model's points on it, whichever they are; empty unless it stayed."""


class Cause(Frozen):
    """Something that both plans tell of themselves, and differently."""

    what: str
    before: str
    after: str


class Drift(Frozen):
    """How one plan has drifted from another."""

    role: Literal["baseline", "previous"]
    name: str
    """The earlier plan, as the user named it."""
    scenario: str
    """Name of its scenario."""
    catalog_as_of: str
    planner: str
    front_before: int
    front_after: int
    front_stayed: int
    """Configurations that are on both fronts."""
    decisions: list[DecisionDrift]
    models: list[ModelDrift]
    """Models of either front, those that entered or left first."""
    causes: list[Cause]
    notes: list[str] = Field(default_factory=list)
    """What a reader must know of the comparison: another scenario, other objectives."""
