"""The agenda of the weekly review: what is odd, what fails, which budgets fill, whether the data is sound."""

from collections.abc import Iterator
from typing import Final

from planner.outcome.review import Review
from planner.report.data.review_parts import Topic
from planner.report.names import shorten
from planner.report.review.anomalies import anomaly_sentence
from planner.report.review.budgets import budgets_sentence
from planner.report.review.decisions import decisions_of
from planner.report.review.facts import all_runs, named_few, owner_of
from planner.report.review.health import health_sentence
from planner.report.review.models import runs_sentence
from planner.report.review.words import card_at, share
from planner.units import usd

IDLE: Final = 0.3
"""Share of the time below which a card is talked about."""


def weekly_topics(review: Review) -> Iterator[Topic]:
    """In the order in which they are talked about."""
    found = decisions_of(review)
    odd = [one for one in found if one.kind == "anomaly"]
    if odd:
        yield Topic("Anomalies", anomaly_sentence(review), "Was each meant? What is not: who stops it, by when?",
                    _people([one.who for one in odd]))  # fmt: skip
    tight = [one for one in found if one.kind == "budget"]
    if tight:
        yield Topic("Budgets that are over, or will be", budgets_sentence(review), "Slow down what, or ask for more?",
                    _people([one.who for one in tight]))  # fmt: skip
    runs = all_runs(review)
    if runs is not None and runs.failed:
        yield Topic("Failed runs", runs_sentence(review), "Which cause is mended first, and by whom?",
                    _people([shorten(one.team, 40) for one in review.operations.runs if one.team and one.failed])
                    or owner_of(review))  # fmt: skip
    idle = [one for one in review.operations.cards if one.busy is not None and one.busy < IDLE]
    if idle:
        names = [f"{card_at(one.gpu, one.provider)} ({share(one.busy)} busy, "
                 f"{usd(one.effective_usd)})" for one in idle]  # fmt: skip
        yield Topic("GPUs that are idle", f"{named_few(names, 3, 'card')}.", "End, shrink or share which of them?",
                    owner_of(review))  # fmt: skip
    doubtful = [one for one in review.read.health if one.status != "ok"]
    if doubtful or any(not one.agrees for one in review.read.invoices):
        yield Topic("Health of the sources", health_sentence(review), "Who mends which source?", owner_of(review))


def _people(names: list[str]) -> str:
    return named_few(list(dict.fromkeys(filter(None, names))), 4, "team")
