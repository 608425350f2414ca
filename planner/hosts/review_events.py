"""Events made from a review of spend: budgets that will not hold, and what is unusual in its month."""

from typing import Final

from planner.hosts.event import Event, Severity
from planner.hosts.plain import plain, tidy
from planner.outcome.review import Review
from planner.outcome.review.budgets import BudgetStatus
from planner.units import usd

MOST: Final = 10
"""Budgets or anomalies that one event names; the rest are counted."""
_ALL: Final = 100
"""The same in its data."""
_ORDER: Final = ("over", "forecast_over", "warning")


def review_budgets(review: Review, link: str = "") -> Event | None:
    """Budgets that are over, are forecast to be, or are ahead of their time, worst first; None where all are in pace.

    The data name each with its status: over, forecast_over or warning.
    """
    found = [one for one in review.budgets if one.status in _ORDER]
    if not found:
        return None
    found.sort(key=lambda one: (_ORDER.index(one.status), -one.used, one.name))
    worst = found[0]
    title = f"Budget {plain(worst.name, 80)} {_stands(worst)}"
    if len(found) > 1:
        title += f", and {len(found) - 1} more need{'s' if len(found) == 2 else ''} a look"
    data = {
        "name": review.metadata.name, "month": review.month, "as_of": review.as_of,
        "budgets": [
            {
                "budget": one.name, "where": one.where, "period": one.period, "start": one.start, "end": one.end,
                "status": one.status, "amount_usd": one.amount_usd, "spent_usd": one.spent_usd, "used": one.used,
                "forecast_usd": one.forecast_usd, "forecast_lo_usd": one.forecast_lo_usd,
                "forecast_hi_usd": one.forecast_hi_usd, "chance_over": one.chance_over,
            }
            for one in found[:_ALL]
        ],
    }  # fmt: skip
    facts = tuple((plain(f"Budget {one.name}", 120), _budget(one)) for one in found[:MOST])
    severity: Severity = "warn" if worst.status == "warning" else "deny"
    return Event("budget-alert", title, _rest(len(found)), facts, link, severity, tidy(data))


def review_anomalies(review: Review, link: str = "") -> Event | None:
    """What is unusual in the month under review, the newest first; None where nothing is."""
    found = [one for one in review.anomalies if one.in_month]
    if not found:
        return None
    first = found[0]
    many = "1 anomaly" if len(found) == 1 else f"{len(found)} anomalies"
    title = f"{plain(review.metadata.name, 80)}: {many} in {review.month}"
    data = {
        "name": review.metadata.name, "month": review.month, "as_of": review.as_of,
        "anomalies": [
            {
                "series": dict(one.series), "kind": one.kind, "first_day": one.first_day, "last_day": one.last_day,
                "actual_usd": one.actual_usd, "expected_usd": one.expected_usd, "score": one.score, "text": one.text,
            }
            for one in found[:_ALL]
        ],
    }  # fmt: skip
    facts = tuple(
        (f"{one.first_day} to {one.last_day}" if one.first_day != one.last_day else one.first_day, plain(one.text, 400))
        for one in found[:MOST]
    )
    more = max(one.actual_usd - one.expected_usd for one in found)
    text = " ".join(filter(None, [plain(first.text, 400), _rest(len(found))]))
    return Event("anomaly", title, text, facts, link, "warn" if more > 0 else "info", tidy(data))


def _stands(budget: BudgetStatus) -> str:
    if budget.status == "over":
        return f"is over: {usd(budget.spent_usd)} of {usd(budget.amount_usd)}"
    if budget.status == "forecast_over":
        return f"is forecast to be over: {usd(budget.forecast_usd)} of {usd(budget.amount_usd)} on {budget.end}"
    return f"is ahead of its time: {budget.used:.0%} used, {budget.elapsed:.0%} of the {budget.period} over"


def _budget(budget: BudgetStatus) -> str:
    band = ""
    if budget.forecast_lo_usd is not None and budget.forecast_hi_usd is not None:
        band = f" ({usd(budget.forecast_lo_usd)} to {usd(budget.forecast_hi_usd)})"
    forecast = "" if budget.forecast_usd is None else f", forecast {usd(budget.forecast_usd)}{band}"
    whose = f" for {plain(budget.where, 80)}" if budget.where else ""
    return f"{usd(budget.spent_usd)} of {usd(budget.amount_usd)} spent since {budget.start}{whose}{forecast}"


def _rest(count: int) -> str:
    return f"{count - MOST} more not listed here." if count > MOST else ""
