"""A Serving question ready to be worked out: works, capacities of every kind of replica, quality, limits, targets."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Catalog
from planner.kinds.limits import Limit
from planner.kinds.serving.capacity import Capacities, capacities_of, with_other_targets
from planner.kinds.serving.grid import grid_of
from planner.kinds.serving.handing_on import Targets, second_targets
from planner.kinds.serving.limits import serving_limits
from planner.kinds.serving.machines import Renting
from planner.kinds.serving.quality import QualityOf, quality_of
from planner.kinds.serving.replicas import replicas_of
from planner.kinds.serving.targets import targets_of
from planner.kinds.serving.work import Work, work_of
from planner.scenario.serving import Serving
from planner.space.serving.levers import lever_sets
from planner.space.serving.resolve import ServingSpace

CASCADE: Final = "cascade"


@dataclass(frozen=True, slots=True)
class Problem:
    """A Serving question with everything that does not depend on the way."""

    scenario: Serving
    space: ServingSpace
    catalog: Catalog
    targets: dict[tuple[str, float], float]
    """(figure, level) → seconds."""
    limits: tuple[Limit, ...]
    quality: QualityOf
    works: list[Work]
    """Work under each set of levers on rented machines."""
    api_works: list[Work]
    """The same of an API."""
    capacities: Capacities
    renting: Renting
    """What machines cost."""


def build_problem(scenario: Serving, space: ServingSpace, catalog: Catalog, targets: Targets | None = None) -> Problem:
    """Capacities of every kind of replica, and what quality is; `targets` stand for those of the scenario."""
    retries = 0.0 if scenario.traffic.log is not None else scenario.traffic.retries or 0.0
    works, api_works = (
        [work_of(space.traffic, scenario.levers, one, retries) for one in lever_sets(scenario.levers, way)]
        for way in ("rented", "api")
    )
    grid = grid_of(space, catalog, space.models, len(works))
    replicas = replicas_of(grid, space, catalog, works, scenario.levers, space.traffic)
    targets = targets_of(scenario) if targets is None else targets
    capacities = capacities_of(replicas, targets)
    cascade = scenario.levers.cascade
    if cascade is not None:
        handed_on = np.array([work.levers.has(CASCADE) for work in works], bool)[grid.work]
        inside = second_targets(targets, cascade.escalate)
        capacities = with_other_targets(capacities, np.flatnonzero(handed_on), inside)
    return Problem(
        scenario, space, catalog, targets, serving_limits(scenario), quality_of(scenario, space, catalog), works,
        api_works, capacities, Renting.of(space.market, catalog, scenario),
    )  # fmt: skip
