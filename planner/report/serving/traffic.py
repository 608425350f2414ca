"""What is asked of the model: its figures, the load over the week, and the replicas that follow it."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.serving_findings import ReplicaHours, TrafficSummary
from planner.outcome.serving_plan import ServingPlan
from planner.report.data.serving_parts import ReplicaSteps, TrafficData
from planner.report.names import clean, listed, shorten
from planner.report.serving.rows import in_told_order, share, volume, words
from planner.units import significant

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEK: Final = 168
"""Hours."""


def traffic_of(plan: ServingPlan) -> TrafficData:
    """The traffic, with the replicas of every decision that has some."""
    traffic = plan.traffic
    hours = tuple(traffic.requests_per_s) if len(traffic.requests_per_s) == WEEK else ()
    return TrafficData(
        facts=_facts(traffic),
        source=_source(traffic),
        requests_per_s=hours,
        steps=_steps(plan),
        notes=tuple(shorten(note, 400) for note in traffic.notes),
    )


def _source(traffic: TrafficSummary) -> str:
    if traffic.source == "scenario":
        return "These are the scenario's own numbers."
    return f"Measured from the log {shorten(traffic.source, 100)}."


def _facts(t: TrafficSummary) -> tuple[tuple[str, str], ...]:
    return (
        ("Requests a month", volume(t.requests_per_month)),
        ("Requests/s, mean and busiest hour", f"{_number(t.mean_requests_per_s)} and {_number(t.peak_requests_per_s)}"),
        ("Input tokens, mean and p95", f"{_count(t.input_tokens_mean)} and {_count(t.input_tokens_p95)}"),
        ("Output tokens, mean and p95", f"{_count(t.output_tokens_mean)} and {_count(t.output_tokens_p95)}"),
        ("Tokens that all requests share", _count(t.shared_prefix_tokens)),
        ("Requests in a conversation", _number(t.turns_mean)),
        ("Requests that repeat an earlier one", share(t.repeat_share)),
        ("Burstiness (1 is a Poisson stream)", _number(t.burstiness)),
        ("Users a month", _count(t.active_users)),
    )


def _number(value: float | None) -> str:
    return significant(value)


def _count(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.0f}"


def _steps(plan: ServingPlan) -> tuple[ReplicaSteps, ...]:
    """Replicas by the hour; decisions that run the same number in every hour together."""
    named: dict[tuple[int, ...], list[ReplicaHours]] = {}
    for place in in_told_order(plan, (one.decision for one in plan.replicas)):
        one = plan.replicas[place]
        if len(one.replicas) == WEEK:
            named.setdefault(tuple(one.replicas), []).append(one)
    return tuple(ReplicaSteps(", ".join(_name(one, plan) for one in same), hours) for hours, same in named.items())


def _name(one: ReplicaHours, plan: ServingPlan) -> str:
    """The decision; of one that may stop when idle these are the most."""
    chosen = plan.configuration(plan.decisions.get(one.decision, ""))
    idle = " at most" if chosen is not None and chosen.scaling == "to_zero" else ""
    return f"{words(one.decision)}{idle}"


def load_sentence(hours: Sequence[float], peak: float | None = None) -> str:
    """How the load runs over the week; and the busiest hour of a log, where one was busier than any of the week."""
    if not hours or max(hours) <= 0:
        return ""
    low, high = min(hours), max(hours)
    if high <= low * (1 + 1e-9):
        return f"The load is the same in every hour of the week: {significant(high)} requests/s."
    above = "" if peak is None or peak <= 1.01 * high else f"; a single hour reached {significant(peak)}"
    return (
        f"Over the week the load runs from {significant(low)} to {significant(high)} requests/s; the busiest hour is "
        f"{when(hours.index(high))} UTC{above}."
    )


def when(hour: int) -> str:
    """Hour of the week → `Tuesday 14:00`."""
    return f"{DAYS[hour // 24 % 7]} {hour % 24:02}:00"


def replicas_sentence(steps: Sequence[ReplicaSteps]) -> str:
    """How many replicas the decisions run."""
    told = []
    for one in steps:
        low, high = min(one.replicas), max(one.replicas)
        many = f"{low:,} in every hour" if low == high else f"{low:,} to {high:,}"
        told.append(f"{many} ({clean(one.name)})")
    return f"Replicas that run: {listed(told)}." if told else ""
