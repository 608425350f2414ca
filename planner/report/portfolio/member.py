"""A portfolio as one of several outcomes of a batch: listed with its sums, and part of no sum of the list."""

from planner.outcome.portfolio import PortfolioPlan
from planner.report.data.collection import Member
from planner.report.data.rows import Figure
from planner.report.names import shorten
from planner.report.portfolio.head import answer_of
from planner.report.portfolio.words import band, gap_text
from planner.report.sections.rows import quality_text
from planner.report.several.beside import member_beside
from planner.units import kilograms, usd

_UNKNOWN = Figure("unknown", "", "", None, None, None)


def portfolio_member(plan: PortfolioPlan) -> Member:
    """The portfolio in a line: how many jobs run, how many are late, and what they cost.

    Its jobs may be in the list themselves, so none of its figures has a number that could be added to others.
    """
    t = plan.totals
    told = [
        f"{t.runs:,} of {t.jobs:,} jobs run",
        f"{t.late_jobs:,} late" if t.late_jobs else "",
        f"proven within {gap_text(plan.proof.gap)}" if plan.proof.gap is not None and t.runs else "",
    ]
    if not t.runs:
        failure = shorten(answer_of(plan), 300)
        return member_beside(plan, "", "", _UNKNOWN, quality=_UNKNOWN, carbon=_UNKNOWN, failure=failure)
    return member_beside(
        plan, "portfolio", "; ".join(filter(None, told)),
        Figure(usd(t.cost_usd), band(t.cost_usd_lo, t.cost_usd_hi), "", None, None, None),
        quality=Figure(quality_text(t.quality), "", "", None, None, None),
        carbon=Figure(kilograms(t.carbon_kg), "", "", None, None, None),
    )  # fmt: skip
