"""A review on one page, for a director: what it cost, whose it is, what is odd, what to change, what may go wrong."""

from typing import Final

from planner.outcome.review import Review
from planner.outcome.review.oddities import Anomaly
from planner.report.data.executive import KeyFigure, Told
from planner.report.data.review import ReviewExecutive
from planner.report.data.review_parts import Cell, Table, Tone
from planner.report.names import at_words, plural, shorten
from planner.report.review.advice import apart
from planner.report.review.anomalies import ODDITIES, numbered
from planner.report.review.budgets import STANDS, by_urgency
from planner.report.review.executive_facts import ODD, facts_of, risks_of
from planner.report.review.facts import (
    change_sentence,
    dimension_of,
    month_of,
    next_forecast,
    period_text,
    who_changes,
    who_explains,
    year_before,
)
from planner.report.review.totals import months_sentence
from planner.report.review.words import (
    band_text,
    cell,
    change_text,
    columns,
    month_text,
    name_of,
    named,
    said,
    sentence,
    share,
)
from planner.units import usd

TEAMS: Final = 6
BUDGETS: Final = 5
CHANGES: Final = 4
LETTERS: Final = 110
"""Of a sentence of this page that the review brings."""
ODD_LETTERS: Final = {1: 300, 2: 200, 3: 150}
"""Of a sentence on what is odd, by how many there are."""
NAME: Final = 26
"""Of a name in a table: it takes one line."""


def executive_of(review: Review) -> ReviewExecutive:
    """The page."""
    if month_of(review) is None:
        return ReviewExecutive(answer=f"No charge counts in {period_text(review)}.", risks=risks_of(review))
    odd = [(number, one) for number, one in numbered(review) if one.in_month]
    left = len(odd) - ODD
    return ReviewExecutive(
        answer=answer_of(review),
        figures=_figures(review),
        facts=facts_of(review),
        teams=_teams(review),
        budgets=_budgets(review),
        budgets_note="" if review.budgets else "The scenario names no budget.",
        odd=tuple(
            Told(ODDITIES[one.kind], f"{at_words(sentence(one.text), ODD_LETTERS[len(odd[:ODD])])} "
                 f"{_off(review, one)}") for _, one in odd[:ODD]
        ),
        odd_note=_odd_note(left, len(odd)),
        changes=tuple(
            Told(f"{usd(one.per_month_usd)} a month", f"{at_words(said(one.text), LETTERS).rstrip('.')} "
                 f"({one.confidence} confidence; {who_changes(review, one.about)}).")
            for one in review.advice[:CHANGES]
        ),
        changes_note=_changes_note(review),
        risks=risks_of(review),
        trend=months_sentence(review),
    )  # fmt: skip


def answer_of(review: Review) -> str:
    """What it cost, against the month before, which budget is over, and where it is heading."""
    month = month_of(review)
    if month is None:
        return f"No charge counts in {period_text(review)}."
    told = [f"{period_text(review)} cost {usd(month.effective_usd)}", change_sentence(review)]
    over = [shorten(named(b.name), NAME) for b in by_urgency(review) if b.status == "over"]
    if over:
        more = f" and {len(over) - 2:,} more" if len(over) > 2 else ""
        told.append(f"with {' and '.join(over[:2]) if not more else ', '.join(over[:2])}{more} over budget")
    coming = next_forecast(review)
    end = ""
    if coming is not None:
        now = coming.month == review.month
        end = (
            f" {'It is forecast to end at' if now else f'{month_text(coming.month)} is forecast at'} {usd(coming.usd)}."
        )
    return f"{', '.join(filter(None, told))}.{end}"


def _figures(review: Review) -> tuple[KeyFigure, ...]:
    return tuple(KeyFigure(*figure) for figure in key_figures(review)[:4])


def key_figures(review: Review) -> tuple[tuple[str, str, str], ...]:
    """(what, figure, remark) at the top of a page."""
    month, coming = month_of(review), next_forecast(review)
    if month is None:
        return ()
    change = review.change
    more = "nothing before it" if change is None else change_sentence(review)
    tight = by_urgency(review)[0] if review.budgets else None
    sound = apart(review.advice)
    team = dimension_of(review, "team")
    return (
        (f"Spent, {period_text(review)}" if review.month_whole else "Spent so far", usd(month.effective_usd), more),
        (f"Forecast, {month_text(coming.month)}" if coming else "Forecast", usd(coming.usd) if coming else "unknown",
         band_text(coming.lo_usd, coming.hi_usd) if coming else "none was made"),
        ("Tightest budget", share(tight.used) if tight else "none",
         f"{shorten(named(tight.name), NAME)}, {STANDS[tight.status][0]}" if tight else "the scenario names none"),
        ("Could be saved a month", usd(sum(one.per_month_usd for one in sound)) if sound else "nothing",
         f"{plural(len(sound), 'change')}, no money counted twice" if len(sound) > 1 else "on this history"),
        ("Unattributed", share(team.unattributed_usd / team.billed_usd) if team and team.billed_usd > 0 else "unknown",
         f"{usd(team.unattributed_usd)} of {usd(team.billed_usd)} billed" if team else "no team is known"),
    )  # fmt: skip


def _teams(review: Review) -> Table | None:
    """Teams against the month before and the same month a year before."""
    team = dimension_of(review, "team")
    if team is None or not team.values:
        return None
    year = year_before(review)
    earlier = {} if year is None else year.by_team
    named_ = sorted((v for v in team.values if v.value), key=lambda v: (-v.effective_usd, v.value))
    shown = [*named_[:TEAMS], *(v for v in team.values if not v.value)]
    rows = []
    for v in shown:
        tone: Tone = "warn" if not v.value and v.effective_usd > 0 else ""
        cells = [Cell(shorten(name_of(v.value), NAME), tone=tone), cell(usd(v.effective_usd)), cell(share(v.share)),
                 cell(change_text(v.effective_usd, v.before_usd))]  # fmt: skip
        rows.append((*cells, *([cell(change_text(v.effective_usd, earlier.get(v.value)))] if year is not None else [])))
    left = len(named_) - TEAMS
    numbers = ("Cost", "Share", "On last month", *(("On last year",) if year is not None else ()))
    return Table(
        "teams", "By team", columns("Team", *numbers, numbers=numbers), tuple(rows),
        note=f"{plural(left, 'smaller team')} {'is' if left == 1 else 'are'} left out." if left > 0 else "",
    )  # fmt: skip


def _budgets(review: Review) -> Table | None:
    """Budget against actual and forecast."""
    if not review.budgets:
        return None
    rows = tuple(
        (cell(shorten(named(b.name), NAME)), cell(usd(b.amount_usd)), cell(usd(b.spent_usd)),
         Cell(share(b.used), tone=_tone(b.status)), Cell(usd(b.forecast_usd), tone=_tone(b.status)))
        for b in by_urgency(review)[:BUDGETS]
    )  # fmt: skip
    numbers = ("Amount", "Spent", "Used", "Forecast")
    left = len(review.budgets) - len(rows)
    within = f"{plural(left, 'further budget')} {'is' if left == 1 else 'are'} less tight." if left > 0 else ""
    return Table("budgets", "Budget, actual, forecast", columns("Budget", *numbers, numbers=numbers), rows,
                 note=within)  # fmt: skip


def _tone(status: str) -> Tone:
    tone = STANDS[status][1]
    return "" if tone == "good" else tone


def _off(review: Review, one: Anomaly) -> str:
    """How much, whether it goes on, and who has to say why."""
    more = one.actual_usd - one.expected_usd
    last = max((day.day for day in review.days), default="")
    on = ", and it goes on" if one.kind in ("leak", "level") and one.last_day >= last else ""
    who = who_explains(review, one.series)
    return f"That is {usd(abs(more))} {'less' if more < 0 else 'more'} than usual{on}; {who} answers."


def _odd_note(left: int, there: int) -> str:
    if not there:
        return "Nothing in the month was unlike what is usual."
    return f"And {left:,} smaller {'one' if left == 1 else 'ones'}." if left > 0 else ""


def _changes_note(review: Review) -> str:
    if not review.advice:
        return "Nothing was found that would have saved enough to be told."
    left = len(review.advice) - CHANGES
    sound = apart(review.advice)
    together = f"Together {usd(sum(one.per_month_usd for one in sound))} a month, no money counted twice."
    return f"{f'{left:,} more in the report. ' if left > 0 else ''}{together}"
