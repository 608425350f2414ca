"""The section `units`: what a prediction, a user and a dollar of revenue cost, the margin, and where both go."""

from collections.abc import Callable, Sequence
from typing import Final

from planner.outcome.business_case import Case, OptionResult
from planner.outcome.configuration import Figure
from planner.report.business_case.words import left_out, line, main_options, said, share, titles, unit_price
from planner.report.data.business_case_parts import CaseSection, CaseTable, Line
from planner.report.data.review_parts import Cell, Column
from planner.report.data.review_parts import Figure as Drawn
from planner.units import significant

MOST: Final = 6


def unit_section(case: Case) -> CaseSection | None:
    """None where neither predictions, users nor revenue are told."""
    if not case.demand_by_month and not case.revenue_by_month_usd:
        return None
    shown = main_options(case, MOST)
    figures = []
    if "predictions" in case.demand_by_month or "users" in case.demand_by_month:
        figures.append(Drawn("case-units", unit_sentence(case)))
    if case.revenue_by_month_usd:
        figures.append(Drawn("case-margins", margin_sentence(case), "Of revenue, what is left after an option's cost."))
    return CaseSection(
        "units", "Unit economics", "", figures=tuple(figures), tables=(_table(case, shown),),
        points=(*_unknown(case, shown), *filter(None, [left_out(case, len(shown))])),
    )  # fmt: skip


def _table(case: Case, shown: Sequence[OptionResult]) -> CaseTable:
    months = sorted({1, *range(12, case.months + 1, 12), case.months})
    if len(months) > 6:
        step = -(-(len(months) - 1) // 5)
        months = sorted({months[0], *months[1::step], months[-1]})
    wanted: list[tuple[str, Callable[[OptionResult], Sequence[Figure]], Callable[[Figure], str]]] = [
        ("Cost per prediction", lambda one: one.units.usd_per_prediction, unit_price),
        ("Cost per user", lambda one: one.units.usd_per_user, unit_price),
        ("Cost per revenue dollar", lambda one: one.units.usd_per_revenue_usd, unit_price),
        ("Margin, of revenue", lambda one: one.units.margin_share, share),
        ("Margin per user", lambda one: one.units.margin_usd_per_user, unit_price),
    ]
    names, rows = titles(case), list[Line]()
    for one in shown:
        told = [(word, of(one), say) for word, of, say in wanted if any(value is not None for value in of(one))]
        if not told:
            continue
        rows.append(line(names[one.name], kind="head"))
        for word, values, say in told:
            at = [values[month - 1] if month <= len(values) else None for month in months]
            cells = [Cell(say(value), tone="bad" if (value or 0.0) < 0 else "") for value in at]
            rows.append(line(word, *cells, _trend(one, word)))
    return CaseTable(
        "units", "By month", (Column("Of one, by option"), *(Column(f"Month {m}", number=True) for m in months),
                              Column("Trend a month", number=True)), tuple(rows),
        note="A trend is the slope of a straight line through all known months, by least squares.",
    )  # fmt: skip


def _trend(one: OptionResult, word: str) -> str:
    if word == "Cost per prediction":
        slope = one.units.usd_per_prediction_trend_per_month
        return "unknown" if slope is None else f"{'+' if slope > 0 else ''}{unit_price(slope)}"
    if word == "Margin, of revenue":
        slope = one.units.margin_trend_per_month
        return "unknown" if slope is None else points(slope)
    return ""


def points(slope: float) -> str:
    """A change of a share a month: `+0.4 points`."""
    if abs(slope) < 5e-6:
        return "0 points"
    return f"{'+' if slope > 0 else '-'}{significant(100 * abs(slope), 2)} points"


def _ends(values: Sequence[Figure]) -> tuple[float, float] | None:
    known = [value for value in values if value is not None]
    return (known[0], known[-1]) if known else None


def unit_sentence(case: Case) -> str:
    """How the cost of one goes from the first month to the last."""
    names, told = titles(case), []
    per = "prediction" if "predictions" in case.demand_by_month else "user"
    for one in main_options(case, 2):
        ends = _ends(one.units.usd_per_prediction if per == "prediction" else one.units.usd_per_user)
        if ends is not None:
            told.append(f"{names[one.name]} from {unit_price(ends[0])} to {unit_price(ends[1])}")
    return f"Cost per {per}, first month to last: {'; '.join(told)}." if told else f"The cost per {per} is unknown."


def margin_sentence(case: Case) -> str:
    """The margin at the end, and where it goes."""
    names, told = titles(case), []
    for one in main_options(case, 2):
        ends, slope = _ends(one.units.margin_share), one.units.margin_trend_per_month
        if ends is not None:
            way = f", {points(slope)} a month" if slope is not None else ""
            told.append(f"{names[one.name]} {share(ends[0])} in the first month and {share(ends[1])} in the last{way}")
    return f"Margin: {'; '.join(told)}." if told else "The margin is unknown."


def _unknown(case: Case, shown: Sequence[OptionResult]) -> tuple[str, ...]:
    names = titles(case)
    told: dict[str, list[str]] = {}
    for one in shown:
        for text in one.units.unknown[:4]:
            told.setdefault(said(text).rstrip("."), []).append(names[one.name])
    every = len(shown)
    return tuple(f"{'Every option' if len(mine) == every > 1 else ', '.join(mine)}: {text}."
                 for text, mine in list(told.items())[:8])  # fmt: skip
