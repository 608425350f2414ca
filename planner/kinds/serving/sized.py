"""Ways on rented machines sized anew for another volume of the same traffic: what they cost, and their replicas."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.kinds.serving.hours import Month
from planner.kinds.serving.machines import cold_hours, machine_usd
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.rented import Rented, month_on


@dataclass(frozen=True, slots=True)
class Sized:
    """Rented ways at a volume, (n,) each."""

    cost_usd: Floats
    """Of a month: machines, embeddings and upkeep of levers; NaN where a price is unknown."""
    peak: Ints
    """Replicas in the busiest hour."""


def sized_for(problem: Problem, rented: Rented, volume: Floats | float) -> Sized:
    """The ways with the traffic multiplied by `volume`, one for all or (n,); embeddings grow with it, upkeep does not.

    A replica that carries a share 1/v of what was thought is the same as v times the volume.
    """
    market, scenario = problem.space.market, problem.scenario
    times = np.broadcast_to(np.asarray(volume, np.float64), len(rented))
    cost, peak = np.full(len(rented), np.nan), np.zeros(len(rented), np.int64)
    for scaling in np.unique(rented.scaling).tolist():
        rows = np.flatnonzero(rented.scaling == scaling)
        mine = rented.take(rows)
        month = month_of_ways(problem, mine, times[rows])
        cold = cold_hours(market.offers, mine.offer, problem.capacities.replicas.x.weight_bytes[mine.kind], scenario)
        usd, _ = machine_usd(month, np.arange(len(rows)), mine.offer, problem.renting, cold)
        cost[rows], peak[rows] = usd, month.hours.peak
    work = problem.capacities.replicas.grid.work[rented.kind]
    embed, upkeep = (np.array([getattr(one, name) for one in problem.works])[work] for name in _LEVERS)
    return Sized(cost + embed * times + upkeep, peak)


def month_of_ways(problem: Problem, rented: Rented, volume: Floats | float = 1.0) -> Month:
    """The month of rented ways that scale alike."""
    per_machine = (
        problem.space.market.offers.gpu_count[rented.offer] // problem.capacities.replicas.grid.cards[rented.kind]
    )
    scaling = problem.scenario.replicas.scalings[int(rented.scaling[0])]
    return month_on(problem.capacities, rented.kind, problem.works, problem.scenario, scaling, per_machine, volume)


_LEVERS = ("embed_usd", "upkeep_usd")
