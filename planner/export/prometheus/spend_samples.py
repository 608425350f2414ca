"""Samples of what was spent, is foreseen and was budgeted."""

import datetime
import statistics
from collections.abc import Iterator
from typing import Final

from planner.export.prometheus.metrics import MOST, UNATTRIBUTED, Sample, most, sample
from planner.outcome.review import Review
from planner.outcome.review.attribution import DayTotal
from planner.spend.months import Month

WEEKS: Final = 8
"""Weeks before the last day whose same weekday says what is usual."""
MONTHS: Final = 14
"""Months of a forecast that are exported."""
LEAST_WEEKS: Final = 4
"""Weeks that there must be (DOMAIN 10: the weekday's median from four weeks on)."""


def spend_samples(review: Review) -> Iterator[Sample]:
    """Spend of month and day, forecasts, budgets, unit costs, anomalies, models."""
    name = review.metadata.name
    yield from _months(review, name)
    yield from _days(review.days, name)
    yield from _forecasts(review, name)
    for budget in review.budgets:
        for metric, value in {
            "planner_budget_usd": budget.amount_usd,
            "planner_budget_spent_usd": budget.spent_usd,
            "planner_budget_used_ratio": budget.used,
            "planner_budget_elapsed_ratio": budget.elapsed,
            "planner_budget_forecast_usd": budget.forecast_usd,
            "planner_budget_forecast_lower_usd": budget.forecast_lo_usd,
            "planner_budget_forecast_upper_usd": budget.forecast_hi_usd,
            "planner_budget_overrun_probability_ratio": budget.chance_over,
        }.items():
            yield from sample(metric, value, review=name, budget=budget.name)
        for crossing in budget.crossings:
            yield from sample(
                "planner_budget_level_ratio",
                crossing.level,
                review=name,
                budget=budget.name,
                level=f"{crossing.level:g}",
            )
    for kpi in review.unit_costs:
        labels = {"review": name, "kpi": kpi.name, "per": kpi.per}
        yield from sample("planner_unit_cost_usd", kpi.unit_cost_usd, **labels)
        yield from sample("planner_unit_cost_target_usd", kpi.target_usd, **labels)
        yield from sample("planner_unit_cost_warning_usd", kpi.warn_usd, **labels)
    yield from _models(review, name)
    yield from _anomalies(review, name)


def _months(review: Review, name: str) -> Iterator[Sample]:
    team = next((one for one in review.attributed if one.dimension == "team"), None)
    month = next((one for one in review.months if one.month == review.month), None)
    if month is not None:
        yield from sample("planner_month_billed_usd", month.billed_usd, review=name)
        for value, usd in most(month.by_team).items():
            yield from sample("planner_month_spend_usd", usd, review=name, team=value)
    if team is not None:
        before = {one.value: one.before_usd for one in team.values if one.before_usd is not None}
        for value, usd in most(before).items():
            yield from sample("planner_previous_month_spend_usd", usd, review=name, team=value)
        if team.billed_usd:
            yield from sample("planner_month_unattributed_ratio", team.unattributed_usd / team.billed_usd, review=name)


def _days(days: list[DayTotal], name: str) -> Iterator[Sample]:
    """The last day by team, the median of the same weekday before it (0 on a day without spend), and the highest."""
    if not days:
        return
    by_day = {datetime.date.fromisoformat(one.day): one.by_team for one in days}
    last, first = max(by_day), min(by_day)
    usual_days = [day for k in range(1, WEEKS + 1) if (day := last - datetime.timedelta(weeks=k)) >= first]
    looked = [by_day.get(day, {}) for day in usual_days]
    before = [spent for day, spent in by_day.items() if last - datetime.timedelta(weeks=WEEKS) <= day < last]
    teams = {team for spent in (by_day[last], *looked) for team in spent}
    ranked = sorted(teams, key=lambda team: (-sum(spent.get(team, 0.0) for spent in (by_day[last], *looked)), team))
    for team in ranked[:MOST]:
        label = team or UNATTRIBUTED
        yield from sample("planner_day_spend_usd", by_day[last].get(team, 0.0), review=name, team=label)
        if len(usual_days) >= LEAST_WEEKS:
            usual = statistics.median(spent.get(team, 0.0) for spent in looked)
            yield from sample("planner_day_usual_spend_usd", usual, review=name, team=label)
            high = max(spent.get(team, 0.0) for spent in before)
            yield from sample("planner_day_high_spend_usd", high, review=name, team=label)


def _forecasts(review: Review, name: str) -> Iterator[Sample]:
    now = Month.of(datetime.date.fromisoformat(review.as_of))
    for series in review.forecasts[: MOST + 1]:
        labels = {"review": name, "dimension": series.dimension or "total", "value": series.value}
        if series.dimension and not series.value:
            labels["value"] = UNATTRIBUTED
        for month in series.months[:MONTHS]:
            its = Month.parse(month.month)
            ahead = 12 * (its.year - now.year) + its.number - now.number
            yield from sample("planner_forecast_usd", month.usd, **labels, months_ahead=str(ahead))
            yield from sample("planner_forecast_lower_usd", month.lo_usd, **labels, months_ahead=str(ahead))
            yield from sample("planner_forecast_upper_usd", month.hi_usd, **labels, months_ahead=str(ahead))


def _models(review: Review, name: str) -> Iterator[Sample]:
    named = [one for one in review.models if one.model][:MOST]
    for model in named:
        uses = {"training": model.training_usd, "serving": model.serving_usd, "other": model.other_usd}
        for use, usd in uses.items():
            yield from sample(
                "planner_model_spend_usd",
                usd,
                review=name,
                model=model.model,
                team=model.team or UNATTRIBUTED,
                use=use,
            )


def _anomalies(review: Review, name: str) -> Iterator[Sample]:
    for anomaly in [one for one in review.anomalies if one.in_month][:MOST]:
        labels = {
            "review": name, "kind": anomaly.kind, "first_day": anomaly.first_day,
            "series": ", ".join(f"{key} {value or UNATTRIBUTED}" for key, value in anomaly.series.items()) or "total",
        }  # fmt: skip
        excess = anomaly.actual_usd - anomaly.expected_usd
        yield from sample("planner_anomaly_excess_usd", excess, **labels)
        yield from sample("planner_anomaly_expected_usd", anomaly.expected_usd, **labels)
