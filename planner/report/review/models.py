"""The section `model`: what each model cost and what for, its deployments, and how runs ended."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.review import Review
from planner.outcome.review.kpis import ModelSummary
from planner.outcome.review.operations import DeploymentUse, RunCounts
from planner.report.data.review_charts import ModelBar
from planner.report.data.review_parts import Cell, Figure, ReviewSection, Table, Tone
from planner.report.names import plural, shorten
from planner.report.review.facts import all_runs
from planner.report.review.words import (
    cell,
    change_text,
    columns,
    count,
    left_text,
    name_of,
    named,
    per_unit,
    sentences,
    share,
    trend_text,
)
from planner.units import seconds, significant, usd

SHOWN: Final = 25
BARS: Final = 12
DEPLOYMENTS: Final = 25
TEAMS: Final = 15


def model_section(review: Review) -> ReviewSection:
    """Models, deployments and runs."""
    operations = review.operations
    tables = [_models(review.models)] if review.models else []
    tables += [_deployments(operations.deployments)] if operations.deployments else []
    tables += [_runs(operations.runs)] if operations.runs else []
    bars = model_bars(review)
    figures = (Figure("review-models", model_sentence(review), _drawn(review, bars)),) if bars else ()
    lead = " ".join(filter(None, [model_sentence(review), runs_sentence(review)]))
    return ReviewSection("model", "Models, deployments and runs", lead or "No charge, run or request names a model.",
                         says=bool(tables), figures=figures, tables=tuple(tables))  # fmt: skip


def model_sentence(review: Review) -> str:
    """The dearest model, and what share the first ones make."""
    if not review.models:
        return ""
    whole = sum(one.total_usd for one in review.models)
    top = review.models[0]
    part = f", {share(top.total_usd / whole)} of what models cost" if whole > 0 else ""
    return (
        f"The dearest of {plural(len(review.models), 'model')} is {name_of(top.model)} with {usd(top.total_usd)}{part}."
    )


def runs_sentence(review: Review) -> str:
    """How many runs failed, against the usual; empty without runs."""
    runs = all_runs(review)
    if runs is None or not runs.runs:
        return ""
    usual = f", usually {share(runs.usual_failure_rate)}" if runs.usual_failure_rate is not None else ""
    lost = f"; they cost {usd(runs.failed_usd)}" if runs.failed_usd is not None else ""
    return f"{runs.failed:,} of {plural(runs.runs, 'run')} failed ({share(runs.failure_rate)}{usual}){lost}."


def model_bars(review: Review) -> tuple[ModelBar, ...]:
    """The dearest models as bars: training, serving, other."""
    rows = []
    for one in review.models[:BARS]:
        parts = (("training", one.training_usd), ("serving", one.serving_usd), ("other", one.other_usd))
        known = tuple((name, value, usd(value)) for name, value in parts if value is not None and value > 0)
        if known:
            rows.append(ModelBar(name_of(one.model), usd(one.total_usd), known))
    return tuple(rows)


def _drawn(review: Review, bars: Sequence[ModelBar]) -> str:
    left = len(review.models) - len(bars)
    return f"The {len(bars):,} dearest of {len(review.models):,}." if left > 0 else ""


def _models(models: Sequence[ModelSummary]) -> Table:
    numbers = ("Cost", "Month before", "Training", "Serving", "Per run", "Per 1,000 requests", "Best metric", "Trend")
    return Table(
        "models", "Models", columns("Model", *numbers, numbers=numbers), tuple(_model(one) for one in models[:SHOWN]),
        note=f"The {SHOWN} dearest of {len(models):,}." if len(models) > SHOWN else "",
    )  # fmt: skip


def _model(one: ModelSummary) -> tuple[Cell, ...]:
    failed = f", {one.failed_runs:,} failed" if one.failed_runs else ""
    sample = "" if one.cost_per_sample_usd is None else f"{per_unit(one.cost_per_sample_usd)} a sample"
    epoch = "" if one.cost_per_epoch_usd is None else f"{per_unit(one.cost_per_epoch_usd)} an epoch"
    tokens = "" if one.cost_per_1k_tokens_usd is None else f"{per_unit(one.cost_per_1k_tokens_usd)} per 1,000 tokens"
    point = "" if one.cost_per_point_usd is None else f"{usd(one.cost_per_point_usd)} a point"
    metric = "unknown" if one.best_value is None else significant(one.best_value)
    return (
        cell(name_of(one.model), f"{name_of(one.team)}{f', {usd(one.per_day_usd)} a day' if one.per_day_usd else ''}"),
        cell(usd(one.total_usd)), cell(usd(one.before_usd), _more(one)),
        cell(usd(one.training_usd), f"{plural(one.runs, 'run')}{failed}" if one.runs else ""),
        cell(usd(one.serving_usd)),
        cell(per_unit(one.cost_per_run_usd) if one.runs else "–", "; ".join(filter(None, [epoch, sample]))),
        cell(per_unit(one.cost_per_1k_requests_usd), tokens),
        cell(f"{named(one.best_metric)} {metric}" if one.best_metric else metric, point),
        cell(trend_text(one.trend) or "unknown"),
    )  # fmt: skip


def _more(one: ModelSummary) -> str:
    return "" if one.before_usd is None else change_text(one.total_usd, one.before_usd)


def _deployments(found: Sequence[DeploymentUse]) -> Table:
    numbers = ("Replicas", "Requests", "Failed", "Cost", "Per 1,000 requests", "p95 latency")
    rows = tuple(
        (cell(shorten(one.deployment, 48) or "unnamed", f"{name_of(one.model)}, {name_of(one.team)}"),
         cell(count(one.replicas)), cell(count(one.requests)), cell(_failed(one)), cell(usd(one.cost_usd)),
         cell(per_unit(one.cost_per_1k_requests_usd)),
         cell(seconds(None if one.latency_p95_ms is None else one.latency_p95_ms / 1000)))
        for one in found[:DEPLOYMENTS]
    )  # fmt: skip
    return Table("deployments", "Deployments", columns("Deployment", *numbers, numbers=numbers), rows,
                 note=left_text(len(found), DEPLOYMENTS))  # fmt: skip


def _failed(one: DeploymentUse) -> str:
    if one.failed is None or not one.requests:
        return count(one.failed)
    return share(one.failed / one.requests)


def _runs(found: Sequence[RunCounts]) -> Table:
    numbers = ("Runs", "Failed", "Usually", "Cost", "Of failed runs", "GPU-hours")
    return Table(
        "runs", "Training runs", columns("Team", *numbers, numbers=numbers),
        tuple(_counted(one) for one in found[:TEAMS]),
        note=sentences("Usually: share that failed over the three months before.", left_text(len(found), TEAMS)),
    )  # fmt: skip


def _counted(one: RunCounts) -> tuple[Cell, ...]:
    usual, rate = one.usual_failure_rate, one.failure_rate
    tone: Tone = "warn" if usual is not None and rate is not None and rate > 2 * usual else ""
    return (
        cell(name_of(one.team) if one.team else "all"), cell(f"{one.runs:,}"),
        Cell(share(rate), f"{one.failed:,}", tone), cell(share(usual)), cell(usd(one.cost_usd)),
        cell(usd(one.failed_usd)), cell(count(one.gpu_hours)),
    )  # fmt: skip
