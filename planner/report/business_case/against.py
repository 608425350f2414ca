"""The section `decision`: build against buy, as money runs up, and the volumes at which the answer turns."""

from planner.outcome.business_case import Case
from planner.outcome.configuration import Figure
from planner.report.business_case.answer import main_returns, payback_sentence
from planner.report.business_case.options import returning
from planner.report.business_case.words import amount, count, line, said, sentences, times, titles
from planner.report.data.business_case_parts import CaseSection, CaseTable
from planner.report.data.review_parts import Column
from planner.report.data.review_parts import Figure as Drawn
from planner.report.names import capital

BAND = "The shade is the 90 % band."
MOST = 40
"""Volumes that are listed."""


def decision_section(case: Case) -> CaseSection:
    """How the return runs up."""
    decision = case.decision
    title = "Build against buy" if decision is not None else "What it returns"
    open_ = decision is not None and not decision.choice
    reason = said(decision.reason).rstrip(".") if decision is not None and open_ else ""
    lead = sentences([f"{capital(reason)}." if reason else "", payback_sentence(case)])
    tables = [table for table in (_crossovers(case),) if table is not None]
    note = said(decision.crossover_note) if decision is not None else ""
    figures = (Drawn("case-cumulative", cumulative_sentence(case), BAND if case.draws else ""),)
    several = len(returning(case)) > 1 or (decision is None and len(returning(case)) > 0)
    drawn = figures if main_returns(case)[1] is not None else ()
    returns = (Drawn("case-returns", _returns_sentence(case), ""),) if several and len(returning(case)) > 1 else ()
    return CaseSection("decision", title, lead, figures=(*drawn, *returns), tables=tuple(tables),
                       points=(f"{capital(note.rstrip('.'))}.",) if note else ())  # fmt: skip


def cumulative_sentence(case: Case) -> str:
    """Where the cumulative flows end, and when they pass 0."""
    one, returns = main_returns(case)
    if one is None or returns is None:
        return ""
    last: Figure = returns.cumulative_usd[-1] if returns.cumulative_usd else None
    name = titles(case)[one.name]
    other = titles(case).get(returns.against, "")
    whole = f"{name} instead of {other}" if other else name
    if last is None:
        return f"How the flows of {whole} run up is unknown."
    even = returns.break_even_month
    passing = (
        "they are never below 0 for long" if even == 0
        else f"they break even in month {even}" if even is not None
        else "they do not break even"
    )  # fmt: skip
    return f"Cumulative flows of {whole} end at {amount(last)}; {passing}."


def _returns_sentence(case: Case) -> str:
    told = [(name, returns.cumulative_usd[-1]) for name, returns in returning(case) if returns.cumulative_usd]
    known = [(name, value) for name, value in told if value is not None]
    if not known:
        return ""
    name, value = max(known, key=lambda pair: pair[1])
    return f"Of what the options return, {name} ends highest: {amount(value)}, undiscounted."


def _crossovers(case: Case) -> CaseTable | None:
    decision = case.decision
    if decision is None or not decision.crossovers:
        return None
    names = titles(case)
    rows = tuple(
        line(count(one.predictions_per_month),
             times(one.times_today),
             names.get(one.cheaper_above, one.cheaper_above))
        for one in decision.crossovers[:MOST]
    )  # fmt: skip
    return CaseTable(
        "crossovers",
        "Volumes at which the cheaper one changes",
        (Column("Predictions a month"), Column("Of today's", number=True), Column("Cheaper above")),
        rows,
    )
