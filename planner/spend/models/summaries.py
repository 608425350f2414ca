"""A summary of every model over the month: training, serving, per run, sample, request and point of accuracy."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.catalog.rows import Floats
from planner.outcome.review.kpis import ModelSummary
from planner.spend.kpis.daily import Window, window_of
from planner.spend.kpis.gains import Gain, gains_of
from planner.spend.kpis.trend import trend_of
from planner.spend.months import Month
from planner.spend.purpose import PURPOSES, purpose
from planner.spend.spans import Span
from planner.spend.store import Store
from planner.spend.sums import total

_RUNS: Final = f"""
    SELECT model, count(*) AS runs, count(*) FILTER (WHERE status = 'failed') AS failed,
           count(*) FILTER (WHERE status <> 'running') AS ended, {total("cost_usd")} AS usd,
           {total("samples", "status <> 'running'")} AS samples,
           {total("cost_usd", "status = 'ok' AND samples IS NULL")} AS samples_aside,
           count(*) FILTER (WHERE status = 'ok' AND samples IS NULL AND cost_usd IS NULL) AS samples_unknown,
           {total("epochs", "status <> 'running'")} AS epochs,
           {total("cost_usd", "status = 'ok' AND epochs IS NULL")} AS epochs_aside,
           count(*) FILTER (WHERE status = 'ok' AND epochs IS NULL AND cost_usd IS NULL) AS epochs_unknown,
           coalesce(min(team) FILTER (WHERE team <> ''), '') AS team
    FROM runs WHERE model <> '' AND day >= ? AND day < ? GROUP BY model"""
_USAGE: Final = f"""
    SELECT model, {total("requests")} AS requests,
           {total("coalesce(input_tokens, 0) + coalesce(output_tokens, 0)")} AS tokens,
           {total("cost_usd")} AS usd, coalesce(min(team) FILTER (WHERE team <> ''), '') AS team
    FROM usage WHERE model <> '' AND day >= ? AND day < ? GROUP BY model"""


@dataclass(frozen=True, slots=True)
class _Cost:
    training_usd: float | None
    serving_usd: float | None
    other_usd: float | None
    total_usd: float
    team: str


def models_of(store: Store, month: Month) -> list[ModelSummary]:
    """Every model with charges, or logged costs, in the month; the dearest first.

    Training and serving are told apart by `purpose`. A part is 0 where charges of the model are none of it, but unknown
    where runs, or requests, of the model are logged and none of its charges is for them. A model without any charge has
    the costs that its runs and requests log. Cost per sample and epoch are of runs that say them, as unit costs are.
    The team is the one with most of the model's cost. The trend is of weekly totals since the first charge.
    """
    window = window_of(store, month)
    if not window.now.days:
        return []
    charges = _charges(store, window.now)
    before = _charges(store, window.before) if window.before is not None else None
    runs, usage = (_logged(store, sql, window.now) for sql in (_RUNS, _USAGE))
    gains = {gain.model: gain for gain in gains_of(store, window.now, "model <> ''")}
    weekly = _weekly(store, window)
    found = []
    for model in sorted({*charges, *(name for logs in (runs, usage) for name, row in logs.items() if row["usd"])}):
        cost = _cost(charges.get(model), runs.get(model), usage.get(model))
        of_run, of_request = runs.get(model, {}), usage.get(model, {})
        gain = gains.get(model)
        found.append(
            ModelSummary(
                model=model, team=cost.team, training_usd=cost.training_usd, serving_usd=cost.serving_usd,
                other_usd=cost.other_usd, total_usd=cost.total_usd, per_day_usd=cost.total_usd / window.now.days,
                runs=of_run.get("runs", 0), failed_runs=of_run.get("failed", 0),
                cost_per_run_usd=_ratio(cost.training_usd, of_run.get("ended")),
                cost_per_sample_usd=_per(cost, of_run, "samples"), cost_per_epoch_usd=_per(cost, of_run, "epochs"),
                cost_per_1k_requests_usd=_ratio(cost.serving_usd, of_request.get("requests"), 1000),
                cost_per_1k_tokens_usd=_ratio(cost.serving_usd, of_request.get("tokens"), 1000),
                best_metric=gain.metric if gain else "", best_value=_best(gain),
                cost_per_point_usd=_ratio(cost.training_usd, gain.points if gain else None),
                before_usd=None if before is None else before[model].total_usd if model in before else 0.0,
                trend=trend_of(weekly[model]) if model in weekly else None,
            )
        )  # fmt: skip
    return sorted(found, key=lambda summary: (-summary.total_usd, summary.model))


def _charges(store: Store, span: Span) -> dict[str, _Cost]:
    kinds = ", ".join(f"coalesce(sum(usd) FILTER (WHERE purpose = '{kind}'), 0)::DOUBLE" for kind in PURPOSES)
    rows = store.rows(
        f"""WITH parts AS MATERIALIZED (
                SELECT model, team AS owner, {purpose(store)} AS purpose,
                       sum(effective_usd) AS usd
                FROM allocated WHERE model <> '' AND day >= ? AND day < ?
                GROUP BY ALL HAVING sum(effective_usd) IS NOT NULL),
            owners AS (SELECT model, owner, sum(usd) AS usd FROM parts GROUP BY ALL)
            SELECT model, {kinds}, sum(usd)::DOUBLE,
                   (SELECT arg_max(owner, (owners.usd, owner)) FROM owners WHERE owners.model = parts.model)
            FROM parts GROUP BY model""",
        [span.first, span.end],
    )
    return {model: _Cost(*amounts) for model, *amounts in rows}


def _logged(store: Store, sql: str, span: Span) -> dict[str, dict[str, Any]]:
    cursor = store.connection.execute(sql, [span.first, span.end])
    names = [column for column, *_ in cursor.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def _weekly(store: Store, window: Window) -> dict[str, Floats]:
    """Model → (weeks,) total cost, NaN before the first whole week with a charge of it."""
    rows = store.rows(
        """SELECT model, day, sum(effective_usd)::DOUBLE FROM allocated WHERE model <> '' AND day >= ? AND day < ?
           GROUP BY model, day HAVING sum(effective_usd) IS NOT NULL ORDER BY model, day""",
        [window.first, window.now.end],
    )
    if not rows:
        return {}
    models, places = np.unique(np.array([row[0] for row in rows], np.str_), return_inverse=True)
    at = (np.array([row[1] for row in rows], "datetime64[D]") - np.datetime64(window.first)).astype(int)
    values = np.zeros((len(models), window.days))
    values[places, at] = [row[2] for row in rows]
    sums = window.weekly(values, window.charged)
    begun = np.cumsum(np.nan_to_num(sums) != 0, axis=1) > 0
    return {str(model): np.where(begun[place], sums[place], np.nan) for place, model in enumerate(models)}


def _cost(charges: _Cost | None, runs: dict[str, Any] | None, usage: dict[str, Any] | None) -> _Cost:
    if charges is None:
        training, serving = (logs["usd"] if logs else None for logs in (runs, usage))
        team = next((logs["team"] for logs in (runs, usage) if logs and logs["team"]), "")
        return _Cost(training, serving, None, (training or 0.0) + (serving or 0.0), team)
    training = charges.training_usd or (None if runs else charges.training_usd)
    serving = charges.serving_usd or (None if usage else charges.serving_usd)
    return _Cost(training, serving, charges.other_usd, charges.total_usd, charges.team)


def _per(cost: _Cost, runs: dict[str, Any], unit: str) -> float | None:
    if cost.training_usd is None or not runs or runs[f"{unit}_unknown"]:
        return None
    usd = cost.training_usd - (runs[f"{unit}_aside"] or 0.0)
    return _ratio(usd, runs[unit]) if usd >= 0 else None


def _ratio(usd: float | None, units: float | None, scale: float = 1.0) -> float | None:
    if usd is None or units is None or not units > 0:
        return None
    return scale * usd / units


def _best(gain: Gain | None) -> float | None:
    return None if gain is None or math.isnan(gain.best) else gain.best
