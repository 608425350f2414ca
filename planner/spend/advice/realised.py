"""Advice of earlier reviews against what came: savings realised against savings advised."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from planner.outcome.review import Review
from planner.outcome.review.advice import Realised, SpendAdvice
from planner.spend.advice import realised_hours, realised_runs
from planner.spend.advice.since import Outcome, Since
from planner.spend.months import Month
from planner.spend.store import Store
from planner.units import DAYS_PER_MONTH

WAYS: Final[Mapping[str, Callable[[Since, str], Outcome]]] = {
    "reserve": realised_hours.reserved,
    "spot": realised_hours.on_spot,
    "idle": realised_hours.idle,
    "early_stop": realised_runs.shorter,
    "epochs": realised_runs.shorter,
    "dataset": realised_runs.smaller,
    "failed_runs": realised_runs.failing,
}
"""Kind of advice → how it is told whether it was followed; of other kinds the tables do not say."""


def realised_of(store: Store, earlier: Sequence[Review], month: Month) -> list[Realised]:
    """Each piece of advice once, from the earliest review that gave it, against the days since then.

    What a review advised of one kind on one thing, such as two new cards for the hosts of one, stands together.

    `advised_usd` is what it promised for as many days. `realised_usd` is None where nothing since tells it.
    """
    first: dict[tuple[str, str], tuple[Since, list[SpendAdvice]]] = {}
    until = min(month.end, store.as_of)
    for review in sorted(earlier, key=lambda one: (one.month, one.as_of)):
        given = min(Month.parse(review.month).end, datetime.date.fromisoformat(review.as_of))
        if given >= until:
            continue
        mine: dict[tuple[str, str], list[SpendAdvice]] = {}
        for advice in review.advice:
            mine.setdefault((advice.kind, advice.about), []).append(advice)
        for key, several in mine.items():
            first.setdefault(key, (Since(store, given, until), several))
    found = []
    for (kind, about), (since, several) in first.items():
        way = WAYS.get(kind)
        outcome = way(since, about) if way else Outcome(None, "the tables do not tell whether it was followed")
        promised = sum(advice.per_month_usd for advice in several) * since.days / DAYS_PER_MONTH
        text = f"{' '.join(advice.text for advice in several)} Since {since.given}: {outcome.text}."
        found.append(
            Realised(kind=kind, about=about, advised_usd=promised, realised_usd=outcome.realised_usd, text=text)
        )
    return sorted(found, key=lambda one: (-one.advised_usd, one.kind, one.about))
