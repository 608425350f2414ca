"""Why a configuration is not what a plan chose: what dominates it, what cuts it, or what keeps it out."""

from typing import Literal

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen

Verdict = Literal["front", "tied", "dominated", "undominated", "unknown", "limit", "cannot_run", "outside"]


class Dominator(Frozen):
    """A point of the front that is no worse on every objective; positive is how much better it is."""

    id: str
    decisions: list[str]
    text: str
    """What it is, in words."""
    cost_usd_better: Figure
    hours_better: Figure
    quality_better: Figure
    carbon_kg_better: Figure
    """Null where it is no objective of the plan, or unknown."""


class Excess(Frozen):
    """A limit that is broken, and by how much."""

    name: str
    limit: float
    figure: Figure
    unit: str
    text: str


class Looked(Frozen):
    """One configuration that was asked about, as estimated."""

    id: str
    text: str
    best_by: list[str]
    """Objectives on which it is the best of what was asked about; empty where it is the nearest to being feasible."""
    verdict: Verdict
    cost_usd: Figure
    hours: Figure
    quality: Figure
    memory_gib: Figure
    reason: str
    """The verdict in a sentence."""
    dominated_by: list[Dominator] = Field(default_factory=list)
    """The nearest first, at most three."""
    dominators: int = 0
    """How many points of the front there are that dominate it."""
    breaks: list[Excess] = Field(default_factory=list)


class WhyNot(Frozen):
    """The answer to one question."""

    asked: str
    matched: int
    """Combinations of the scenario that are meant."""
    feasible: int
    """Those of them that run, keep to every limit and have every objective known."""
    verdict: Verdict
    """That of the first configuration looked at; `outside` where the scenario has none."""
    text: str
    looked: list[Looked] = Field(default_factory=list)
    stopped: dict[str, int] = Field(default_factory=dict)
    """Why those that are not feasible are not, by the first reason met."""
    lets_in: list[str] = Field(default_factory=list)
    """`--set` words, or lines of the scenario, that let it in where it is outside."""
    warnings: list[str] = Field(default_factory=list)
