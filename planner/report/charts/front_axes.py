"""Objectives as axes of a chart: what each is called, how it is measured, and where its ticks stand."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, overload

from planner.report.data.rows import Figure, Point

Field = Literal["cost", "hours", "latency", "quality", "carbon"]


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective of a front."""

    name: str
    """As a plan calls it."""
    field: Field
    """Where a row has it, and what the datasets of a chart call it."""
    word: str
    title: str
    say: str
    """D3 format of a tick."""
    amount: bool
    """Whether it is an amount, and so drawn on a log scale where all are above zero; quality is a scale of its own."""

    def figure(self, row: Point) -> Figure:
        """The objective of a configuration."""
        found: Figure = getattr(row, self.field)
        return found


OBJECTIVES: Final[Mapping[str, Objective]] = {
    one.name: one
    for one in (
        Objective("cost", "cost", "cost", "Cost, USD", "$,~r", amount=True),
        Objective("time", "hours", "time", "Wall-clock time, hours", ",~r", amount=True),
        Objective("quality", "quality", "quality", "Predicted quality q, 0 to 1", ".2~f", amount=False),
        Objective("carbon", "carbon", "emissions", "Emissions, kg CO2e", ",~r", amount=True),
    )
}
"""Name in a plan → the objective."""
SERVING_OBJECTIVES: Final[Mapping[str, Objective]] = {
    "cost": Objective("cost", "cost", "cost", "Cost a month, USD", "$,~r", amount=True),
    "latency": Objective("latency", "latency", "latency", "p95 to the last token, seconds", ",~r", amount=True),
    "quality": OBJECTIVES["quality"],
    "carbon": Objective("carbon", "carbon", "emissions", "Emissions a month, kg CO2e", ",~r", amount=True),
}
"""The same of a serving plan."""


def is_log(objective: Objective, values: Iterable[float]) -> bool:
    """Whether these values are drawn on a log scale."""
    return objective.amount and min(values, default=0.0) > 0


def ticks(values: Sequence[float]) -> list[float]:
    """1, 2, 5 of every decade in range; more of them over a short range, over more than three decades powers of ten."""
    low, high = min(values), max(values)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 1.5, 2, 3, 4, 5, 6, 8) if high / low < 4 else (1, 2, 5) if high / low <= 2000 else (1,)
    return [
        float(f"{step:g}e{decade}")
        for decade in decades
        for step in steps
        if low * 0.8 <= step * 10.0**decade <= high * 1.25
    ]


def ticks_inside(low: float, high: float, decades_from: float = 2000.0) -> list[float]:
    """1, 2, 5 of every decade from low to high; more over a short range, from that ratio on powers of ten alone."""
    steps = (1, 2, 3, 4, 5, 6, 8) if high / low < 6 else (1, 2, 5) if high / low < decades_from else (1,)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [value for d in decades for s in steps if low <= (value := float(f"{s}e{d}")) <= high]


@overload
def rounded(value: float) -> float: ...


@overload
def rounded(value: float | None) -> float | None: ...


def rounded(value: float | None) -> float | None:
    """Six significant digits: more than a screen shows."""
    return None if value is None else float(f"{value:.6g}")
