"""The section `cash-flow`: what each option pays and takes in, by year and in finer steps, as finance reads it."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.business_case import Case, OptionResult, Returns
from planner.outcome.configuration import Figure
from planner.report.business_case.flows import (
    Period,
    Unit,
    by_month,
    costs_of,
    cumulative,
    discounted,
    fine_periods,
    income_of,
    net_of,
    revenue_of,
    total,
    unit_of,
    years,
)
from planner.report.business_case.names import category_text
from planner.report.business_case.words import NAME, amount, left_out, line, main_options, per_year, share, titles
from planner.report.data.business_case_parts import CaseSection, CaseTable, Line
from planner.report.data.review_parts import Cell, Column, Tone
from planner.report.data.review_parts import Figure as Drawn
from planner.report.names import capital

PAID: Final = "All costs as paid"
MOST: Final = 6
"""Options with tables of their own."""
Flows = Sequence[Figure]


def cash_section(case: Case) -> CaseSection:
    """A table for each option, and one of the two that are compared against each other."""
    shown = main_options(case, MOST)
    tables = [option_flows(case, one, at, years(case.months)) for at, one in enumerate(shown)]
    against = difference_table(case, years(case.months))
    fine = [_fine(case, one, at) for at, one in enumerate(shown)]
    return CaseSection(
        "cash-flow", "Cash flow", _lead(case),
        tables=(*([against] if against else []), *tables, *fine),
        points=tuple(filter(None, [left_out(case, len(shown))])),
        figures=(Drawn("case-options", options_sentence(case), "Each line is what an option has cost up to a month, "
                       "less what it has brought itself."),),
    )  # fmt: skip


def _lead(case: Case) -> str:
    parity = any(one.parity.value not in (None, 1.0) for one in case.options)
    told = (
        "Money in is positive, money out negative; sums are of exact figures, so that rounded ones may differ by one. "
        f"Month 0 is now; what follows is discounted at {per_year(case.discount_rate_per_year)}, compounded by the "
        "month."
    )
    return f"{told} Costs are those at full features: cost over parity." if parity else told


def options_sentence(case: Case) -> str:
    """Where the lines of the chart end: costs of the whole horizon, less what an option has brought itself."""
    names = titles(case)
    ends = [(names[one.name], end) for one in case.options if (end := _spent(one, case)) is not None]
    if not ends:
        return "No option's cost is known."
    low, high = min(ends, key=lambda pair: pair[1]), max(ends, key=lambda pair: pair[1])
    less = ", own income taken off" if any(income_of(one) for one in case.options) else ""
    if len(ends) == 1:
        return f"{capital(low[0])} costs {amount(low[1])} over the horizon{less}."
    over = f"Over the horizon{less}," if less else "Over the horizon"
    return f"{over} {low[0]} costs least, {amount(low[1])}, and {high[0]} most, {amount(high[1])}."


def _spent(one: OptionResult, case: Case) -> Figure:
    """What it has cost at the end, less its own income."""
    if one.cost_usd.value is None:
        return None
    gains = income_of(one)
    brought = total(gains, Period("", 0, len(gains))) if gains else 0.0
    return None if brought is None else one.cost_usd.value - brought


def _columns(first: str, periods: Sequence[Period], *, whole: bool = True) -> tuple[Column, ...]:
    names = [*(period.name for period in periods), *(["Total"] if whole else [])]
    return (Column(first), *(Column(name, number=True) for name in names))


def option_flows(case: Case, one: OptionResult, at: int, periods: Sequence[Period]) -> CaseTable:
    """Income and costs by category, their sums, and what is left, as it adds up and as it is worth now."""
    name = titles(case)[one.name]
    net = net_of(one, case)
    unit = unit_of([*(total(net, period) for period in periods), *cumulative(net)[-1:]])
    rows: list[Line] = []
    gains = [("Revenue", revenue_of(case)), ("Own income", income_of(one))]
    shown = [(word, flows) for word, flows in gains if flows]
    if shown:
        rows.append(line("Money in", kind="head"))
        rows += [_row(word, flows, periods, unit) for word, flows in shown]
        if len(shown) > 1:
            rows.append(
                _row("All money in", by_month([flows for _, flows in shown], case.months), periods, unit, "sum")
            )
    rows.append(line("Costs", kind="head"))
    order = [part.category for part in one.breakdown] or list(one.costs_by_month_usd)
    order += [category for category in one.costs_by_month_usd if category not in order]
    rows += [_row(category_text(category), _negative(one.costs_by_month_usd[category]), periods, unit)
             for category in order if category in one.costs_by_month_usd]  # fmt: skip
    costs, parity = _negative(costs_of(one, case.months)), one.parity.value
    reduced = parity is not None and parity != 1.0
    rows.append(_row("All costs at full features" if reduced else "All costs", costs, periods, unit, "sum"))
    if reduced:
        rows.append(_row(PAID, _paid(costs, parity), periods, unit, "sum"))
    rows += ends(net, case, periods, unit)
    return CaseTable(
        f"cash-{at + 1}", f"{capital(name)}: cash flow by year", _columns(unit.name, periods), tuple(rows),
        note=_both(parity) if reduced else "", option=one.name, paper_rows=len(rows),
    )  # fmt: skip


def _paid(costs: Flows, parity: float | None) -> list[Figure]:
    """Costs at full features as they are paid: times parity."""
    return [None if cost is None or parity is None else cost * parity for cost in costs]


def _both(parity: float | None) -> str:
    return (
        f"It has {share(parity)} of the features, so its costs count as what is paid over that, for options to be "
        "compared alike, and net flows rest on them; what is paid is what a budget needs."
    )


def difference_table(case: Case, periods: Sequence[Period], letters: int = NAME) -> CaseTable | None:
    """What building instead of buying saves, costs and leaves; None where nothing is compared."""
    decision = case.decision
    if decision is None:
        return None
    sides = {one.name: one for one in case.options}
    build, buy = sides.get(decision.build), sides.get(decision.buy)
    if build is None or buy is None:
        return None
    names, returns = titles(case, letters), decision.returns
    unit = unit_of([*(total(returns.net_usd, period) for period in periods),
                    total(costs_of(build, case.months), Period("", 0, case.months))])  # fmt: skip
    rows = [
        _row(f"Cost of {names[buy.name]}, saved", costs_of(buy, case.months), periods, unit),
        _row(f"Cost of {names[build.name]}", _negative(costs_of(build, case.months)), periods, unit),
    ]
    if income_of(build):
        rows.append(_row(f"Income of {names[build.name]}", income_of(build), periods, unit))
    if income_of(buy):
        rows.append(_row(f"Income of {names[buy.name]}, forgone", _negative(income_of(buy)), periods, unit))
    rows += ends(returns.net_usd, case, periods, unit, returns)
    return CaseTable(
        "cash-difference", f"{capital(names[build.name])} instead of {names[buy.name]}: cash flow by year",
        _columns(unit.name, periods), tuple(rows), paper_rows=len(rows),
    )  # fmt: skip


def ends(net: Flows, case: Case, periods: Sequence[Period], unit: Unit, returns: Returns | None = None) -> list[Line]:
    """Net, cumulative, its band, discounted, and that cumulative: its last is the net present value."""
    worth = discounted(net, case.discount_rate_per_month)
    rows = [_row("Net cash flow", net, periods, unit, "sum"), _level("Cumulative", cumulative(net), periods, unit)]
    if returns is not None and any(value is not None for value in returns.cumulative_lo_usd):
        low, high = returns.cumulative_lo_usd, returns.cumulative_hi_usd
        rows += [_level("Cumulative, 5 %", low, periods, unit), _level("Cumulative, 95 %", high, periods, unit)]
    return [
        *rows,
        _row("Discounted", worth, periods, unit),
        _level("Cumulative discounted", cumulative(worth), periods, unit, "sum"),
    ]


def _row(name: str, flows: Flows, periods: Sequence[Period], unit: Unit, kind: str = "") -> Line:
    sums = [total(flows, period) for period in periods]
    whole = total(flows, Period("", 0, len(flows)))
    return line(name, *(_money(value, unit) for value in [*sums, whole]), kind="sum" if kind else "")


def _level(name: str, levels: Flows, periods: Sequence[Period], unit: Unit, kind: str = "") -> Line:
    """What stands at the end of each period; a level has no total but its last."""
    at = [levels[period.last] if period.last < len(levels) else None for period in periods]
    return line(name, *(_money(value, unit) for value in [*at, at[-1]]), kind="sum" if kind else "")


def _money(value: Figure, unit: Unit) -> Cell:
    tone: Tone = "bad" if value is not None and unit.text(value).startswith("-") else ""
    return Cell(unit.text(value), tone=tone)


def _negative(flows: Flows) -> list[Figure]:
    return [None if value is None else -value for value in flows]


def _fine(case: Case, one: OptionResult, at: int) -> CaseTable:
    """Money in and out, net, cumulative and discounted, by month, quarter or year: a row each."""
    what, periods = fine_periods(case.months)
    costs, net = _negative(costs_of(one, case.months)), net_of(one, case)
    gains = by_month([revenue_of(case), income_of(one)], case.months)
    worth, levels = discounted(net, case.discount_rate_per_month), cumulative(net)
    worth_levels = cumulative(worth)
    unit = unit_of([*levels, *costs])
    rows = tuple(
        line(
            period.name,
            *(_money(value, unit) for value in (
                total(gains, period), total(costs, period), total(net, period), levels[period.last],
                total(worth, period), worth_levels[period.last],
            )),
        )
        for period in periods
    )  # fmt: skip
    names = ("Money in", "Money out", "Net", "Cumulative", "Discounted", "Cumulative discounted")
    return CaseTable(
        f"fine-{at + 1}", f"{capital(titles(case)[one.name])}: by {what.lower()}, {unit.name}",
        (Column(what), *(Column(name, number=True) for name in names)), rows,
        folded=True, brief=f"{len(rows) - 1} rows", option=one.name, screen_only=True,
    )  # fmt: skip
