"""What a click on a point shows: where its money goes, how fast it answers, and what its replicas or terms are."""

from collections.abc import Sequence
from typing import Any, Final

from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_plan import ServingPlan
from planner.report.data.details import Split
from planner.report.data.serving import ServingDetail, ServingDetails
from planner.report.data.serving_rows import ServingRow
from planner.report.sections.details import command_of, split_of
from planner.report.sections.thinning import RULE, thin_front
from planner.report.serving.bars import COST_TERMS, api_of, capacity_of, cost_bar
from planner.report.serving.latency import LATENCIES, SHARES
from planner.units import seconds

MOST: Final = 2_000
"""Points of the front whose terms a page holds at most."""
_SPEEDS: Final = tuple(f"{name}, {percentile}" for name in LATENCIES.values() for percentile in SHARES)


def details_of(plan: ServingPlan, front: Sequence[ServingRow], beside: Sequence[ServingRow]) -> ServingDetails:
    """The terms of the points of the front and of those beside it, of which these are the rows."""
    kept = {row.id for row in thin_front(front, MOST, plan.objectives)}
    on_front = [(c, row) for c, row in zip(plan.front, front, strict=True) if row.id in kept]
    shown = [*on_front, *zip(plan.beside, beside, strict=True)]
    does = tuple(dict.fromkeys(what for c, _ in shown for what, _ in (*capacity_of(c), *api_of(c))))
    told = f"This page holds the terms of {len(kept):,} of the {len(front):,} points: {RULE}."
    return ServingDetails(
        titles=("Cost of a month", "p95 to the last token", "Replicas and terms"),
        terms=(tuple(COST_TERMS.values()), _SPEEDS, does),
        command=command_of(plan),
        configurations=tuple(_detail(c, row, does) for c, row in shown),
        text=f"{told} Those of any other are in plan.json." if len(kept) < len(front) else "",
    )


def _detail(c: ServingConfiguration, row: ServingRow, does: tuple[str, ...]) -> ServingDetail:
    return ServingDetail(row.id, (_cost(c, row), _speed(c, row), _work(c, row, does)))


def _cost(c: ServingConfiguration, row: ServingRow) -> Split:
    bar = cost_bar(c, row)
    split = split_of(bar, tuple(COST_TERMS.values()))
    there = {part.name for part in bar.parts}
    # A part that does not apply is none; where nobody knows the whole, nobody knows its parts.
    absent = "" if row.cost.value is not None else "unknown"
    parts = tuple(
        text if term in there else absent for term, text in zip(COST_TERMS.values(), split.parts, strict=True)
    )
    return Split(split.total, split.note, parts, split.shares)


def _speed(c: ServingConfiguration, row: ServingRow) -> Split:
    """Percentiles; bars are shares of the longest time to the last token."""
    values = [getattr(c.latencies, f"{name}_{percentile}_s") for name in LATENCIES for percentile in SHARES]
    longest = max((v for v in values if v is not None), default=0.0)
    return Split(
        total=row.latency.text,
        note="; ".join(filter(None, [row.latency.band, row.latency.label])),
        parts=tuple(seconds(value) for value in values),
        shares=tuple(round(100 * v / longest) if v is not None and longest > 0 else 0 for v in values),
    )


def _work(c: ServingConfiguration, row: ServingRow, does: tuple[str, ...]) -> Split:
    told = dict((*capacity_of(c), *api_of(c)))
    return Split(row.replicas or row.way, row.price, tuple(told.get(what, "") for what in does), (0,) * len(does))


def compact(details: ServingDetails) -> dict[str, Any]:
    """The same for a page: texts and splits are listed once, configurations name their places in these lists."""
    texts, splits = dict[str, int](), dict[tuple[int, ...], int]()

    def place(text: str) -> int:
        return texts.setdefault(text, len(texts))

    def split(one: Split) -> int:
        pairs = [end for part, share in zip(one.parts, one.shares, strict=True) for end in (place(part), share)]
        return splits.setdefault((place(one.total), place(one.note), *pairs), len(splits))

    found = {d.id: [split(one) for one in d.splits] for d in details.configurations}
    return {
        "titles": details.titles, "terms": details.terms, "keys": (), "axes": (), "command": details.command,
        "text": details.text, "texts": list(texts), "splits": list(splits), "found": found,
    }  # fmt: skip
