"""A whole plan of the kind Serving."""

from typing import Literal

from pydantic import Field

from planner.outcome.allowed import Allowed
from planner.outcome.configuration import Figure
from planner.outcome.findings import Assumption, Constraint, DecisionNote, Relaxation, Removal, Search, Source
from planner.outcome.plan import PlanHead
from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_findings import (
    Crossover,
    Floor,
    LatencyCurve,
    LeverEffect,
    PartialFront,
    ReplicaHours,
    Reservation,
    Simulation,
    TrafficSummary,
)


class ServingPlan(PlanHead):
    """A whole plan of how to serve a traffic: rented machines and APIs in one grid."""

    kind: Literal["Serving"]
    allowed: Allowed | None = None
    """Where the scenario lets machines stand; null where it names no provider, region, country or rule."""
    search: Search
    objectives: list[str]
    traffic: TrafficSummary
    targets: dict[str, float]
    """Latency targets in seconds: `ttft p95` …"""
    front: list[ServingConfiguration]
    """Every undominated configuration with all objectives known, cheapest first."""
    beside: list[ServingConfiguration]
    """Those with an unknown objective that are on a front over what they know, the cheapest of each API, and what
    decisions are held against (`levers`), whether it is feasible or not."""
    partial_fronts: list[PartialFront] = Field(default_factory=list)
    """Fronts over the objectives that APIs know too."""
    decisions: dict[str, str]
    """`cheapest`, `fastest`, `best`, `knee`: the id of a front point; `cheapest_api`: of one beside it."""
    decision_notes: dict[str, DecisionNote]
    levers: list[LeverEffect] = Field(default_factory=list)
    crossovers: list[Crossover] = Field(default_factory=list)
    latency_curves: list[LatencyCurve] = Field(default_factory=list)
    simulations: list[Simulation] = Field(default_factory=list)
    """Runs of rented decisions: of all where asked for, else of those at whose load the law of latency is doubtful."""
    replicas: list[ReplicaHours] = Field(default_factory=list)
    reservations: list[Reservation] = Field(default_factory=list)
    floors: list[Floor] = Field(default_factory=list)
    feasible: int
    """Combinations that nothing stops and no limit cuts, with every objective known."""
    unknown: int = 0
    """The same with an unknown objective; covered = feasible + unknown + all of `infeasible` + offers passed over."""
    infeasible: dict[str, int]
    """Why combinations were cut, by the first reason met."""
    constraints: list[Constraint]
    removed: list[Removal]
    relaxations: list[Relaxation]
    assumptions: list[Assumption]
    warnings: list[str]
    sources: list[Source]
    cloud: list[list[Figure]] = Field(default_factory=list)
    """A sample of dominated feasible combinations, for charts: values of the objectives in order."""

    def configuration(self, id_: str) -> ServingConfiguration | None:
        """The configuration on the front or beside it with this id (or a unique prefix of it)."""
        found = [c for c in (*self.front, *self.beside) if c.id.startswith(id_)]
        return found[0] if len(found) == 1 else None
