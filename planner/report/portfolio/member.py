"""A portfolio as one of several outcomes of a batch: listed with its sums, and part of no sum of the list."""

from planner.outcome.portfolio import PortfolioPlan
from planner.report.data.collection import Member
from planner.report.data.rows import Figure
from planner.report.names import clean, shorten
from planner.report.portfolio.head import answer_of
from planner.report.portfolio.words import band, gap_text
from planner.report.sections.rows import quality_text
from planner.units import kilograms, usd

_NONE = Figure("", "", "", None, None, None)
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
    return Member(
        id="",
        name=shorten(plan.metadata.name, 80) or "unnamed",
        team=shorten(plan.metadata.team or "", 60),
        cost_centre=shorten(plan.metadata.cost_centre or "", 60),
        model="",
        scenario=shorten(plan.scenario.path, 80),
        state="planned" if t.runs else "infeasible",
        reason="" if t.runs else shorten(answer_of(plan), 300),
        decision="portfolio" if t.runs else "",
        what="; ".join(filter(None, told)) if t.runs else "",
        cost=Figure(usd(t.cost_usd), band(t.cost_usd_lo, t.cost_usd_hi), "", None, None, None) if t.runs else _UNKNOWN,
        hours=_NONE,
        quality=Figure(quality_text(t.quality), "", "", None, None, None) if t.runs else _UNKNOWN,
        carbon=Figure(kilograms(t.carbon_kg), "", "", None, None, None) if t.runs else _UNKNOWN,
        monthly=True,
        as_of=clean(plan.catalog.as_of),
        planner=clean(plan.planner.version),
    )
