"""From a row of the table to a `ServingConfiguration`: every figure with its band, label and parts."""

import math
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import PLAIN, Ints
from planner.estimate.bands import CARBON_SD, band
from planner.estimate.serving.latency_spread import LEVELS, Latency
from planner.kinds.serving.by_api import ApiRow
from planner.kinds.serving.cascades import FirstTier
from planner.kinds.serving.hours import Month
from planner.kinds.serving.latencies import peak_rates
from planner.kinds.serving.machines import cold_hours
from planner.kinds.serving.offers import offer_of
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.rented import month_on
from planner.kinds.serving.spreads import bands_of
from planner.kinds.serving.table import Table, training_usd
from planner.kinds.serving.units import api_units, rented_units
from planner.kinds.serving.waits import latencies_handed_on
from planner.kinds.serving.work import Work
from planner.outcome.serving_configuration import (
    ApiTerms,
    Capacity,
    Latencies,
    ServingConfiguration,
    ServingCost,
    ServingMachine,
)
from planner.space.identity import canonical, configuration_id
from planner.units import GIB, SECONDS_PER_HOUR

Level = tuple[float, float, float]
"""Seconds to the first token, between two, and to the last."""
_WHY = {
    "cost": "no price known",
    "latency": "nobody measured it",
    "quality": "no comparable score",
    "carbon": "no grid intensity known",
}


def describe(problem: Problem, table: Table, rows: Ints) -> list[ServingConfiguration]:
    """Configurations of these rows, in this order."""
    count = len(table.rented)
    mine = rows[rows < count]
    levels = [latencies_handed_on(problem, table.rented.take(mine), level) for level in LEVELS]
    bands = bands_of(problem, table, rows)
    at = {int(row): i for i, row in enumerate(mine.tolist())}
    found = []
    for i, row in enumerate(rows.tolist()):
        cost = float(bands.cost_low[i]), float(bands.cost_high[i])
        known = _Known(problem, table, row, cost, (float(bands.latency_low[i]), float(bands.latency_high[i])))
        if row < count:
            found.append(_rented(known, [_at(latency, at[row]) for latency in levels]))
        else:
            found.append(_by_api(known, table.apis[row - count]))
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """One row, and what is the same for every way."""

    problem: Problem
    table: Table
    row: int
    cost_band: tuple[float, float]
    latency_band: tuple[float, float]

    def figures(self, cost_label: str, latency_label: str, carbon_label: str) -> dict[str, float | str | None]:
        """The four figures with bands and labels, as fields."""
        ways, row = self.table.ways, self.row
        found: dict[str, float | str | None] = {}
        low_kg, high_kg = band(ways.carbon_kg[row], CARBON_SD)
        for name, column, (low, high), label in (
            ("cost_usd_per_month", ways.cost_usd, self.cost_band, cost_label),
            ("latency_s", ways.latency_s, self.latency_band, latency_label),
            ("carbon_kg_per_month", ways.carbon_kg, (float(low_kg), float(high_kg)), carbon_label),
        ):
            value = float(column[row])
            found |= {name: known(value), f"{name}_lo": known(float(low)), f"{name}_hi": known(float(high))}
            found[f"{name}_label"] = label
        return found

    def unknown(self) -> list[str]:
        """Objectives that are unknown, with the reason."""
        ways = self.table.ways
        objectives = self.problem.scenario.objectives
        return [f"{name}: {_WHY[name]}" for name in objectives if math.isnan(ways.figure(name)[self.row])]


def known(value: float) -> float | None:
    """None for NaN."""
    return None if math.isnan(value) else float(value)


def _at(latency: Latency, i: int) -> Level:
    return float(latency.ttft_s[i]), float(latency.itl_s[i]), float(latency.total_s[i])


def _rented(one: _Known, levels: list[Level]) -> ServingConfiguration:
    problem, table = one.problem, one.table
    capacities, rented, space = problem.capacities, table.rented, problem.space
    grid, x = capacities.replicas.grid, capacities.replicas.x
    kind, offer = int(rented.kind[one.row]), int(rented.offer[one.row])
    work = problem.works[int(grid.work[kind])]
    scaling = problem.scenario.replicas.scalings[int(rented.scaling[one.row])]
    model, gpu = problem.catalog.models[int(grid.model[kind])], problem.catalog.gpus[int(grid.gpu[kind])]
    precision, engine = space.precisions[int(grid.precision[kind])], space.engines[int(grid.engine[kind])]
    cards, count = int(grid.cards[kind]), int(space.market.offers.gpu_count[offer])
    month = month_on(capacities, np.array([kind]), problem.works, problem.scenario, scaling, np.array([count // cards]))
    judged = table.judged[int(grid.model[kind]), int(grid.precision[kind]), int(grid.work[kind])]
    priced = offer_of(problem.space.market, problem.catalog, offer)
    tier = one.table.tiers[one.row]
    trained = space.trained
    tuned = trained is not None and trained.model == int(grid.model[kind])
    identity = {
        "model": model.id, "precision": precision, "engine": engine.id, "levers": list(work.levers.names),
        "scaling": scaling, "tensor_parallel": cards,
    }  # fmt: skip
    identity |= {"tuned": trained.configuration} if tuned and trained is not None else {}
    identity |= {} if tier is None else {"first": tier.text}
    where = {
        "gpu": gpu.id, "count": count, "provider": priced.provider, "instance": priced.instance,
        "region": priced.region, "tier": priced.tier,
    } | ({} if priced.service in ("", PLAIN) else {"service": priced.service})  # fmt: skip
    cache = float(capacities.replicas.take(np.array([kind])).cache_tokens()[0])
    cost, total = float(rented.cost_usd[one.row]), float(table.ways.cost_usd[one.row])
    standing = (
        f"{engine.id}: speed known to a factor of {math.exp(1.645 * float(capacities.replicas.speed_sd[kind])):.2f}"
    )
    return ServingConfiguration(
        id=configuration_id(canonical(identity), canonical(where)),
        way="rented",
        model=model.id,
        precision=precision,
        engine=engine.id,
        levers=list(work.levers.names),
        scaling=scaling,
        first_tier="" if tier is None else tier.text,
        machine=ServingMachine(
            gpu=gpu.id,
            gpus_per_machine=count,
            tensor_parallel=cards,
            replicas_per_machine=count // cards,
            memory_per_gpu_gib=gpu.mem_gib,
            weights_gib=float(x.weight_bytes[kind]) / GIB,
            cache_tokens=known(cache),
        ),
        offer=priced,
        **one.figures(
            "estimate",
            standing,
            "estimate"
            if bool(space.market.offers.carbon_known[offer])
            else "partial: grid intensity is a world average",
        ),
        quality=known(judged.q),
        quality_lo=known(judged.low),
        quality_hi=known(judged.high),
        quality_label=judged.label,
        latencies=_latencies(_after(tier, levels)),
        capacity=_capacity(one, kind, work, month),
        cost_parts=ServingCost(
            compute=known(cost - work.embed_usd - work.upkeep_usd),
            first_tier=None if tier is None else known(tier.cost_usd),
            levers=work.embed_usd + work.upkeep_usd,
            training=known(float(training_usd(problem, rented.take(np.array([one.row])))[0])) if tuned else None,
            tax=_tax(problem, total),
            upfront=work.upfront_usd or None,
        ),
        unit_costs=rented_units(problem, kind, work, total),
        unknown=one.unknown(),
    )


def _capacity(one: _Known, kind: int, work: Work, month: Month) -> Capacity:
    problem = one.problem
    capacities = problem.capacities
    peak = int(month.hours.peak[0])
    rate = float(capacities.rate_per_s[kind])
    each = peak_rates(capacities, np.array([kind]), np.array([peak]), problem.works)
    replica = capacities.replicas.take(np.array([kind]))
    in_flight = replica.in_flight(each, peak)
    hours = float(month.hours.per_month()[0])
    offer = one.table.rented.offer[one.row : one.row + 1]
    weights = capacities.replicas.x.weight_bytes[kind : kind + 1]
    cold = float(cold_hours(problem.space.market.offers, offer, weights, problem.scenario)[0])
    return Capacity(
        requests_per_s=rate,
        tokens_per_s=known(float(replica.most_tokens_per_s()[0])),
        sequences=known(in_flight),
        load=known(float(each[0]) / rate),
        bound_by=capacities.bounds[int(capacities.bound[kind])],
        replicas_peak=peak,
        replicas_least=int(month.hours.least[0]),
        replica_hours=hours + float(month.hours.started[0]) * cold,
        machines_peak=int(month.machines.max()),
        utilisation=work.per_month / (hours * SECONDS_PER_HOUR * rate) if hours else None,
        cold_start_share=known(float(month.hours.cold_share[0])),
    )


def _by_api(one: _Known, row: ApiRow) -> ServingConfiguration:
    problem, api, work = one.problem, row.choice.api, row.work
    tier = one.table.tiers[one.row]
    identity = {"api": api.id, "levers": list(work.levers.names)} | ({} if tier is None else {"first": tier.text})
    judged, total = row.judged, float(one.table.ways.cost_usd[one.row])
    blank: Level = (math.nan, math.nan, math.nan)
    return ServingConfiguration(
        id=configuration_id(canonical(identity), canonical({"provider": api.provider})),
        way="api",
        model=api.id,
        levers=list(work.levers.names),
        first_tier="" if tier is None else tier.text,
        api=ApiTerms(
            provider=api.provider,
            input_usd_per_mtok=known(api.input_usd_per_mtok),
            cached_input_usd_per_mtok=known(api.cached_input_usd_per_mtok),
            output_usd_per_mtok=known(api.output_usd_per_mtok),
            batch_input_usd_per_mtok=known(api.batch_input_usd_per_mtok),
            batch_output_usd_per_mtok=known(api.batch_output_usd_per_mtok),
            max_input_tokens=known(api.max_input_tokens),
            as_of=api.as_of,
            share_within_limits=known(row.share_within_limits),
        ),
        **one.figures(
            f"list price of {api.as_of}",
            "as the scenario says" if row.latency_s == row.latency_s else "unknown",
            "unknown",
        ),
        quality=known(judged.q),
        quality_lo=known(judged.low),
        quality_hi=known(judged.high),
        quality_label=judged.label,
        latencies=_latencies(_after(tier, [blank, (row.ttft_s, row.itl_s, row.latency_s), blank])),
        cost_parts=ServingCost(
            tokens=known(row.cost_usd - work.embed_usd - work.upkeep_usd),
            first_tier=None if tier is None else known(tier.cost_usd),
            levers=work.embed_usd + work.upkeep_usd,
            tax=_tax(problem, total),
            upfront=work.upfront_usd or None,
        ),
        unit_costs=api_units(problem, row, total),
        unknown=one.unknown(),
    )


def _after(tier: FirstTier | None, levels: list[Level]) -> list[Level]:
    """Latencies after the whole answer of the smaller model, where one answers first."""
    if tier is None:
        return levels
    return [
        (ttft + first, itl, total + first) for (ttft, itl, total), first in zip(levels, tier.answered_s, strict=True)
    ]


def _latencies(levels: list[Level]) -> Latencies:
    return Latencies(**{
        f"{figure}_{name}_s": known(level[i])
        for name, level in zip(("p50", "p95", "p99"), levels, strict=True)
        for i, figure in enumerate(("ttft", "itl", "total"))
    })  # fmt: skip


def _tax(problem: Problem, cost: float) -> float | None:
    tax = problem.scenario.tax
    return None if tax is None else known(cost * tax.percent / 100.0)
