"""The limits of a scenario, and which combinations of a chunk break them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.scenario.fine_tune import FineTune
from planner.units import duration, kilograms, usd


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: what it bounds, from which side, and how a person writes it."""

    name: str
    """Dotted path in the scenario."""
    value: float
    unit: str
    upper: bool
    """True: figures above it break it, and a larger limit is weaker."""
    text: str

    def broken(self, figure: Floats) -> Bools:
        """Rows whose figure breaks the limit; an unknown figure breaks nothing."""
        with np.errstate(invalid="ignore"):
            return figure > self.value if self.upper else figure < self.value


def scenario_limits(scenario: FineTune) -> tuple[Limit, ...]:
    """The limits in the order in which a combination is held against them."""
    c, floor = scenario.constraints, scenario.quality.floor
    limits = [
        Limit(
            "constraints.memory_margin",
            c.memory_margin,
            "share",
            upper=False,
            text=f"{c.memory_margin:.0%} of memory kept free",
        )
    ]
    if floor is not None and floor.points is not None:
        limits.append(
            Limit(
                "quality.floor.points",
                floor.points,
                "points",
                upper=False,
                text=f"{floor.points:g} points or more",
            )
        )
    if floor is not None and floor.q is not None:
        limits.append(Limit("quality.floor.q", floor.q, "q", upper=False, text=f"q {floor.q:g} or more"))
    if c.max_cost_usd is not None:
        limits.append(
            Limit(
                "constraints.max_cost",
                c.max_cost_usd,
                "usd",
                upper=True,
                text=f"at most {usd(c.max_cost_usd)}",
            )
        )
    if c.deadline_hours is not None:
        limits.append(
            Limit(
                "constraints.deadline",
                c.deadline_hours,
                "hours",
                upper=True,
                text=f"within {duration(c.deadline_hours)}",
            )
        )
    if c.max_carbon_kg is not None:
        limits.append(
            Limit(
                "constraints.max_carbon",
                c.max_carbon_kg,
                "kg",
                upper=True,
                text=f"at most {kilograms(c.max_carbon_kg)} CO2e",
            )
        )
    return tuple(limits)


def broken_limits(limits: tuple[Limit, ...], figures: Mapping[str, Floats]) -> dict[str, Bools]:
    """Limit → rows that break it; `figures` holds the bounded figure of every limit, by the limit's name."""
    return {limit.name: limit.broken(figures[limit.name]) for limit in limits}
