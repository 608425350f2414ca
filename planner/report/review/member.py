"""A review as one of several outcomes of a batch: listed with its month, and part of no sum."""

from planner.outcome.review import Review
from planner.report.data.collection import Member
from planner.report.data.rows import Figure
from planner.report.names import clean, shorten
from planner.units import usd

_NONE = Figure("", "", "", None, None, None)


def review_member(review: Review) -> Member:
    """The review in a line: what the month cost, and how many budgets and anomalies need a look."""
    month = next((one for one in review.months if one.month == review.month), None)
    over = sum(one.status in ("over", "forecast_over") for one in review.budgets)
    odd = sum(one.in_month for one in review.anomalies)
    found = [
        f"{over} of {len(review.budgets)} budgets will not hold" if over else "",
        f"{odd} anomalies" if odd else "",
    ]
    cost = usd(month.effective_usd) if month is not None else "unknown"
    return Member(
        id="",
        name=shorten(review.metadata.name, 80) or "unnamed",
        team=shorten(review.metadata.team or "", 60),
        cost_centre=shorten(review.metadata.cost_centre or "", 60),
        model="",
        scenario=shorten(review.scenario.path, 80),
        state="planned",
        reason="",
        decision="review",
        what="; ".join([f"spend of {clean(review.month)}", *filter(None, found)]),
        cost=Figure(cost, "", "", None, None, None),
        hours=_NONE,
        quality=_NONE,
        carbon=_NONE,
        monthly=True,
        as_of=clean(review.catalog.as_of),
        planner=clean(review.planner.version),
    )
