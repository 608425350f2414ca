"""What several parts of a review's report ask for: the month under review, and what it is held against."""

from collections.abc import Mapping

from planner.outcome.review import Review
from planner.outcome.review.attribution import Attributed, MonthTotal
from planner.outcome.review.oddities import ForecastMonth, SpendForecast
from planner.outcome.review.operations import RunCounts
from planner.report.names import listed, plural, shorten
from planner.report.review.words import change_text, month_text, name_of, signed_usd


def month_of(review: Review) -> MonthTotal | None:
    """The month under review; None where nothing was charged in it."""
    return next((one for one in review.months if one.month == review.month), None)


def spent_usd(review: Review) -> float | None:
    """What the month cost so far."""
    month = month_of(review)
    return None if month is None else month.effective_usd


def period_text(review: Review) -> str:
    """`October 2026`, or `October 2026 so far`."""
    return f"{month_text(review.month)}{'' if review.month_whole else ' so far'}"


def against_text(review: Review) -> str:
    """What the month is held against: `September 2026`, or as many days of it; empty in the first month."""
    change = review.change
    if change is None:
        return ""
    return f"{'' if review.month_whole else 'as many days of '}{month_text(change.before)}"


def change_sentence(review: Review) -> str:
    """`up 18 % (+$11,068) on September 2026`; empty in the first month."""
    change = review.change
    if change is None:
        return ""
    more = change.after_usd - change.before_usd
    told = change_text(change.after_usd, change.before_usd)
    against = against_text(review)
    if told in ("unknown", "new", "none", "0 %"):
        return f"{'about as much as' if told == '0 %' else 'against nothing in'} {against}"
    way = "up" if more > 0 else "down"
    return f"{way} {told.lstrip('+-')} ({signed_usd(more)}) on {against}"


def year_before(review: Review) -> MonthTotal | None:
    """The same month a year before, where both are whole."""
    earlier = f"{int(review.month[:4]) - 1:04d}{review.month[4:]}" if review.month[:4].isdecimal() else ""
    found = next((one for one in review.months if one.month == earlier), None)
    return found if found is not None and found.whole and review.month_whole else None


def dimension_of(review: Review, name: str) -> Attributed | None:
    """How the month is attributed by this dimension."""
    return next((one for one in review.attributed if one.dimension == name), None)


def total_forecast(review: Review) -> SpendForecast | None:
    """The forecast of all spend; None where there is none to tell."""
    return next((one for one in review.forecasts if not one.value and not one.dimension and one.months), None)


def next_forecast(review: Review) -> ForecastMonth | None:
    """Where the month under review ends, or, where it is over, the next."""
    total = total_forecast(review)
    if total is None:
        return None
    least = review.month
    return next((one for one in total.months if one.month > least or (one.month == least and not review.month_whole)),
                None)  # fmt: skip


def all_runs(review: Review) -> RunCounts | None:
    """Runs of everybody in the month."""
    return next((one for one in review.operations.runs if not one.team), None)


def team_in(review: Review, text: str) -> str:
    """The team whose name stands in these words; empty where none does."""
    words = text.lower().replace(",", " ").split()
    teams = {team.lower(): team for month in review.months for team in month.by_team if team}
    return next((name_of(teams[word]) for word in words if word in teams), "")


def team_of_model(review: Review, model: str) -> str:
    """The team a model belongs to; empty where nobody says."""
    return next((name_of(one.team) for one in review.models if one.model == model and one.team), "")


def who_changes(review: Review, about: str) -> str:
    """Who makes a change to this model, deployment, team or card."""
    deployed = next((one for one in review.operations.deployments if one.deployment == about), None)
    team = "" if deployed is None else deployed.team or team_of_model(review, deployed.model)
    return name_of(team) if team else team_of_model(review, about) or team_in(review, about) or owner_of(review)


def who_explains(review: Review, series: Mapping[str, str]) -> str:
    """Who knows why this series is odd."""
    if series.get("team"):
        return name_of(series["team"])
    return team_of_model(review, series.get("model", "")) or owner_of(review)


def owner_of(review: Review) -> str:
    """Who answers for the review as a whole."""
    return shorten(review.metadata.owner or review.metadata.team or "", 40) or "the review's owner"


def named_few(names: list[str], most: int, noun: str) -> str:
    """`a, b and 3 more teams`."""
    left = len(names) - most
    return listed([*names[:most], plural(left, f"more {noun}")]) if left > 0 else listed(names)
