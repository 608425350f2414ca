"""rules.test.yml: unit tests of the rules, in the form of `promtool test rules`, built from a review's own numbers.

Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/. The first test takes all samples
as they are; the second one moves what is compared over its limit, so that each alert that the review has series for is
seen to fire. Their clock begins at the start of 1970.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from planner.export.prometheus.expected import QUOTIENTS, Labels, Values, firing, recorded, values_of
from planner.export.prometheus.exposition import number, series
from planner.export.prometheus.metrics import Sample
from planner.export.prometheus.rules import ALERTS, DAY_S, LIMITS, Alert

DAYS: Final = 5
"""Days that the series last."""
MOST: Final = 300
"""Samples of a metric that tests take."""
Moved = Callable[[Sample, Values], float]


def unit_tests(samples: Sequence[Sample]) -> dict[str, object]:
    """The content of rules.test.yml, which lies beside rules.yml."""
    taken = _taken(samples)
    own, over = _test("as reviewed", taken, days=0), _test("over every limit", _over(taken), days=DAYS)
    return {"rule_files": ["rules.yml"], "evaluation_interval": "1d", "tests": [own, over]}


def _taken(samples: Sequence[Sample]) -> list[Sample]:
    seen: dict[str, int] = {}
    found = []
    for one in samples:
        seen[one.name] = seen.get(one.name, 0) + 1
        if seen[one.name] <= MOST:
            found.append(one)
    return found


def _over(samples: Sequence[Sample]) -> list[Sample]:
    """The samples with what alerts compare moved over its limit; others as they are."""
    values = values_of(samples)
    return [replace(one, value=_MOVED[one.name](one, values)) if one.name in _MOVED else one for one in samples]


def _by(metric: str, times: float, otherwise: float | None = None, more: float = 0.0) -> Moved:
    """So many times the value that another metric has for the same labels, and more."""

    def moved(one: Sample, values: Values) -> float:
        other = values.get(metric, {}).get(tuple(sorted(one.labels)), one.value if otherwise is None else otherwise)
        return times * other + more

    return moved


def _more(usd: float) -> Moved:
    return lambda one, _values: abs(one.value) + usd


def _set(value: float) -> Moved:
    return lambda _one, _values: value


def _used(one: Sample, values: Values) -> float:
    """Of budgets in turn one is over, and one only will be."""
    return 1.25 if list(values[one.name]).index(tuple(sorted(one.labels))) % 2 == 0 else 1.0


_MOVED: Final[Mapping[str, Moved]] = {
    "planner_budget_used_ratio": _used,
    "planner_budget_forecast_usd": _by("planner_budget_usd", 2.0),
    "planner_day_spend_usd": _by(
        "planner_day_usual_spend_usd", 2.0 * LIMITS["spike_ratio"], more=LIMITS["spike_usd"] + 1.0
    ),
    "planner_day_high_spend_usd": _by("planner_day_usual_spend_usd", 1.0),
    "planner_anomaly_excess_usd": _more(1.0),
    "planner_unit_cost_usd": _by("planner_unit_cost_target_usd", 2.0),
    "planner_unit_cost_warning_usd": _by("planner_unit_cost_target_usd", 1.5),
    "planner_gpu_busy_ratio": _set(LIMITS["gpu_busy_ratio"] / 2.0),
    "planner_gpu_seconds": _more(LIMITS["gpu_seconds"]),
    "planner_tenant_surge_ratio": _set(2.0 * LIMITS["surge_ratio"]),
    "planner_tenant_requests": _more(2.0 * LIMITS["surge_requests"]),
    "planner_training_failed_runs": _more(LIMITS["failures"]),
    "planner_training_failure_ratio": _by(
        "planner_training_usual_failure_ratio", 2.0 * LIMITS["failure_times"], LIMITS["failure_ratio"], more=0.01
    ),
    "planner_month_unattributed_ratio": _set(2.0 * LIMITS["unattributed_ratio"]),
    "planner_source_health": lambda one, _values: float(one.told["status"] == "broken"),
    "planner_source_rows": _more(1.0),
    "planner_review_as_of_timestamp_seconds": _set(0.0),
    "planner_source_last_day_timestamp_seconds": _set(-2.0 * LIMITS["stale_days"] * DAY_S),
}
"""Metric → what its samples become."""


def _test(name: str, samples: Sequence[Sample], days: int) -> dict[str, object]:
    values = values_of(samples)
    return {
        "name": name,
        "interval": "1d",
        "input_series": [{"series": series(one), "values": f"{number(one.value)}+0x{DAYS}"} for one in samples],
        "alert_rule_test": [
            {"eval_time": f"{days}d", "alertname": alert.name, "exp_alerts": _alerts(alert, values, days)}
            for alert in ALERTS
        ],
        "promql_expr_test": [
            {"expr": rule, "eval_time": f"{days}d", "exp_samples": _samples(rule, recorded(rule, values))}
            for rule in QUOTIENTS
        ],
    }  # fmt: skip


def _alerts(alert: Alert, values: Values, days: int) -> list[Mapping[str, object]]:
    return [
        {
            "exp_labels": {**dict(labels), "severity": alert.severity},
            "exp_annotations": {"summary": alert.summary.format_map(_Blank(labels))},
        }
        for labels in firing(alert.name, values, days * float(DAY_S))
    ]


class _Blank(dict[str, str]):
    """Labels, of which those that are missing are empty, as in Prometheus' templates."""

    def __missing__(self, _key: str) -> str:
        return ""


def _samples(rule: str, found: Mapping[Labels, float]) -> list[Mapping[str, object]]:
    return [{"labels": series(Sample(rule, labels, value)), "value": value} for labels, value in sorted(found.items())]
