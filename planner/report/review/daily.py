"""Days of spend, what was odd among them, and the forecast: what the chart of days draws."""

from typing import Final

from planner.outcome.review import Review
from planner.report.data.review_charts import Ahead, DailyChart, DayBar, Mark
from planner.report.review.anomalies import numbered
from planner.report.review.facts import total_forecast
from planner.report.review.totals import DAYS, Teams
from planner.report.review.words import band_text, said, share
from planner.units import usd

AHEAD: Final = 92
MARKS: Final = 30


def daily_chart(review: Review, teams: Teams) -> DailyChart:
    """The last half year by team, its anomalies by their numbers in the table, and the days to come."""
    days = review.days[-DAYS:]
    if not days:
        return DailyChart()
    bars = []
    for one in days:
        parts = teams.split(one.by_team)
        # What was credited on a day is told, and is no height of a bar.
        heights = tuple(round(max(value, 0.0), 2) for value in parts.values())
        bars.append(DayBar(one.day, usd(one.effective_usd), heights, tuple(usd(value) for value in parts.values())))
    total = total_forecast(review)
    # Days that have charges already are no forecast, even where the day is not over.
    ahead = [one for one in (total.days if total is not None else []) if one.day > days[-1].day][:AHEAD]
    return DailyChart(
        teams=teams.names,
        days=tuple(bars),
        marks=_marks(review, days[0].day, days[-1].day),
        ahead=tuple(
            Ahead(one.day, one.usd, one.lo_usd, one.hi_usd, usd(one.usd), band_text(one.lo_usd, one.hi_usd))
            for one in ahead
        ),
        level=share(total.level) if total is not None and ahead else "",
    )


def _marks(review: Review, first: str, last: str) -> tuple[Mark, ...]:
    """Anomalies of the days that are drawn, cut to these."""
    return tuple(
        Mark(number, max(one.first_day, first), min(one.last_day, last), said(one.text))
        for number, one in numbered(review)
        if one.first_day <= last and one.last_day >= first
    )[:MARKS]
