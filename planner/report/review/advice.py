"""The section `recommendations`: what to change, what each change would have saved, and what earlier advice did."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.review import Review
from planner.outcome.review.advice import Realised, SpendAdvice
from planner.report.data.review_parts import Cell, Column, ReviewSection, Table
from planner.report.names import capital, listed, shorten
from planner.report.review.facts import who_changes
from planner.report.review.words import (
    band_text,
    cell,
    columns,
    days_text,
    left_text,
    named,
    said,
    sentence,
    sentences,
)
from planner.units import duration, usd

SHOWN: Final = 20
BASIS: Final = 700
"""Characters of how a saving was computed: it is for those who doubt it, and is useless when cut."""
KINDS: Final = {
    "right_size": "right-size", "spot": "spot machines", "reserve": "reserve", "schedule": "switch off by schedule",
    "early_stop": "stop runs early", "epochs": "fewer epochs", "dataset": "a smaller dataset", "cache": "cache answers",
    "auto_scale": "scale with the load", "idle": "end what is idle", "failed_runs": "fewer failed runs",
    "cheaper_card": "a cheaper card",
}  # fmt: skip


def advice_section(review: Review) -> ReviewSection:
    """Changes worth making, the largest saving first."""
    tables = [_table(review)] if review.advice else []
    tables += [_realised(review.realised)] if review.realised else []
    return ReviewSection("recommendations", "What to change", advice_sentence(review), says=bool(tables),
                         tables=tuple(tables))  # fmt: skip


def apart(advice: Sequence[SpendAdvice]) -> list[SpendAdvice]:
    """The largest changes that touch no money of another: their savings add up, to the least that all are worth.

    Two that touch the same money name each other's kinds; of those only the larger counts, whatever else it names.
    """
    kept: list[SpendAdvice] = []
    for one in sorted(advice, key=lambda a: (-a.per_month_usd, a.kind, a.about)):
        if not any(_touch(one, other) for other in kept):
            kept.append(one)
    return kept


def _touch(one: SpendAdvice, other: SpendAdvice) -> bool:
    if one.kind == other.kind:
        return one.about == other.about
    return one.kind in other.overlaps and other.kind in one.overlaps


def advice_sentence(review: Review) -> str:
    """How much a month the changes are worth that do not touch each other."""
    if not review.advice:
        return "Nothing was found that would have saved enough to be told."
    sound = apart(review.advice)
    worth = usd(sum(one.per_month_usd for one in sound))
    found = "One change was found." if len(review.advice) == 1 else f"{len(review.advice):,} changes were found."
    if len(sound) == 1:
        told = "It" if len(review.advice) == 1 else "They touch the same money: the largest"
        told += f" would have saved {worth} a month."
    elif len(sound) == len(review.advice):
        told = f"Together they would have saved {worth} a month."
    else:
        told = f"The {len(sound):,} that touch no money twice would together have saved {worth} a month."
    return f"{found} {told} Every saving is what the change would have saved on this history, not a stock percentage."


def _table(review: Review) -> Table:
    numbers = ("Saves a month", "Over the history", "Time")
    names = columns("Change", *numbers, "Confidence", "Who answers", numbers=numbers)
    wide = tuple(Column(name, wide=True) for name in ("How to", "Risk", "Basis"))
    return Table(
        "advice", "Changes", (*names, *wide), tuple(_advice(review, one) for one in review.advice[:SHOWN]),
        note=left_text(len(review.advice), SHOWN),
    )  # fmt: skip


def _advice(review: Review, one: SpendAdvice) -> tuple[Cell, ...]:
    overlaps = [KINDS.get(kind, named(kind)) for kind in one.overlaps]
    alone = f" Touches the same money as: {listed(overlaps)}." if overlaps else ""
    return (
        cell(said(one.text), KINDS[one.kind]),
        cell(usd(one.per_month_usd)),
        cell(usd(one.saving_usd), band_text(one.saving_lo_usd, one.saving_hi_usd)),
        cell(_hours(one.hours_saved)),
        cell(one.confidence, days_text(one.first_day, one.last_day)),
        cell(who_changes(review, one.about)),
        cell(sentences(*(sentence(step) for step in one.steps[:4]))),
        cell(sentence(one.risk) or "none told"),
        cell(f"{capital(shorten(one.basis, BASIS)).rstrip('.')}.{alone}"),
    )  # fmt: skip


def _hours(value: float | None) -> str:
    """What becomes of the time."""
    if value is None:
        return "the same"
    return f"{duration(abs(value))} {'longer' if value < 0 else 'less'}"


def _realised(found: Sequence[Realised]) -> Table:
    rows = tuple(
        (cell(f"{KINDS.get(one.kind, named(one.kind))}: {shorten(one.about, 80)}"), cell(usd(one.advised_usd)),
         cell(usd(one.realised_usd)), cell(said(one.text)))
        for one in found[:SHOWN]
    )  # fmt: skip
    return Table(
        "realised", "Savings realised against savings advised",
        columns("Change", "Advised", "Realised", "What came", numbers=("Advised", "Realised")), rows,
    )  # fmt: skip
