"""Flows by the month as a finance person reads them: sums of years, quarters or months, in one unit for a table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from planner.outcome.business_case import Case, OptionResult
from planner.outcome.configuration import Figure
from planner.report.business_case.words import UNKNOWN

MOST_YEARS: Final = 10
"""Columns of years; a longer horizon has several years to a column."""
MOST_MONTHS: Final = 36
"""Horizon up to which a long table goes month by month; then by quarter, and past ten years by the year."""


@dataclass(frozen=True, slots=True)
class Period:
    """Months from `first` to `last`; month 0 is now."""

    name: str
    first: int
    last: int


def years(months: int, most: int = MOST_YEARS) -> list[Period]:
    """Now, and years in at most so many periods; the last may be a part of one."""
    count = -(-months // 12)
    step = -(-count // most)
    found = [Period("Now", 0, 0)]
    for first in range(1, count + 1, step):
        last = min(first + step - 1, count)
        whole = last * 12 <= months
        name = f"Year {first}" if first == last else f"Years {first} to {last}"
        if not whole:
            name = f"Months {12 * first - 11} to {months}"
        found.append(Period(name, 12 * first - 11, min(12 * last, months)))
    return found


def fine_periods(months: int) -> tuple[str, list[Period]]:
    """(what a row is, rows) of a long table: months, quarters or years, at most 101 of them."""
    if months <= MOST_MONTHS:
        return "Month", [Period("Now", 0, 0), *(Period(f"{m}", m, m) for m in range(1, months + 1))]
    step, what = (3, "Quarter") if months <= 120 else (12, "Year")
    rows = [Period(f"{at}", first, min(first + step - 1, months))
            for at, first in enumerate(range(1, months + 1, step), 1)]  # fmt: skip
    return what, [Period("Now", 0, 0), *rows]


def total(flows: Sequence[Figure], period: Period) -> Figure:
    """The sum over a period; None where one of its months is unknown."""
    return added(flows[period.first : period.last + 1])


def added(values: Iterable[Figure]) -> Figure:
    """The sum; None where one is unknown."""
    found = 0.0
    for value in values:
        if value is None:
            return None
        found += value
    return found


def by_month(columns: Sequence[Sequence[Figure]], months: int) -> list[Figure]:
    """The sum of columns by month, now first; months that a column does not have are 0 there."""
    return [added(column[at] for column in columns if at < len(column)) for at in range(months + 1)]


def costs_of(option: OptionResult, months: int) -> list[Figure]:
    """All costs by month, positive."""
    return by_month(list(option.costs_by_month_usd.values()), months)


def revenue_of(case: Case) -> list[Figure]:
    """Revenue by month, now first; empty where there is none."""
    return [0.0, *case.revenue_by_month_usd] if case.revenue_by_month_usd else []


def income_of(option: OptionResult) -> list[Figure]:
    """The option's own income by month; empty where it has none."""
    return option.income_by_month_usd if any(value != 0 for value in option.income_by_month_usd) else []


def net_of(option: OptionResult, case: Case) -> list[Figure]:
    """Revenue and own income less cost."""
    costs = costs_of(option, case.months)
    gains = by_month([revenue_of(case), income_of(option)], case.months)
    return [None if gain is None or cost is None else gain - cost for gain, cost in zip(gains, costs, strict=True)]


def discounted(flows: Sequence[Figure], rate_per_month: float) -> list[Figure]:
    """Each flow at its worth now."""
    return [None if flow is None else flow / (1.0 + rate_per_month) ** at for at, flow in enumerate(flows)]


def cumulative(flows: Sequence[Figure]) -> list[Figure]:
    """Sums up to each month; unknown from the first unknown flow on."""
    return list(accumulate(flows, lambda a, b: None if a is None or b is None else a + b))


@dataclass(frozen=True, slots=True)
class Unit:
    """In what a table counts money."""

    name: str
    factor: float
    decimals: int

    def text(self, value: Figure) -> str:
        """`12,400`, `-3,100`; `0` of nothing."""
        if value is None:
            return UNKNOWN
        told = f"{value / self.factor:,.{self.decimals}f}"
        return "0" if not told.strip("-0.") else told


def unit_of(values: Iterable[Figure]) -> Unit:
    """USD, thousands or millions of them, so that no column has more than eight digits."""
    most = max((abs(value) for value in values if value is not None), default=0.0)
    if most >= 1e10:
        return Unit("USD million", 1e6, 0)
    if most >= 1e7:
        return Unit("USD thousand", 1e3, 0)
    return Unit("USD", 1.0, 2 if most < 1e3 else 0)
