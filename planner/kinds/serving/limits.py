"""The limits of a Serving scenario, and which ways break them."""

from collections.abc import Mapping

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.kinds.limits import Limit
from planner.scenario.serving import Serving
from planner.units import kilograms, usd


def serving_limits(scenario: Serving) -> tuple[Limit, ...]:
    """The limits, in the order in which a way is held against them."""
    c, floor = scenario.constraints, scenario.quality.floor
    most = scenario.replicas.max if c.max_replicas is None else min(scenario.replicas.max, c.max_replicas)
    name = "replicas.max" if most == scenario.replicas.max else "constraints.max_replicas"
    found = [Limit(name, float(most), "replicas", upper=True, text=f"{most:,} replicas at most")]
    if floor is not None and floor.points is not None:
        text = f"{floor.points:g} points of the model's own score"
        found.append(Limit("quality.floor.points", floor.points, "points", upper=False, text=text))
    if floor is not None and floor.q is not None:
        found.append(Limit("quality.floor.q", floor.q, "q", upper=False, text=f"quality of {floor.q:g}"))
    if c.max_cost_per_month is not None:
        text = f"{usd(c.max_cost_per_month)} a month"
        found.append(Limit("constraints.max_cost_per_month", c.max_cost_per_month, "USD", upper=True, text=text))
    if c.max_carbon is not None:
        text = f"{kilograms(c.max_carbon)} CO2e a month"
        found.append(Limit("constraints.max_carbon", c.max_carbon, "kg", upper=True, text=text))
    return tuple(found)


def broken(limits: tuple[Limit, ...], figures: Mapping[str, Floats]) -> Bools:
    """(limits, n) which ways break which limit; `figures` by unit: replicas, points, q, USD and kg.

    An unknown figure breaks nothing, save a score: below a floor in points stands what nobody scored (DESIGN rule 8).
    """
    rows = []
    for limit in limits:
        figure = figures[limit.unit]
        rows.append(limit.broken(figure) | (np.isnan(figure) if limit.unit in ("points", "q") else False))
    return np.array(rows, bool).reshape(len(limits), -1)
