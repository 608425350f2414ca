"""Where the money of a month goes, and what a replica does: bars and tables of the decisions."""

from collections.abc import Mapping, Sequence
from typing import Final

from planner.outcome.serving_configuration import ServingConfiguration
from planner.report.data.bars import Bar
from planner.report.data.serving_rows import ServingRow
from planner.report.names import clean
from planner.report.sections.bars import bar_of
from planner.report.serving.rows import money, share, small_usd
from planner.units import compact, gib, significant, usd

COST_TERMS: Final[Mapping[str, str]] = {
    "compute": "machines", "tokens": "tokens", "first_tier": "first model", "levers": "levers",
    "training": "fine-tuning",
}  # fmt: skip
"""Part of a cost → what it is called; those that no configuration has are left out."""
BOUNDS: Final[Mapping[str, str]] = {
    "memory": "the memory for keys and values",
    "compute": "compute; no target is near",
    "load": "full load, before any target",
}

Chosen = Sequence[tuple[ServingConfiguration, ServingRow]]
"""Decisions with their rows."""


def cost_bars(chosen: Chosen) -> tuple[Bar, ...]:
    """The cost of a month, part by part; a part that does not apply is no part of the bar."""
    used = [name for name in COST_TERMS if any(getattr(c.cost_parts, name) is not None for c, _ in chosen)]
    return tuple(_cost_bar(c, row, used) for c, row in chosen)


def cost_bar(c: ServingConfiguration, row: ServingRow) -> Bar:
    """The same of one configuration."""
    return _cost_bar(c, row, list(COST_TERMS))


def _cost_bar(c: ServingConfiguration, row: ServingRow, used: Sequence[str]) -> Bar:
    known = {COST_TERMS[name]: getattr(c.cost_parts, name) for name in used}
    values = {label: value for label, value in known.items() if value is not None}
    notes = [row.cost.label]
    for word, value in (("tax", c.cost_parts.tax), ("set-up, once,", c.cost_parts.upfront)):
        if value:
            notes.append(f"{word} {usd(value)} comes on top")
    return bar_of(row, values, money, c.cost_usd_per_month, row.cost, "; ".join(filter(None, notes)))


def cost_sentence(bars: Sequence[Bar]) -> str:
    """What most of the money of each decision goes into."""
    told = []
    for bar in bars:
        if bar.parts and bar.total_value > 0:
            largest = max(bar.parts, key=lambda part: part.value)
            told.append(f"{largest.share or '0 %'} of the {bar.name} ({bar.total} a month) is {largest.name}")
    return f"{'; '.join(told)}." if told else ""


def capacity_of(c: ServingConfiguration) -> tuple[tuple[str, str], ...]:
    """(what, figure) of a replica and of all of them; empty for an API."""
    cap, machine = c.capacity, c.machine
    if cap is None:
        return ()
    found = [
        ("A replica answers, within the targets", _rate(cap.requests_per_s)),
        ("Its output tokens at full load", "unknown" if cap.tokens_per_s is None else f"{cap.tokens_per_s:,.0f}/s"),
        ("Requests it works on at a time", "unknown" if cap.sequences is None else significant(cap.sequences, 2)),
        ("Its load in the busiest hour", share(cap.load)),
        ("Capacity ends at", bound_text(cap.bound_by)),
        ("Replicas, fewest and most", f"{cap.replicas_least:,} and {cap.replicas_peak:,}"),
        ("Machines in the busiest hour", f"{cap.machines_peak:,}"),
        ("Replica hours a month", "unknown" if cap.replica_hours is None else f"{cap.replica_hours:,.0f}"),
        ("Utilisation, mean of the month", share(cap.utilisation)),
        (
            "Requests that wait for a cold start",
            "none" if cap.cold_start_share is None else share(cap.cold_start_share),
        ),
    ]
    if machine is not None:
        copy = f"{gib(machine.weights_gib)} over {machine.tensor_parallel} × {gib(machine.memory_per_gpu_gib)}"
        cache = "unknown" if machine.cache_tokens is None else compact(machine.cache_tokens)
        found += [("Weights of a copy", copy), ("Tokens that fit beside them", cache)]
    return tuple((what, clean(figure)) for what, figure in found)


def api_of(c: ServingConfiguration) -> tuple[tuple[str, str], ...]:
    """(what, figure) of an API's terms; empty for machines."""
    api = c.api
    if api is None:
        return ()
    prices = (
        ("Input, per million tokens", api.input_usd_per_mtok), ("Cached input", api.cached_input_usd_per_mtok),
        ("Output", api.output_usd_per_mtok), ("Input in batches", api.batch_input_usd_per_mtok),
        ("Output in batches", api.batch_output_usd_per_mtok),
    )  # fmt: skip
    found = [(what, small_usd(price)) for what, price in prices]
    longest = "unknown" if api.max_input_tokens is None else f"{api.max_input_tokens:,.0f} tokens"
    within = "no limits told" if api.share_within_limits is None else share(api.share_within_limits)
    return (*found, ("Longest input", longest), ("Within your rate limits", within))


def bound_text(bound_by: str) -> str:
    """`itl p95` → `the p95 target between two tokens`."""
    latency, _, percentile = bound_by.partition(" ")
    named = {"ttft": "to the first token", "itl": "between two tokens", "total": "to the last token"}
    if latency in named and percentile:
        return f"the {clean(percentile)} target {named[latency]}"
    return BOUNDS.get(bound_by, clean(bound_by) or "unknown")


def _rate(value: float | None) -> str:
    return "unknown" if value is None else f"{significant(value)} requests/s"
