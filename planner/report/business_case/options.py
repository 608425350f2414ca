"""The section `options`: what each costs, what it returns, and which is taken."""

from planner.outcome.business_case import Case, OptionResult, Returns
from planner.report.business_case.words import (
    UNDEFINED,
    UNKNOWN,
    amount,
    band,
    irr_text,
    known,
    line,
    money_cell,
    months,
    months_band,
    payback_text,
    roi_text,
    said,
    titles,
)
from planner.report.data.business_case_parts import CaseSection, CaseTable, Line
from planner.report.data.review_parts import Cell, Column
from planner.report.names import capital, listed
from planner.units import chance_text, significant

NOTE = (
    "ROI is what is left at the end over what is put in, not discounted; put in is the deepest that cumulative flows "
    "go; the profitability index is 1 and the net present value over what is paid now; above 0 is how likely the net "
    "present value is."
)
ROLES = {"build": "build", "buy": "buy", "keep": "today's way", "other": ""}


def option_section(case: Case) -> CaseSection:
    """Key figures of every option, and why some are not defined."""
    return CaseSection(
        "options", "The options", _lead(case), tables=(option_table(case), *_returns_table(case)), points=_notes(case)
    )


def _lead(case: Case) -> str:
    names = titles(case)
    cheapest = f"{capital(names[case.cheapest])} costs least at present value. " if case.cheapest in names else ""
    against = (
        f"What an option returns is told against {names[case.baseline]}: that one's cost less its own, and its income "
        "less that one's." if case.baseline in names
        else "No option is the baseline, so an option's own income and the revenue are its return."
    )  # fmt: skip
    return f"{cheapest}{against}"


def option_table(case: Case) -> CaseTable:
    """What they cost, beside each other."""
    names = titles(case)
    numbers = ("Cost of ownership", "Present cost", "First year", "NPV by itself", "Parity")
    banded = case.draws > 0
    return CaseTable(
        "options", f"What the options cost over {months(case.months)}",
        (Column("Option"), *(Column(name, number=True) for name in numbers)),
        tuple(_option(case, one, names[one.name]) for one in case.options),
        note=("Small print is the 90 % band. " if banded else "") + "Costs are those at full features (cost over "
             "parity); the first year has what is paid now in it; NPV by itself is the net present value of "
             "revenue and own income less cost, not defined where there is neither.",
    )  # fmt: skip


def _option(case: Case, one: OptionResult, name: str) -> Line:
    remarks = [ROLES.get(one.role, ""), "the baseline" if one.name == case.baseline else "",
               "cheapest" if one.name == case.cheapest else ""]  # fmt: skip
    as_is = one.cost_as_is_usd.value
    parity = one.parity.value
    cost = money_cell(one.cost_usd)
    return line(
        Cell(name, ", ".join(filter(None, remarks))), cost, money_cell(one.present_cost_usd),
        money_cell(one.first_year_usd), money_cell(one.net_present_usd, _no_income(one, case)),
        Cell(UNKNOWN if parity is None else f"{100 * parity:.0f} %",
             f"{amount(as_is)} as it is" if as_is is not None and parity not in (None, 1.0) else ""),
    )  # fmt: skip


def _no_income(one: OptionResult, case: Case) -> str:
    has = bool(case.revenue_by_month_usd) or any(value != 0 for value in one.income_by_month_usd)
    return UNKNOWN if has else UNDEFINED


def returning(case: Case) -> list[tuple[str, Returns]]:
    """(name, what it returns) of the options that return something against another or by themselves."""
    names = titles(case)
    return [(names[one.name], one.returns) for one in case.options if one.returns is not None]


def _returns_table(case: Case) -> tuple[CaseTable, ...]:
    rows = [_returns(name, returns, case) for name, returns in returning(case)]
    if not rows:
        return ()
    numbers = ("Net present value", "ROI", "Payback", "Discounted", "IRR", "Put in", "Above 0")
    against = titles(case).get(case.baseline)
    return (
        CaseTable(
            "returns", f"What they return{f', against {against}' if against else ''}",
            (Column("Option"), *(Column(name, number=True) for name in numbers)), tuple(rows), note=NOTE,
        ),
    )  # fmt: skip


def _returns(name: str, returns: Returns, case: Case) -> Line:
    discounted = returns.discounted_payback_months
    absent = f"not within {months(case.months)}" if known(returns) else UNKNOWN
    return line(
        name, money_cell(returns.npv_usd),
        Cell(roi_text(returns), band(returns.roi_percent, lambda v: UNKNOWN if v is None else f"{v:,.0f} %")),
        Cell(payback_text(returns, case.months), months_band(returns.payback_months)),
        Cell(absent if discounted.value is None else months(discounted.value), months_band(discounted)),
        Cell(irr_text(returns), "" if returns.profitability_index is None
             else f"profitability index {significant(returns.profitability_index)}"),
        Cell(amount(returns.invested_usd)),
        Cell("certain" if returns.chance_positive is None else chance_text(returns.chance_positive)),
    )  # fmt: skip


def _notes(case: Case) -> tuple[str, ...]:
    """What is not defined, and why, options with the same note together."""
    told: dict[str, list[str]] = {}
    for name, returns in returning(case):
        for note in filter(None, [returns.irr_note, *returns.notes]):
            mine = told.setdefault(said(note).rstrip("."), [])
            if name not in mine:
                mine.append(name)
    if case.decision is not None and (note := said(case.decision.returns.irr_note).rstrip(".")):
        told.setdefault(note, ["build against buy"])
    return tuple(f"{listed(names[:4])}{' and others' if len(names) > 4 else ''}: {note}."
                 for note, names in list(told.items())[:12])  # fmt: skip
