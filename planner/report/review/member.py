"""A review as one of several outcomes of a batch: listed with its month, and part of no sum."""

from planner.outcome.review import Review
from planner.report.data.collection import Member
from planner.report.data.rows import Figure
from planner.report.names import clean
from planner.report.several.beside import member_beside
from planner.units import usd


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
    what = "; ".join([f"spend of {clean(review.month)}", *filter(None, found)])
    return member_beside(review, "review", what, Figure(cost, "", "", None, None, None))
