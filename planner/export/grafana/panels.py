"""The panels of the dashboard: what each asks for, and how it is shown.

Queries use metrics of `planner.export.prometheus.metrics` and recording rules of its `rules` alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Look = Literal["stat", "gauge", "bargauge", "timeseries", "table"]
Unit = Literal["currencyUSD", "percentunit", "short", "s"]
Limits = Literal[
    "none", "budget", "target", "busy", "failures", "surge", "anomalies", "score", "unattributed", "usual", "chance",
    "age",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Query:
    """A query of PromQL, and what its series, or its column of a table, are called."""

    expr: str
    legend: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel; `width` of 24 columns."""

    title: str
    told: str
    """What it says, for whoever reads the dashboard."""
    look: Look
    unit: Unit
    queries: tuple[Query, ...]
    width: int = 12
    height: int = 8
    limits: Limits = "none"
    """Which thresholds it has."""


@dataclass(frozen=True, slots=True)
class Row:
    """Panels below a heading."""

    title: str
    panels: Sequence[Panel]


_MINE: Final = 'review=~"$review"'
_TEAM: Final = f'{_MINE}, team=~"$team"'
_MODEL: Final = f'{_TEAM}, model=~"$model"'

ROWS: Final = (
    Row(
        "Spend",
        (
            Panel(
                "Spend of the month", "Effective cost so far.", "stat", "currencyUSD",
                (Query(f"sum(planner_month_spend_usd{{{_TEAM}}})", "all"),), width=6,
            ),
            Panel(
                "Against the month before", "Spend over that of as many days of it.", "stat", "percentunit",
                (Query(
                    f"sum(planner_month_spend_usd{{{_TEAM}}}) / sum(planner_previous_month_spend_usd{{{_TEAM}}})", "all"
                ),), width=6,
            ),
            Panel(
                "Foreseen for the month", "That of the review's day: spent and still to come.", "stat", "currencyUSD",
                (Query(f'sum(planner_forecast_usd{{{_MINE}, dimension="total", months_ahead="0"}})', "total"),),
                width=6,
            ),
            Panel(
                "Unattributed", "Share of the bill that no team has.", "stat", "percentunit",
                (Query(f"max(planner_month_unattributed_ratio{{{_MINE}}})", "all"),), width=6, limits="unattributed",
            ),
            Panel(
                "Spend of the day by team", "Effective cost of the last day before the review.", "timeseries",
                "currencyUSD", (Query(f"planner_day_spend_usd{{{_TEAM}}}", "{{team}}"),), width=8,
            ),
            Panel(
                "Spend of the month by team", "Effective cost since the month began.", "timeseries", "currencyUSD",
                (Query(f"planner_month_spend_usd{{{_TEAM}}}", "{{team}}"),), width=8,
            ),
            Panel(
                "Last day against the usual", "Spend of the last day over the median of its weekday.", "timeseries",
                "percentunit", (Query(f"planner:day_spend_usd:ratio_usual{{{_TEAM}}}", "{{team}}"),), width=8,
                limits="usual",
            ),
        ),
    ),
    Row(
        "Budgets and forecast",
        (
            Panel(
                "Budget used", "Share of each budget that is spent.", "bargauge", "percentunit",
                (Query(f"planner_budget_used_ratio{{{_MINE}}}", "{{budget}}"),), limits="budget",
            ),
            Panel(
                "Budget foreseen", "Share of each budget that its whole period will use.", "bargauge", "percentunit",
                (Query(f"planner:budget_forecast_usd:ratio_budget{{{_MINE}}}", "{{budget}}"),), limits="budget",
            ),
            Panel(
                "Chance that a budget is exceeded", "By the forecast's band.", "bargauge", "percentunit",
                (Query(f"planner_budget_overrun_probability_ratio{{{_MINE}}}", "{{budget}}"),), limits="chance",
            ),
            Panel(
                "Forecast by month", "With its band.", "table", "currencyUSD",
                (
                    Query(f"planner_forecast_usd{{{_MINE}}}", "expected"),
                    Query(f"planner_forecast_lower_usd{{{_MINE}}}", "low"),
                    Query(f"planner_forecast_upper_usd{{{_MINE}}}", "high"),
                ),
            ),
        ),
    ),
    Row(
        "Unit costs and efficiency",
        (
            Panel(
                "Unit costs against their targets", "Above 100 % a unit costs more than it should.", "bargauge",
                "percentunit", (Query(f"planner:unit_cost_usd:ratio_target{{{_MINE}}}", "{{kpi}}"),), limits="target",
            ),
            Panel(
                "Unit costs", "Cost of one unit.", "timeseries", "currencyUSD",
                (Query(f"planner_unit_cost_usd{{{_MINE}}}", "{{kpi}} per {{per}}"),),
            ),
            Panel(
                "Efficiency", "Score from 0 to 1.", "gauge", "percentunit",
                (Query(f"planner_efficiency_ratio{{{_MINE}}}", "{{review}}"),), width=6, limits="score",
            ),
            Panel(
                "Parts of the efficiency", "The score is their weighted geometric mean.", "bargauge", "percentunit",
                (Query(f"planner_efficiency_part_ratio{{{_MINE}}}", "{{part}}"),), width=6, limits="score",
            ),
            Panel(
                "Spend by model", "Effective cost of the month by use.", "bargauge", "currencyUSD",
                (Query(f"sum by (model, use) (planner_model_spend_usd{{{_MODEL}}})", "{{model}} {{use}}"),),
            ),
        ),
    ),
    Row(
        "GPUs and training",
        (
            Panel(
                "GPUs busy", "Mean share of the time that a kernel ran.", "bargauge", "percentunit",
                (Query(f"planner_gpu_busy_ratio{{{_MINE}}}", "{{gpu}} {{provider}}"),), limits="busy",
            ),
            Panel(
                "Price of a GPU-hour", "Effective, by card.", "bargauge", "currencyUSD",
                (Query(f"3600 * planner:gpu_spend_usd:per_gpu_second{{{_MINE}}}", "{{gpu}} {{provider}}"),),
            ),
            Panel(
                "Failed training runs", "Share of the month's runs, and the usual one.", "timeseries", "percentunit",
                (
                    Query(f'planner_training_failure_ratio{{{_MINE}, team=~"$team|all"}}', "{{team}}"),
                    Query(f'planner_training_usual_failure_ratio{{{_MINE}, team=~"$team|all"}}', "{{team}} usual"),
                ), limits="failures",
            ),
            Panel(
                "Cost of failed runs", "In the month.", "bargauge", "currencyUSD",
                (Query(f'planner_training_failed_spend_usd{{{_MINE}, team=~"$team|all"}}', "{{team}}"),),
            ),
        ),
    ),
    Row(
        "Serving",
        (
            Panel(
                "Spend by deployment", "Effective cost of the month.", "bargauge", "currencyUSD",
                (Query(f"planner_deployment_spend_usd{{{_MINE}, model=~\"$model|\"}}", "{{deployment}}"),),
            ),
            Panel(
                "Latency", "That 95 of 100 requests stay below.", "bargauge", "s",
                (Query(f"planner_deployment_latency_p95_seconds{{{_MINE}, model=~\"$model|\"}}", "{{deployment}}"),),
            ),
            Panel(
                "Tenants against the month before", "Requests over those of as many days.", "bargauge", "percentunit",
                (Query(f"topk(20, planner_tenant_surge_ratio{{{_MINE}}})", "{{tenant}}"),), limits="surge",
            ),
        ),
    ),
    Row(
        "What to look at",
        (
            Panel(
                "Alerts", "What rules.yml tells now.", "table", "short",
                (Query(f'ALERTS{{{_MINE}, alertname=~"Planner.*", alertstate="firing"}}', "fires"),),
            ),
            Panel(
                "Age of the review", "Since the start of the day that it looks from.", "stat", "s",
                (Query(f"time() - max(planner_review_as_of_timestamp_seconds{{{_MINE}}})", "all"),), limits="age",
            ),
            Panel(
                "Anomalies", "What cost more or less than expected.", "table", "currencyUSD",
                (
                    Query(f"planner_anomaly_excess_usd{{{_MINE}}}", "above the expected"),
                    Query(f"planner_anomaly_expected_usd{{{_MINE}}}", "expected"),
                ), limits="anomalies",
            ),
            Panel(
                "Savings a month", "Of advice, by kind; kinds may overlap.", "bargauge", "currencyUSD",
                (Query(f"planner_advice_month_saving_usd{{{_MINE}}}", "{{kind}}"),),
            ),
            Panel(
                "Sources", "The status that each has.", "table", "short",
                (Query(f"planner_source_health{{{_MINE}}} == 1", "has it"),),
            ),
            Panel(
                "Refused rows", "By source.", "bargauge", "short",
                (Query(f'planner_source_rows{{{_MINE}, outcome="rejected"}}', "{{source}}"),),
            ),
        ),
    ),
)  # fmt: skip
"""The dashboard from top to bottom."""
