"""What costs much less than the recommended way: by a decision that keeps to every target, or by an API."""

from collections.abc import Sequence
from typing import Final

from planner.report.data.serving_rows import ServingDecision
from planner.report.serving.rows import API
from planner.units import share_text

MUCH: Final = 0.2
"""Share of the recommended cost from which on a saving is told."""
ALIKE: Final = 0.01
"""Difference of q that counts as none."""


def cheaper_sentence(decisions: Sequence[ServingDecision]) -> str:
    """The decision that keeps to every target for much less than the first, and what is given up; else empty.

    One that is about as good comes before one that is cheaper and worse.
    """
    pick, *others = decisions
    found = [d for d in others if _less(d, pick) >= MUCH and d.row.latency.value is not None and _keeps(d)]
    if not found:
        return ""
    one = min(found, key=lambda d: (not _as_good(d, pick), d.row.cost.value or 0.0))
    row, own = one.row, pick.row
    kept = ", keeps to every target too" if any(each.met for each in one.latencies) else ""
    good = "is as good" if _as_good(one, pick) else "is less good"
    q = f"q {row.quality.text}" + ("" if _as_good(one, pick) else f", {own.quality.text} here")
    machine = row.model if row.way == API else f"{row.model} on {row.machine}"
    return (
        f"The {one.name}, {machine}, costs {share_text(_less(one, pick))} less, {row.cost.text} a month{kept} "
        f"and {good} ({q}): p95 to the last token {row.latency.text} instead "
        f"of {own.latency.text}."
    )


def cheaper_api_sentence(decisions: Sequence[ServingDecision]) -> str:
    """The cheapest API where it costs much less than the first decision and nobody knows how fast or good it is."""
    pick, *others = decisions
    found = [d for d in others if d.row.way == API and _less(d, pick) >= MUCH and _unknown(d)]
    if not found:
        return ""
    one = min(found, key=lambda d: d.row.cost.value or 0.0)
    return (
        f"{one.row.model} by the API of {one.row.offer} costs {share_text(_less(one, pick))} less, "
        f"{one.row.cost.text} a month, but nobody told {_unknown(one)}: measure before you rent."
    )


def _less(one: ServingDecision, pick: ServingDecision) -> float:
    """Share that one costs less; negative where it costs more, or nobody knows."""
    mine, own = one.row.cost.value, pick.row.cost.value
    return -1.0 if mine is None or not own else 1.0 - mine / own


def _keeps(one: ServingDecision) -> bool:
    return all(each.keeps or not each.met for each in one.latencies)


def _as_good(one: ServingDecision, pick: ServingDecision) -> bool:
    mine, own = one.row.quality.value, pick.row.quality.value
    return mine is not None and own is not None and mine >= own - ALIKE


def _unknown(one: ServingDecision) -> str:
    words = {"how fast it answers": one.row.latency.value, "how good it is": one.row.quality.value}
    return " or ".join(name for name, value in words.items() if value is None)
