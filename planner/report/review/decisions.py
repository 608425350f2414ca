"""Questions that the numbers of a review ask, with what is at stake and who answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from planner.outcome.review import Review
from planner.report.names import at_words, shorten
from planner.report.review.anomalies import numbered, series_text
from planner.report.review.budgets import by_urgency
from planner.report.review.facts import dimension_of, owner_of, team_in, team_of_model, who_changes, who_explains
from planner.report.review.kpis import unit_of
from planner.report.review.words import (
    alike,
    days_text,
    named,
    said,
    sentence,
    sentences,
    share,
    signed_usd,
)
from planner.units import chance_text, usd

RISK: Final = 110
"""Characters of a risk: the part on what to change has all of it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A question, and what it is about."""

    kind: str
    """anomaly, advice, budget, unit_cost, unattributed or invoice."""
    question: str
    amount: str
    stake_usd: float
    period: str
    """`a month`, `this month`, `in all`."""
    who: str
    facts: str


def decisions_of(review: Review) -> list[Decision]:
    """All of them, those about most money first."""
    found = [*_anomalies(review), *_budgets(review), *_advice(review), *_unit_costs(review), *_unattributed(review),
             *_invoices(review)]  # fmt: skip
    return sorted(found, key=lambda one: (-one.stake_usd, one.kind, one.question))


def _anomalies(review: Review) -> Iterator[Decision]:
    for number, one in numbered(review):
        if one.in_month:
            more = one.actual_usd - one.expected_usd
            told = [cause for cause in one.causes if cause.partition(":")[0].partition(" (")[0] not in one.text]
            why = sentence(told[0]) if told else ""
            yield Decision(
                "anomaly", f"Anomaly {number} ({series_text(one)}, {days_text(one.first_day, one.last_day)}): was it "
                "meant? If not, who stops it, by when?", signed_usd(more), abs(more), "against the usual",
                who_explains(review, one.series), sentences(sentence(one.text), why),
            )  # fmt: skip


def _budgets(review: Review) -> Iterator[Decision]:
    for b in by_urgency(review):
        end = b.spent_usd if b.status == "over" else b.forecast_usd
        if b.status in ("over", "forecast_over") and end is not None:
            chance = f", {chance_text(b.chance_over)} likely to pass it" if b.chance_over is not None else ""
            ahead = f"; {share(b.elapsed)} of the {b.period} is gone, forecast {usd(b.forecast_usd)}{chance}"
            over = "is over" if b.status == "over" else "is heading over its amount"
            yield Decision(
                "budget", f"Budget {named(b.name)} {over}: raise it, or cut what?", signed_usd(end - b.amount_usd),
                abs(end - b.amount_usd), f"this {b.period}", team_in(review, b.where) or owner_of(review),
                f"{usd(b.spent_usd)} of {usd(b.amount_usd)} ({share(b.used)}) spent"
                f"{ahead if b.elapsed < 1 else ''}.",
            )  # fmt: skip


def _advice(review: Review) -> Iterator[Decision]:
    for one in review.advice:
        risk = f" Risk: {at_words(sentence(one.risk), RISK)}" if one.risk else ""
        days = days_text(one.first_day, one.last_day)
        yield Decision(
            "advice", f"{said(one.text).rstrip('.')}: adopt, try or reject?", usd(one.per_month_usd), one.per_month_usd,
            "a month", who_changes(review, one.about),
            f"Would have saved {usd(one.saving_usd)} over {days}; {one.confidence} confidence.{risk}",
        )  # fmt: skip


def _unit_costs(review: Review) -> Iterator[Decision]:
    for one in review.unit_costs:
        if one.status not in ("over", "warning") or one.unit_cost_usd is None or one.target_usd is None:
            continue
        units = one.units or 0.0
        above = (one.unit_cost_usd - one.target_usd) * units
        who = team_in(review, one.where) or team_of_model(review, _last(one.where)) or owner_of(review)
        now, target, before = alike(one.unit_cost_usd, one.target_usd, one.before_usd)
        yield Decision(
            "unit_cost", f"{named(one.name)} misses its target: what brings it back, or is the target wrong?",
            usd(above), above, "this month", who,
            f"{now} a {unit_of(one.per)}, target {target}, month before {before}.",
        )  # fmt: skip


def _last(where: str) -> str:
    return where.rpartition(" ")[2]


def _unattributed(review: Review) -> Iterator[Decision]:
    team = dimension_of(review, "team")
    if team is None or team.unattributed_usd < 0.005:
        return
    top = team.missing[0] if team.missing else None
    what = "" if top is None else f" Most of it: {shorten(top.service, 60)} {shorten(top.resource, 60)}".rstrip() + "."
    part = share(team.unattributed_usd / team.billed_usd) if team.billed_usd > 0 else "unknown"
    yield Decision(
        "unattributed", "Whose are the charges that nothing attributes: tag them, or make a rule?",
        usd(team.unattributed_usd), team.unattributed_usd, "this month", owner_of(review),
        f"{usd(team.unattributed_usd)} of {usd(team.billed_usd)} billed ({part}).{what}",
    )  # fmt: skip


def _invoices(review: Review) -> Iterator[Decision]:
    for one in review.read.invoices:
        if not one.agrees:
            yield Decision(
                "invoice", f"The invoice of {shorten(one.source, 40)} for {one.month} differs from its rows: ask the "
                "provider, or read the export anew?", f"{one.currency} {abs(one.difference):,.2f}", abs(one.difference),
                "in all", owner_of(review), f"Invoice {one.invoiced:,.2f}, rows {one.rows:,.2f} {one.currency}.",
            )  # fmt: skip
