"""The section `summary`: months and days of spend, how they went and what they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from planner.outcome.review import Review
from planner.outcome.review.attribution import MonthTotal
from planner.report.data.cost_centre import MonthPart, MonthRow
from planner.report.data.review_charts import MonthsChart
from planner.report.data.review_parts import Cell, Figure, ReviewSection, Table
from planner.report.names import plural
from planner.report.review.facts import change_sentence, month_of, period_text, total_forecast, year_before
from planner.report.review.words import (
    UNATTRIBUTED,
    cell,
    change_text,
    columns,
    day_text,
    month_text,
    name_of,
    share,
    signed_usd,
)
from planner.units import usd

SHOWN: Final = 13
"""Months that are shown: the one under review and the twelve before it."""
DAYS: Final = 184
"""Days of the past that are drawn: half a year."""
NAMED: Final = 6
"""Teams that are told apart; the others are one."""
OTHERS: Final = "others"


@dataclass(frozen=True, slots=True)
class Teams:
    """Teams as charts tell them apart."""

    names: tuple[str, ...]
    """The dearest first, then `others`, then `unattributed`."""
    own: dict[str, str]
    """Team as the review has it → its name there."""

    def split(self, by_team: dict[str, float]) -> dict[str, float]:
        """Name → USD, of all names."""
        found = dict.fromkeys(self.names, 0.0)
        for team, value in by_team.items():
            found[self.own[team]] += value
        return found


def teams_of(review: Review) -> Teams:
    """The teams of the months and days that are drawn."""
    sums: dict[str, float] = {}
    split = [one.by_team for one in review.months[-SHOWN:]] + [one.by_team for one in review.days]
    for by_team in split:
        for team, value in by_team.items():
            sums[team] = sums.get(team, 0.0) + value
    order = sorted((team for team in sums if team), key=lambda team: (-sums[team], team))
    own = {team: name_of(team) if place < NAMED else OTHERS for place, team in enumerate(order)}
    if "" in sums:
        own[""] = UNATTRIBUTED
    last = [name for name in (OTHERS, UNATTRIBUTED) if name in own.values()]
    first = dict.fromkeys(own[team] for team in order if own[team] not in last)
    return Teams((*first, *last), own)


def months_chart(review: Review, teams: Teams) -> MonthsChart:
    """Months by team, with the same month a year before where it is known."""
    totals = {one.month: one for one in review.months}
    rows = []
    for one in review.months[-SHOWN:]:
        parts = teams.split(one.by_team)
        earlier = totals.get(_earlier(one.month))
        before = earlier.effective_usd if earlier is not None and earlier.whole and one.whole else None
        rows.append(
            MonthRow(
                month=one.month, spent=usd(one.effective_usd), counted="" if one.whole else f"{one.days} days",
                before=usd(before), change=change_text(one.effective_usd, before) if before else "",
                spent_usd=one.effective_usd, before_usd=before,
                parts=tuple(MonthPart(name, usd(value), value) for name, value in parts.items() if value > 0),
            )
        )  # fmt: skip
    return MonthsChart(teams.names, tuple(rows))


def summary_section(review: Review) -> ReviewSection:
    """Months and days."""
    month = month_of(review)
    if month is None:
        return ReviewSection("summary", "Spend", "No charge counts in this month.", says=False)
    months = review.months[-SHOWN:]
    figures = [Figure("review-days", days_sentence(review), _days(review))] if review.days else []
    if len(months) > 1:
        figures.append(Figure("review-months", months_sentence(review), _reading(review)))
    return ReviewSection(
        "summary", "Spend, day by day and month by month", _lead(review, month), says=True, figures=tuple(figures),
        tables=(_months(review, months),),
    )  # fmt: skip


def _lead(review: Review, month: MonthTotal) -> str:
    told = [f"{period_text(review)} cost {usd(month.effective_usd)}", change_sentence(review)]
    year = year_before(review)
    if year is not None:
        told.append(f"{change_text(month.effective_usd, year.effective_usd)} on {month_text(year.month)}")
    billed = f"Billed were {usd(month.billed_usd)}"
    if month.list_usd is not None and month.list_usd > 0:
        billed += f"; at list prices it would have been {usd(month.list_usd)}"
    unused = (
        f" {usd(month.commitment_unused_usd)} of commitments went unused." if month.commitment_unused_usd > 0 else ""
    )
    credits_ = f" Credits and refunds took off {usd(-month.credits_usd)}." if month.credits_usd < 0 else ""
    return f"{', '.join(filter(None, told))}. {billed}.{unused}{credits_}"


def months_sentence(review: Review) -> str:
    """The dearest month, and the mean of those that are whole."""
    months = review.months[-SHOWN:]
    whole = [one for one in months if one.whole]
    if not whole:
        return "No month is whole yet."
    top = max(whole, key=lambda one: (one.effective_usd, one.month))
    mean = sum(one.effective_usd for one in whole) / len(whole)
    return (
        f"The dearest of {plural(len(whole), 'whole month')} was {month_text(top.month)} with "
        f"{usd(top.effective_usd)}; a month cost {usd(mean)} on average."
    )


def days_sentence(review: Review) -> str:
    """The dearest day of the month, and the mean one."""
    days = [one for one in review.days if one.day.startswith(review.month)]
    if not days:
        return "No day of the month has charges."
    top = max(days, key=lambda one: (one.effective_usd, one.day))
    mean = sum(one.effective_usd for one in days) / len(days)
    odd = sum(one.in_month for one in review.anomalies)
    told = f"; {odd:,} anomalies touch the month" if odd > 1 else "; one anomaly touches the month" if odd else ""
    return (
        f"A day of {period_text(review)} cost {usd(mean)} on average, the dearest ({day_text(top.day)}) "
        f"{usd(top.effective_usd)}{told}."
    )


def _days(review: Review) -> str:
    marked = "numbers are those of the anomalies below" if review.anomalies else ""
    total = total_forecast(review)
    ahead = f"the line is the forecast, its shade the {share(total.level)} band" if total and total.days else ""
    told = "; ".join(filter(None, [f"The last {DAYS} days at most, by team", marked, ahead]))
    return f"{told}."


def _reading(review: Review) -> str:
    faint = "" if review.month_whole else "; fainter where a month is not over"
    return f"Stacked by team{faint}; a bar across marks the same month a year before."


def _earlier(month: str) -> str:
    return f"{int(month[:4]) - 1:04d}{month[4:]}" if month[:4].isdecimal() else ""


def _follows(month: str, earlier: str) -> bool:
    """Whether no month lies between the two."""
    numbers = [int(name[:4]) * 12 + int(name[5:7]) for name in (month, earlier) if name.replace("-", "").isdecimal()]
    return len(numbers) == 2 and numbers[0] == numbers[1] + 1


def _months(review: Review, months: Sequence[MonthTotal]) -> Table:
    """Newest first: who reads a table looks at its first row."""
    before = {one.month: earlier for earlier, one in pairwise(review.months) if _follows(one.month, earlier.month)}
    rows = [_month(one, before.get(one.month)) for one in reversed(months)]
    names = ("Month", "Effective cost", "Change", "Billed", "List price", "Credits", "Commitments unused", "Days")
    return Table(
        "months", "Months", columns(*names, numbers=names[1:]), tuple(rows),
        note="Effective cost is amortised and net of discounts (FOCUS EffectiveCost). Changes are from whole month "
        "to whole month.",
    )  # fmt: skip


def _month(one: MonthTotal, before: MonthTotal | None) -> tuple[Cell, ...]:
    alike = before is not None and before.whole and one.whole
    change = change_text(one.effective_usd, before.effective_usd) if before is not None and alike else "–"
    more = signed_usd(one.effective_usd - before.effective_usd) if before is not None and alike else ""
    return (
        cell(month_text(one.month), "" if one.whole else "not over, or not wholly billed"),
        cell(usd(one.effective_usd)), cell(change, more), cell(usd(one.billed_usd)), cell(usd(one.list_usd)),
        cell(usd(one.credits_usd)), cell(usd(one.commitment_unused_usd)), cell(f"{one.days}"),
    )  # fmt: skip
