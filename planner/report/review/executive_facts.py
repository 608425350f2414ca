"""The three facts of a review that matter most, and its risks."""

from collections.abc import Iterator
from typing import Final

from planner.outcome.review import Review
from planner.report.data.executive import Told
from planner.report.names import at_words, capital
from planner.report.review.anomalies import numbered
from planner.report.review.budgets import budgets_sentence, by_urgency
from planner.report.review.drivers import moved_sentence
from planner.report.review.facts import all_runs, dimension_of, total_forecast
from planner.report.review.health import health_sentence
from planner.report.review.kpis import kpi_sentence
from planner.report.review.models import runs_sentence
from planner.report.review.words import (
    months_words,
    name_of,
    named,
    said,
    sentence,
    share,
)
from planner.units import chance_text, usd

FACTS: Final = 3
ODD: Final = 3
"""Anomalies that the page tells: none of them is a risk told again."""
RISKS: Final = 4
LETTERS: Final = 230
RISK_LETTERS: Final = 300
"""A risk has the whole width of the page."""
WORSE: Final = 1.5
"""Times as many failures as usual from which on they are a fact."""
LOOSE: Final = 0.02
"""Share of the bill that nobody is charged for from which on it is a risk."""


def facts_of(review: Review) -> tuple[Told, ...]:
    """The first three that there are, by weight."""
    return tuple(Told(one.what, at_words(one.text, LETTERS)) for one in list(_facts(review))[:FACTS])


def _facts(review: Review) -> Iterator[Told]:
    if review.change is not None:
        yield Told("What moved", moved_sentence(review.change))
    if any(b.status in ("over", "forecast_over") for b in review.budgets):
        yield Told("Budgets", budgets_sentence(review))
    if any(one.status in ("over", "warning") for one in review.unit_costs):
        yield Told("Unit costs", kpi_sentence(review))
    runs = all_runs(review)
    if runs is not None and runs.failure_rate is not None and runs.usual_failure_rate is not None \
            and runs.failure_rate > WORSE * runs.usual_failure_rate:  # fmt: skip
        yield Told("Failed runs", runs_sentence(review))
    team = dimension_of(review, "team")
    top = next((v for v in team.values if v.value), None) if team is not None else None
    if top is not None and top.share is not None:
        yield Told("Who spends", f"{name_of(top.value)} makes {share(top.share)} of it with {usd(top.effective_usd)}.")
    if review.budgets:
        yield Told("Budgets", budgets_sentence(review))
    if review.unit_costs:
        yield Told("Unit costs", kpi_sentence(review))


def risks_of(review: Review) -> tuple[Told, ...]:
    """What may go wrong, and how far the figures can be trusted."""
    return tuple(Told(one.what, at_words(one.text, RISK_LETTERS)) for one in list(_risks(review))[:RISKS])


def _risks(review: Review) -> Iterator[Told]:
    likely = [b for b in by_urgency(review) if b.status == "forecast_over" and b.chance_over is not None]
    if likely:
        b = likely[0]
        above = "" if b.forecast_usd is None else f" by {usd(b.forecast_usd - b.amount_usd)}"
        yield Told("Overrun", f"Budget {named(b.name)} is {chance_text(b.chance_over or 0.0)} likely to pass its "
                   f"{usd(b.amount_usd)} of the {b.period}{above}.")  # fmt: skip
    told = [one for _, one in numbered(review)[:ODD]]
    leaks = [one for one in review.anomalies if one.kind in ("leak", "level") and one.in_month and one not in told]
    if leaks:
        one = max(leaks, key=lambda a: a.actual_usd - a.expected_usd)
        yield Told("Goes on", f"{sentence(one.text)} That is {usd(one.actual_usd - one.expected_usd)} so far.")
    total = total_forecast(review)
    if total is not None and total.note:
        yield Told("Forecast", f"{capital(said(total.note)).rstrip('.')}.")
    yield Told("Trust", health_sentence(review))
    team = dimension_of(review, "team")
    if team is not None and team.billed_usd > 0 and team.unattributed_usd / team.billed_usd >= LOOSE:
        part = share(team.unattributed_usd / team.billed_usd)
        yield Told("Unattributed", f"{usd(team.unattributed_usd)} ({part}) of the "
                   "bill belongs to no team, so every team looks that much cheaper.")  # fmt: skip
    if not review.month_whole:
        yield Told("Not over", months_words(review.month, [one.day for one in review.days]))
