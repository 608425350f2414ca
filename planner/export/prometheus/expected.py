"""What the rules must say of given samples, reckoned here without PromQL: what rules.test.yml holds them against."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from planner.export.prometheus.metrics import Sample
from planner.export.prometheus.rules import DAY_S, LIMITS

Labels = tuple[tuple[str, str], ...]
Values = Mapping[str, Mapping[Labels, float]]
"""Metric → labels, sorted → value."""


def values_of(samples: Sequence[Sample]) -> Values:
    """The samples by metric and labels."""
    found: dict[str, dict[Labels, float]] = {}
    for one in samples:
        found.setdefault(one.name, {})[tuple(sorted(one.labels))] = one.value
    return found


def firing(alert: str, values: Values, now_s: float) -> list[Labels]:
    """Labels of the series for which the alert fires `now_s` seconds after 1970."""
    return sorted(_FIRING[alert](values, now_s))


def recorded(rule: str, values: Values) -> dict[Labels, float]:
    """What a recording rule of a quotient gives by labels."""
    above, below = QUOTIENTS[rule]
    divisors = values.get(below, {})
    return {
        labels: value / divisors[labels]
        for labels, value in values.get(above, {}).items()
        if divisors.get(labels, 0.0) > 0
    }


QUOTIENTS: Final[Mapping[str, tuple[str, str]]] = {
    "planner:month_spend_usd:ratio_previous": ("planner_month_spend_usd", "planner_previous_month_spend_usd"),
    "planner:day_spend_usd:ratio_usual": ("planner_day_spend_usd", "planner_day_usual_spend_usd"),
    "planner:budget_used_ratio:ratio_elapsed": ("planner_budget_used_ratio", "planner_budget_elapsed_ratio"),
    "planner:budget_forecast_usd:ratio_budget": ("planner_budget_forecast_usd", "planner_budget_usd"),
    "planner:unit_cost_usd:ratio_target": ("planner_unit_cost_usd", "planner_unit_cost_target_usd"),
    "planner:gpu_spend_usd:per_gpu_second": ("planner_gpu_spend_usd", "planner_gpu_seconds"),
}
"""Recording rule → dividend and divisor."""


def _level(values: Values, _now: float) -> Iterator[Labels]:
    """The highest level of each budget that is reached."""
    used = values.get("planner_budget_used_ratio", {})
    highest: dict[Labels, tuple[float, Labels]] = {}
    for labels, level in values.get("planner_budget_level_ratio", {}).items():
        budget = tuple(pair for pair in labels if pair[0] != "level")
        if budget in used and used[budget] >= level:
            highest[budget] = max(highest.get(budget, (level, labels)), (level, labels))
    yield from (labels for _, labels in highest.values())


def _pairs(values: Values, first: str, second: str) -> Iterator[tuple[Labels, float, float]]:
    """Values of two metrics that have the same labels."""
    others = values.get(second, {})
    for labels, value in values.get(first, {}).items():
        if labels in others:
            yield labels, value, others[labels]


def _forecast(values: Values, _now: float) -> Iterator[Labels]:
    used = values.get("planner_budget_used_ratio", {})
    for labels, forecast, amount in _pairs(values, "planner_budget_forecast_usd", "planner_budget_usd"):
        if forecast > amount and used.get(labels, 2.0) <= 1:
            yield labels


def _spike(values: Values, _now: float) -> Iterator[Labels]:
    high = values.get("planner_day_high_spend_usd", {})
    for labels, spent, usual in _pairs(values, "planner_day_spend_usd", "planner_day_usual_spend_usd"):
        most = LIMITS["spike_high_ratio"] * high.get(labels, math.inf)
        far = usual > 0 and spent / usual > LIMITS["spike_ratio"] and spent - usual > LIMITS["spike_usd"]
        if far and spent > most:
            yield labels


def _unit_cost(than: str) -> Callable[[Values, float], Iterator[Labels]]:
    def found(values: Values, _now: float) -> Iterator[Labels]:
        for labels, cost, most in _pairs(values, "planner_unit_cost_usd", than):
            if cost > most:
                yield labels

    return found


def _idle(values: Values, _now: float) -> Iterator[Labels]:
    for labels, busy, seconds in _pairs(values, "planner_gpu_busy_ratio", "planner_gpu_seconds"):
        if busy < LIMITS["gpu_busy_ratio"] and seconds > LIMITS["gpu_seconds"]:
            yield labels


def _surge(values: Values, _now: float) -> Iterator[Labels]:
    for labels, surge, requests in _pairs(values, "planner_tenant_surge_ratio", "planner_tenant_requests"):
        if surge > LIMITS["surge_ratio"] and requests > LIMITS["surge_requests"]:
            yield labels


def _failures(values: Values, _now: float) -> Iterator[Labels]:
    usual = values.get("planner_training_usual_failure_ratio", {})
    pairs = _pairs(values, "planner_training_failed_runs", "planner_training_failure_ratio")
    for labels, failed, ratio in pairs:
        most = LIMITS["failure_times"] * usual[labels] if labels in usual else LIMITS["failure_ratio"]
        if failed >= LIMITS["failures"] and ratio > most:
            yield labels


def _stale_source(values: Values, _now: float) -> Iterator[Labels]:
    as_of = {dict(labels)["review"]: at for labels, at in values.get(_AS_OF, {}).items()}
    for labels, last in values.get("planner_source_last_day_timestamp_seconds", {}).items():
        if (
            dict(labels).get("kind") != "deployments"
            and as_of[dict(labels)["review"]] - last > LIMITS["stale_days"] * DAY_S
        ):
            yield labels


def _stale_review(values: Values, now: float) -> Iterator[Labels]:
    for labels, at in values.get(_AS_OF, {}).items():
        if now - at > LIMITS["stale_days"] * DAY_S:
            yield labels


def _above(metric: str, limit: float, **wanted: str) -> Callable[[Values, float], Iterator[Labels]]:
    def found(values: Values, _now: float) -> Iterator[Labels]:
        for labels, value in values.get(metric, {}).items():
            if value > limit and wanted.items() <= dict(labels).items():
                yield labels

    return found


_AS_OF: Final = "planner_review_as_of_timestamp_seconds"
_FIRING: Final[Mapping[str, Callable[[Values, float], Iterator[Labels]]]] = {
    "PlannerBudgetLevelReached": _level,
    "PlannerBudgetOver": _above("planner_budget_used_ratio", 1.0),
    "PlannerBudgetForecastOver": _forecast,
    "PlannerSpendSpike": _spike,
    "PlannerAnomaly": _above("planner_anomaly_excess_usd", 0.0),
    "PlannerUnitCostOverTarget": _unit_cost("planner_unit_cost_target_usd"),
    "PlannerUnitCostFarOverTarget": _unit_cost("planner_unit_cost_warning_usd"),
    "PlannerLowGpuEfficiency": _idle,
    "PlannerTenantSurge": _surge,
    "PlannerTrainingFailures": _failures,
    "PlannerUnattributed": _above("planner_month_unattributed_ratio", LIMITS["unattributed_ratio"]),
    "PlannerSourceBroken": _above("planner_source_health", 0.0, status="broken"),
    "PlannerSourceStale": _stale_source,
    "PlannerRowsRejected": _above("planner_source_rows", 0.0, outcome="rejected"),
    "PlannerReviewStale": _stale_review,
}
