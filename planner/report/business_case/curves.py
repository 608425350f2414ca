"""What the charts of a case draw: lines of money over months, use and volume."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from planner.outcome.business_case import Case, OptionResult, Returns
from planner.outcome.configuration import Figure
from planner.report.business_case.answer import main_returns
from planner.report.business_case.breakdown import breakdown_bars
from planner.report.business_case.flows import by_month, costs_of, cumulative, income_of
from planner.report.business_case.options import returning
from planner.report.business_case.sensitivity import swing_chart
from planner.report.business_case.words import amount, main_options, share, times, titles, unit_price
from planner.report.data.business_case_charts import CaseCharts, Curve, CurveChart, Spot, Upright
from planner.report.names import shorten

LINES: Final = 6
"""Lines that can be told apart."""
BANDS: Final = 3
"""Lines up to which each has its band."""
POINTS: Final = 121
"""Points of a line: every month of ten years."""
MONTH: Final = "Month, 0 is now"


def charts_of(case: Case) -> CaseCharts:
    """All of them; those without anything to draw are empty."""
    return CaseCharts(
        cumulative=_cumulative(case), options=_options(case), returns=_returns(case), units=_units(case),
        margins=_margins(case), hours=_hours(case), scale=_scale(case), breakdown=breakdown_bars(case),
        swings=swing_chart(case),
    )  # fmt: skip


def points_of(values: Sequence[Figure], first: int = 0, keep: Sequence[int] = ()) -> tuple[tuple[float, float], ...]:
    """(month, value) of the known months, thinned to a number that a line can show; the ends and `keep` stay."""
    step = -(-len(values) // POINTS)
    at = sorted({*range(0, len(values), max(step, 1)), len(values) - 1, *(one - first for one in keep)})
    return tuple((one + first, value) for one in at
                 if 0 <= one < len(values) and (value := values[one]) is not None)  # fmt: skip


def _band(returns: Returns) -> tuple[tuple[float, float, float], ...]:
    low, high = points_of(returns.cumulative_lo_usd), dict(points_of(returns.cumulative_hi_usd))
    return tuple((month, value, high[month]) for month, value in low if month in high)


def _cumulative(case: Case) -> CurveChart:
    """The return that the case is about, its band and where it breaks even."""
    one, returns = main_returns(case)
    if one is None or returns is None:
        return CurveChart()
    names = titles(case)
    other = names.get(returns.against, "")
    even = returns.break_even_month
    keep = [even] if even is not None else []
    points = points_of(returns.cumulative_usd, keep=keep)
    name = f"{names[one.name]} instead of {other}" if other else names[one.name]
    spots = tuple(Spot(month, value, f"break-even in month {even}") for month, value in points
                  if even and month == even)  # fmt: skip
    return CurveChart(MONTH, "Cumulative cash flow, USD", (Curve(name, points, _band(returns)),), spots, months=True)


def _returns(case: Case) -> CurveChart:
    """What each option returns, where several do."""
    found = returning(case)[:LINES]
    if len(returning(case)) < 2:
        return CurveChart()
    curves = tuple(
        Curve(name, points_of(returns.cumulative_usd), _band(returns) if len(found) <= BANDS else ())
        for name, returns in found
    )
    return CurveChart(MONTH, "Cumulative cash flow, USD", curves, months=True)


def _options(case: Case) -> CurveChart:
    """What each option has cost up to each month, less what it has brought itself."""
    names = titles(case)
    curves = tuple(Curve(names[one.name], points_of(cumulative(_spent(one, case.months))))
                   for one in main_options(case, LINES))  # fmt: skip
    return CurveChart(MONTH, "Cost up to the month, USD", curves, months=True)


def _spent(one: OptionResult, months: int) -> list[Figure]:
    income: list[Figure] = [None if value is None else -value for value in income_of(one)]
    return by_month([costs_of(one, months), income], months)


def _units(case: Case) -> CurveChart:
    """The cost of one prediction, or where nobody counts these, of one user."""
    names = titles(case)
    per = "prediction" if "predictions" in case.demand_by_month else "user"
    if per == "user" and "users" not in case.demand_by_month:
        return CurveChart()
    curves = tuple(
        Curve(names[one.name], points_of(one.units.usd_per_prediction if per == "prediction"
                                         else one.units.usd_per_user, 1))
        for one in main_options(case, LINES)
    )  # fmt: skip
    return CurveChart("Month", f"Cost per {per}, USD", curves, months=True)


def _margins(case: Case) -> CurveChart:
    if not case.revenue_by_month_usd:
        return CurveChart()
    names = titles(case)
    curves = tuple(Curve(names[one.name], points_of(one.units.margin_share, 1)) for one in main_options(case, LINES))
    return CurveChart("Month", "Margin, % of revenue", curves, months=True, unit="share")


def _hours(case: Case) -> CurveChart:
    """What a used hour costs by how much of all hours is used."""
    hours = case.hours
    if hours is None:
        return CurveChart()
    curves = tuple(
        Curve(shorten(one.name, 40), tuple(
            (use, value) for use, value in zip(hours.grid, one.by_utilisation, strict=False) if value is not None
        ))
        for one in hours.ways[:LINES]
    )  # fmt: skip
    spots = tuple(
        Spot(even, price, f"{shorten(one.name, 24)} from {share(even)}")
        for one in hours.ways[:LINES]
        if (even := one.break_even_utilisation) is not None and 0 < even <= 1
        and (price := _at(even, hours.grid, one.by_utilisation)) is not None
    )  # fmt: skip
    here = Upright(hours.utilisation, f"this case: {share(hours.utilisation)}")
    return CurveChart("Use, % of all hours", "USD for each hour used (log scale)", curves, spots, (here,), log=True,
                      percent=True)  # fmt: skip


def _at(use: float, grid: Sequence[float], prices: Sequence[Figure]) -> float | None:
    """The price there: an effective price falls as 1/use, so that price times use is a straight line."""
    known = [(u, u * price) for u, price in zip(grid, prices, strict=False) if price is not None]
    for (low, paid), (high, more) in pairwise(known):
        if low <= use <= high:
            return (paid + (more - paid) * (use - low) / ((high - low) or 1.0)) / use
    return None


def _scale(case: Case) -> CurveChart:
    """Cost of a month by volume; only parts with the same unit of volume belong together, so the first is drawn."""
    if not case.scale:
        return CurveChart()
    one = case.scale[0]
    known = [(point, point.usd_per_month) for point in one.points if point.usd_per_month.value and point.volume > 0]
    points = tuple((point.volume, usd.value) for point, usd in known if usd.value is not None)
    band = tuple((point.volume, usd.lo, usd.hi) for point, usd in known if usd.lo is not None and usd.hi is not None)
    spots = tuple(
        Spot(point.volume, usd.value,
             f"{times(point.times)}: {amount(usd.value)}, {unit_price(point.usd_per_unit)} a unit")
        for point, usd in known if usd.value is not None
    )  # fmt: skip
    spots = (spots[0], spots[-1]) if len(spots) > 2 else spots
    name = shorten(one.name.replace("_", " "), 40)
    return CurveChart("Volume a month (log scale)", "Cost a month, USD (log scale)", (Curve(name, points, band),),
                      spots, log=True)  # fmt: skip
