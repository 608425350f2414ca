"""What is no plan of one model among several outcomes: listed in a line, and part of no sum."""

from planner.outcome.plan import PlanHead
from planner.report.data.collection import Member
from planner.report.data.rows import Figure
from planner.report.names import clean, shorten

NONE = Figure("", "", "", None, None, None)
"""A figure that it does not have."""


def member_beside(
    outcome: PlanHead, decision: str, what: str, cost: Figure, *, quality: Figure = NONE, carbon: Figure = NONE,
    failure: str = "",
) -> Member:  # fmt: skip
    """Its line: what is shown of it, in a phrase, and its cost; `failure` says why there is nothing to show."""
    return Member(
        id="",
        name=shorten(outcome.metadata.name, 80) or "unnamed",
        team=shorten(outcome.metadata.team or "", 60),
        cost_centre=shorten(outcome.metadata.cost_centre or "", 60),
        model="",
        scenario=shorten(outcome.scenario.path, 80),
        state="infeasible" if failure else "planned",
        reason=failure,
        decision=decision,
        what=what,
        cost=cost,
        hours=NONE,
        quality=quality,
        carbon=carbon,
        monthly=True,
        as_of=clean(outcome.catalog.as_of),
        planner=clean(outcome.planner.version),
    )
