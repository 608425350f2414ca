"""The recording and alert rules: what is computed from the metrics, and what is told when.

Names of recording rules are level:metric:operation (https://prometheus.io/docs/practices/rules/). Limits that a review
does not set itself stand in `LIMITS`; everything else (budgets, levels, targets) is a metric, so that the rules stay as
they are when those change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

GROUP: Final = "planner_spend"
DAY_S: Final = 86400

LIMITS: Final[Mapping[str, float]] = {
    "spike_ratio": 2.0,  # times what is usual on this weekday
    "spike_usd": 10.0,  # and at least so much above it
    "spike_high_ratio": 1.2,  # and times the highest day of the weeks before: teams that train now and then have such
    "gpu_busy_ratio": 0.3,
    "gpu_seconds": 36000.0,  # below ten GPU-hours a card says little
    "surge_ratio": 2.0,
    "surge_requests": 100.0,
    "failures": 4.0,  # of three, one month in ten has so many by chance
    "failure_ratio": 0.2,  # where nothing is known of before
    "failure_times": 2.0,  # times the usual
    "unattributed_ratio": 0.1,
    "stale_days": 3.0,
}
"""Limits of alerts."""

RECORDED: Final[Mapping[str, str]] = {
    "planner:month_spend_usd:sum": "sum by (review) (planner_month_spend_usd)",
    "planner:month_spend_usd:ratio_previous": "planner_month_spend_usd / (planner_previous_month_spend_usd > 0)",
    "planner:day_spend_usd:ratio_usual": "planner_day_spend_usd / (planner_day_usual_spend_usd > 0)",
    "planner:budget_used_ratio:ratio_elapsed": "planner_budget_used_ratio / (planner_budget_elapsed_ratio > 0)",
    "planner:budget_forecast_usd:ratio_budget": "planner_budget_forecast_usd / (planner_budget_usd > 0)",
    "planner:unit_cost_usd:ratio_target": "planner_unit_cost_usd / (planner_unit_cost_target_usd > 0)",
    "planner:gpu_spend_usd:per_gpu_second": "planner_gpu_spend_usd / (planner_gpu_seconds > 0)",
    "planner:gpu_busy_ratio:mean": (
        "sum by (review) (planner_gpu_busy_ratio * planner_gpu_seconds) "
        "/ (sum by (review) (planner_gpu_seconds and planner_gpu_busy_ratio) > 0)"
    ),
}
"""Name → expression."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert; texts name labels as `{budget}`."""

    name: str
    expr: str
    severity: Literal["info", "warning", "critical"]
    summary: str


def _limited(expr: str) -> str:
    return expr.format_map({name: f"{value:g}" for name, value in LIMITS.items()} | {"day": str(DAY_S)})


_REACHED: Final = "planner_budget_level_ratio <= on (review, budget) group_left () planner_budget_used_ratio"

ALERTS: Final = (
    Alert(
        "PlannerBudgetLevelReached",
        f"({_REACHED}) == on (review, budget) group_left () max by (review, budget) ({_REACHED})",
        "info",
        "Budget {budget} has reached its level of {level}.",
    ),
    Alert("PlannerBudgetOver", "planner_budget_used_ratio > 1", "critical", "Budget {budget} is spent, and more."),
    Alert(
        "PlannerBudgetForecastOver",
        "planner_budget_forecast_usd > planner_budget_usd and planner_budget_used_ratio <= 1",
        "warning",
        "Budget {budget} will not last to the end of its period at this rate.",
    ),
    Alert(
        "PlannerSpendSpike",
        _limited(
            "planner:day_spend_usd:ratio_usual > {spike_ratio} "
            "and planner_day_spend_usd - planner_day_usual_spend_usd > {spike_usd} "
            "and planner_day_spend_usd > {spike_high_ratio} * planner_day_high_spend_usd"
        ),
        "warning",
        "Team {team} spent far more on the last day than it usually does on this weekday, or did in eight weeks.",
    ),
    Alert(
        "PlannerAnomaly",
        "planner_anomaly_excess_usd > 0",
        "warning",
        "Unusual spend ({kind}) since {first_day}: {series}.",
    ),
    Alert(
        "PlannerUnitCostOverTarget",
        "planner_unit_cost_usd > planner_unit_cost_target_usd",
        "warning",
        "The cost per {per} ({kpi}) is above its target.",
    ),
    Alert(
        "PlannerUnitCostFarOverTarget",
        "planner_unit_cost_usd > planner_unit_cost_warning_usd",
        "critical",
        "The cost per {per} ({kpi}) is above the level from which on it is to be told.",
    ),
    Alert(
        "PlannerLowGpuEfficiency",
        _limited("planner_gpu_busy_ratio < {gpu_busy_ratio} and planner_gpu_seconds > {gpu_seconds}"),
        "warning",
        "{gpu} cards at {provider} are paid for, but mostly idle.",
    ),
    Alert(
        "PlannerTenantSurge",
        _limited("planner_tenant_surge_ratio > {surge_ratio} and planner_tenant_requests > {surge_requests}"),
        "warning",
        "Tenant {tenant} sends far more requests than in the month before.",
    ),
    Alert(
        "PlannerTrainingFailures",
        _limited(
            "planner_training_failed_runs >= {failures} and (planner_training_failure_ratio > {failure_times} * "
            "planner_training_usual_failure_ratio or planner_training_failure_ratio > {failure_ratio} unless "
            "planner_training_usual_failure_ratio)"
        ),
        "warning",
        "Training runs of {team} fail more often than usual.",
    ),
    Alert(
        "PlannerUnattributed",
        _limited("planner_month_unattributed_ratio > {unattributed_ratio}"),
        "info",
        "Much of the month's bill has no team: tags are missing.",
    ),
    Alert(
        "PlannerSourceBroken",
        'planner_source_health{status="broken"} == 1',
        "critical",
        "Source {source} cannot be relied on.",
    ),
    Alert(
        "PlannerSourceStale",
        _limited(
            "planner_review_as_of_timestamp_seconds - on (review) group_right () "
            'planner_source_last_day_timestamp_seconds{{kind!="deployments"}} > {stale_days} * {day}'
        ),
        "warning",
        "Source {source} has nothing of the days before the review.",
    ),
    Alert(
        "PlannerRowsRejected",
        'planner_source_rows{outcome="rejected"} > 0',
        "info",
        "Rows of source {source} were refused; rejected.csv says why.",
    ),
    Alert(
        "PlannerReviewStale",
        _limited("time() - planner_review_as_of_timestamp_seconds > {stale_days} * {day}"),
        "warning",
        "The review {review} has not been renewed for days.",
    ),
)
"""The alerts, each with the labels of its series and `severity`."""


def rules_document() -> dict[str, object]:
    """The content of rules.yml."""
    recorded = [{"record": name, "expr": expr} for name, expr in RECORDED.items()]
    alerts = [
        {
            "alert": alert.name,
            "expr": alert.expr,
            "labels": {"severity": alert.severity},
            "annotations": {"summary": _templated(alert.summary)},
        }
        for alert in ALERTS
    ]
    return {"groups": [{"name": GROUP, "rules": [*recorded, *alerts]}]}


def _templated(text: str) -> str:
    """`{budget}` as Prometheus writes it."""
    return text.replace("{", "{{ $labels.").replace("}", " }}")
