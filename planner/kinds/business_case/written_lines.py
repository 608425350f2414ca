"""Costs and income as the scenario writes them, as lines."""

from typing import Final, Literal

from planner.kinds.business_case.gathering import Gathering, Spot
from planner.kinds.business_case.lines import Driver, Line, of_input
from planner.kinds.business_case.spread import Unit
from planner.kinds.business_case.world import DECLINE, World
from planner.scenario.case_lines import CaseLine, CostLine

_MONTHS_PER_YEAR: Final = 12.0
_KEYS: Final[tuple[tuple[str, Unit, str, Driver], ...]] = (
    ("once", "usd", "once", ""),
    ("per_month", "usd/month", "each month", ""),
    ("per_year", "usd/year", "each year", ""),
    ("per_prediction", "usd/unit", "for each prediction", "predictions"),
    ("per_user", "usd/unit", "for each user, each month", "users"),
    ("of_revenue", "share", "part of the revenue", "revenue"),
)
"""Key of an amount, its unit, its words, what drives it."""


def written_lines(
    lines: list[CostLine] | list[CaseLine], side: Literal["cost", "income"], option: str, at: Spot, world: World,
    gathering: Gathering,
) -> list[Line]:  # fmt: skip
    """The lines of one list; income is of the category `income`."""
    list_ = "costs" if side == "cost" else "income"
    return [
        _line(line, side, option, at.item(list_, number, line.name, at.words, line.name), world, gathering)
        for number, line in enumerate(lines)
    ]


def _line(
    line: CaseLine, side: Literal["cost", "income"], option: str, spot: Spot, world: World, gathering: Gathering
) -> Line:
    name, unit, words, driver = next(row for row in _KEYS if getattr(line, row[0]) is not None)
    key = gathering.number(getattr(line, name), spot.of(name), words, unit, line.source)
    growth = ""
    if line.growth is not None:
        growth = gathering.number(line.growth, spot.of("growth"), "growth a year", "share/year", line.source)
    once = name == "once"
    if line.with_demand and not driver:
        driver = "demand"
    _warn(line, driver, spot, world, gathering)
    return Line(
        option=option,
        name=line.name,
        category=line.category if isinstance(line, CostLine) else "income",
        side=side,
        amount=of_input(key, 1.0 / _MONTHS_PER_YEAR if name == "per_year" else 1.0),
        keys=(key,),
        first=line.at if once else line.starts,
        last=line.at if once else min(world.months, line.ends or world.months),
        every=0 if once else 1,
        driver=driver,
        growth=growth,
        decline=DECLINE if line.market_price else "",
        source=line.source or "",
    )


def _warn(line: CaseLine, driver: Driver, spot: Spot, world: World, gathering: Gathering) -> None:
    """Say what is left out, or cannot be known."""
    first = line.at if line.once is not None else line.starts
    if first > world.months:
        gathering.warn(f"{spot.said()}: month {first} lies beyond the horizon of {world.months} months; nothing counts")
    lacking = {
        "predictions": "" if world.predictions else "demand.predictions_per_month",
        "users": "" if world.users else "demand.users",
        "revenue": "" if world.revenue else "revenue",
    }.get(driver, "")
    if lacking:
        gathering.warn(f"{spot.said()}: unknown, since {lacking} is not told; so are sums that it is part of")
