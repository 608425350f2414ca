"""The metrics that are exported, with base units in their names as Prometheus asks.

Source: https://prometheus.io/docs/practices/naming/ and the text exposition format 0.0.4
(https://prometheus.io/docs/instrumenting/exposition_formats/). All are gauges: a review says how things stand. Every
series has the label `review`, the name of the scenario, so that several reviews share a server.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from planner.hosts.plain import plain

MOST: Final = 100
"""Series of a metric by team, model or tenant; what is beyond is summed up as `other`."""
LONGEST: Final = 120
"""Characters of a label's value."""
UNATTRIBUTED: Final = "unattributed"
OTHER: Final = "other"

METRICS: Final[Mapping[str, str]] = {
    "planner_review_info": "Which review this is: month, version of the planner; always 1.",
    "planner_review_as_of_timestamp_seconds": "Start of the day that the review looks from.",
    "planner_month_spend_usd": "Effective cost of the month by team.",
    "planner_previous_month_spend_usd": "Effective cost of the month before by team, of as many days.",
    "planner_month_billed_usd": "Billed cost of the month.",
    "planner_month_unattributed_ratio": "Share of the month's billed cost that no team has.",
    "planner_day_spend_usd": "Effective cost of the last day by team.",
    "planner_day_usual_spend_usd": "Median effective cost of the same weekday in the eight weeks before, by team.",
    "planner_day_high_spend_usd": "Highest effective cost of a day in the eight weeks before the last, by team.",
    "planner_forecast_usd": "Cost foreseen for a month, 0 being the review's own; of the total, or by dimension.",
    "planner_forecast_lower_usd": "Lower bound of the cost foreseen for a month.",
    "planner_forecast_upper_usd": "Upper bound of the cost foreseen for a month.",
    "planner_budget_usd": "Amount of a budget in its period.",
    "planner_budget_spent_usd": "Effective cost since the start of the budget's period.",
    "planner_budget_used_ratio": "Spent over the amount of the budget.",
    "planner_budget_elapsed_ratio": "Share of the budget's period that is over.",
    "planner_budget_forecast_usd": "Cost foreseen for the budget's whole period.",
    "planner_budget_forecast_lower_usd": "Lower bound of the cost foreseen for the budget's period.",
    "planner_budget_forecast_upper_usd": "Upper bound of the cost foreseen for the budget's period.",
    "planner_budget_overrun_probability_ratio": "Chance that the period ends above the budget.",
    "planner_budget_level_ratio": "Level of a budget that is told when it is reached, as a share of the amount.",
    "planner_unit_cost_usd": "Cost of one unit in the month.",
    "planner_unit_cost_target_usd": "What one unit should cost at most.",
    "planner_unit_cost_warning_usd": "Cost of one unit from which on it is a warning.",
    "planner_efficiency_ratio": "Efficiency score of the month, from 0 to 1.",
    "planner_efficiency_part_ratio": "A part of the efficiency score, from 0 to 1.",
    "planner_model_spend_usd": "Effective cost of a model in the month, by team and use.",
    "planner_anomaly_excess_usd": "What an anomaly of the month cost above the expected; negative where below.",
    "planner_anomaly_expected_usd": "What was expected on the days of an anomaly.",
    "planner_gpu_busy_ratio": "Mean share of the sampled time that a kernel ran, by card.",
    "planner_gpu_seconds": "Billed GPU time of the month, by card.",
    "planner_gpu_spend_usd": "Effective cost of a card in the month.",
    "planner_training_runs": "Training runs of the month, by team.",
    "planner_training_failed_runs": "Training runs of the month that failed, by team.",
    "planner_training_failed_spend_usd": "Cost of failed training runs of the month, by team.",
    "planner_training_failure_ratio": "Share of the month's training runs that failed, by team.",
    "planner_training_usual_failure_ratio": "The same of the three months before.",
    "planner_deployment_requests": "Requests of the month, by deployment.",
    "planner_deployment_failed_requests": "Failed requests of the month, by deployment.",
    "planner_deployment_spend_usd": "Effective cost of a deployment in the month.",
    "planner_deployment_latency_p95_seconds": "Latency that 95 of 100 requests of a deployment stay below.",
    "planner_tenant_requests": "Requests of the month, by tenant.",
    "planner_tenant_spend_usd": "Effective cost of a tenant in the month.",
    "planner_tenant_surge_ratio": "Requests of a tenant over those of the month before, of as many days.",
    "planner_source_health": "Whether a source is ok, warning or broken: 1 for the status that it has.",
    "planner_source_rows": "Rows of a source by what became of them.",
    "planner_source_last_day_timestamp_seconds": "End of the last day that a source has something of.",
    "planner_advice_month_saving_usd": "Saving a month of advice by kind; of several kinds they may overlap.",
    "planner_plan_error_ratio": "Median error of plans against what came, by term.",
}
"""Name → HELP. A series whose value is unknown is left out, never 0."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a metric."""

    name: str
    labels: tuple[tuple[str, str], ...]
    """Cleaned; those without a value are left out, as for Prometheus they are the same."""
    value: float

    @property
    def told(self) -> dict[str, str]:
        """The labels by name."""
        return dict(self.labels)


def sample(name: str, value: float | None, /, **labels: str) -> Iterator[Sample]:
    """The sample; none where the value is unknown."""
    if value is not None and math.isfinite(value):
        clean = ((key, plain(text, LONGEST)) for key, text in labels.items())
        yield Sample(name, tuple((key, text) for key, text in clean if text), float(value))


def most(values: Mapping[str, float]) -> dict[str, float]:
    """The largest values by name, the rest together as `other`; no name is `unattributed`."""
    ranked = sorted(values, key=lambda key: (-abs(values[key]), key))
    kept: dict[str, float] = {}
    for rank, key in enumerate(ranked):
        name = (plain(key, LONGEST) or UNATTRIBUTED) if rank < MOST else OTHER
        kept[name] = kept.get(name, 0.0) + values[key]
    return kept


def once(samples: Iterable[Sample]) -> list[Sample]:
    """Of samples with the same name and labels, which cleaning may have made alike, the first."""
    kept: dict[tuple[str, tuple[tuple[str, str], ...]], Sample] = {}
    for one in samples:
        kept.setdefault((one.name, tuple(sorted(one.labels))), one)
    return list(kept.values())
