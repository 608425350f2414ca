"""The section `factors`: what counts beside money, and whether it chooses the same."""

from planner.outcome.business_case import Case
from planner.outcome.configuration import Figure
from planner.report.business_case.answer import factors_sentence
from planner.report.business_case.words import line, main_options, said, share, titles
from planner.report.data.business_case_parts import CaseSection, CaseTable
from planner.report.data.review_parts import Cell, Column
from planner.report.names import capital

MOST = 8
"""Options that a table has room for."""


def factor_section(case: Case) -> CaseSection | None:
    """Scores beside money; None where the case weighs none."""
    if not case.weights:
        return None
    names = titles(case)
    shown = main_options(case, MOST)
    rows = [
        line(capital(said(factor.replace("_", " "))), share(weight), *(_score(one.scores.get(factor)) for one in shown))
        for factor, weight in sorted(case.weights.items(), key=lambda item: -item[1])
    ]  # fmt: skip
    rows.append(line("Weighted score", "100 %", *(_score(one.weighted_score) for one in shown), kind="sum"))
    left = len(case.options) - len(shown)
    table = CaseTable(
        "factors", "Scores, 0 (worst) to 10",
        (Column("Factor"), Column("Weight", number=True), *(Column(names[one.name], number=True) for one in shown)),
        tuple(rows), note=f"{left} more options are in plan.json." if left > 0 else "",
    )  # fmt: skip
    lead = factors_sentence(case) or "Factors beside money, each with its weight."
    return CaseSection("factors", "Beside money", lead, tables=(table,))


def _score(value: Figure) -> Cell:
    return Cell("unknown" if value is None else f"{value:.1f}")
