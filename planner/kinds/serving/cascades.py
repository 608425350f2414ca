"""Cascades: a smaller model answers first, and hands on what it is not sure of (DOMAIN 9.4: C = C1 + P(escalate)*C2).

Costs add up, and so do the p95 latencies of a request that goes through both: an upper bound of the p95 over all. Hence
of the ways to serve the smaller model only those matter that no other beats on all of these, under the same levers.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.choose.pareto import front_rows
from planner.kinds.serving.by_api import api_row
from planner.kinds.serving.latencies import latencies_of
from planner.kinds.serving.problem import Problem, build_problem
from planner.kinds.serving.rented import Rented, rented_ways
from planner.kinds.serving.work import Work
from planner.space.serving.levers import LeverSet
from planner.units import usd

CASCADE: Final = "cascade"
NO_FIRST: Final = "no way to serve the smaller model of the cascade"
P95: Final = 0.95


@dataclass(frozen=True, slots=True)
class FirstTier:
    """One way to serve the smaller model: all requests that reach it under a set of levers."""

    text: str
    cost_usd: float
    """Of a month; what the levers cost is with the larger model's way."""
    latency_s: float
    """p95 to the last token; NaN where nobody measured it."""
    carbon_kg: float


def first_tiers(problem: Problem) -> dict[LeverSet, list[FirstTier]]:
    """Ways to serve the smaller model that matter, by the set of levers beside the cascade; empty without one."""
    first = problem.space.first
    if first is None:
        return {}
    levers = problem.scenario.levers.model_copy(update={CASCADE: None})
    models = np.array([] if first.model is None else [first.model], np.int64)
    space = replace(problem.space, models=models, apis=() if first.api is None else (first.api,), first=None)
    inner = build_problem(problem.scenario.model_copy(update={"levers": levers}), space, problem.catalog)
    if first.api is not None:
        rows = [api_row(first.api, work, inner.quality.api(first.api)) for work in inner.api_works]
        return {
            row.work.levers: [FirstTier(first.api.api.id, _bare(row.cost_usd, row.work), row.latency_s, np.nan)]
            for row in rows
            if not row.reason
        }
    rented = rented_ways(inner.capacities, inner.works, inner.scenario, space.market, inner.catalog)
    latency = latencies_of(inner.capacities, rented.kind, rented.peak, inner.works, P95).total_s
    work = inner.capacities.replicas.grid.work[rented.kind]
    return {
        one.levers: _worth_a_look(inner, rented, latency, np.flatnonzero(work == w), one)
        for w, one in enumerate(inner.works)
    }


def _worth_a_look(problem: Problem, rented: Rented, latency_s: Floats, rows: Ints, work: Work) -> list[FirstTier]:
    carbon = rented.carbon_kg
    names = ["cost", "latency"] + (["carbon"] if "carbon" in problem.scenario.objectives else [])
    columns = {"cost": rented.cost_usd, "latency": latency_s, "carbon": carbon}
    losses = np.stack([columns[name] for name in names], axis=1)
    rows = rows[np.isfinite(losses[rows]).all(axis=1)]
    kept = rows[front_rows(losses[rows])]
    return [
        FirstTier(
            _text(problem, rented, row), _bare(float(rented.cost_usd[row]), work), float(latency_s[row]),
            float(carbon[row]),
        )
        for row in kept[np.lexsort(losses[kept].T[::-1])].tolist()
    ]  # fmt: skip


def _bare(cost_usd: float, work: Work) -> float:
    return cost_usd - work.embed_usd - work.upkeep_usd


def _text(problem: Problem, rented: Rented, row: int) -> str:
    grid, offers = problem.capacities.replicas.grid, problem.space.market.offers
    kind, offer = int(rented.kind[row]), int(rented.offer[row])
    model, gpu = problem.catalog.models[int(grid.model[kind])].id, problem.catalog.gpus[int(grid.gpu[kind])].id
    precision = problem.space.precisions[int(grid.precision[kind])]
    cards = int(grid.cards[kind])
    provider, price = offers.providers[int(offers.provider[offer])], float(offers.price_usd_per_hour[offer])
    return (
        f"{model} in {precision}, {int(rented.peak[row])} replicas of {cards} {gpu} at {provider} "
        f"{offers.instance[offer]} ({usd(price)}/h)"
    )


@dataclass(frozen=True, slots=True)
class Paired:
    """Ways of the larger model, each with a first tier where it has a cascade."""

    row: Ints
    """Of the ways before; those in a cascade stand once for each first tier, and not at all without one."""
    tier: Ints
    """Index into `tiers`; -1 without a cascade."""
    tiers: tuple[FirstTier, ...]
    left_out: int
    """Ways in a cascade for whose levers no first tier is left."""

    def added(self, name: str) -> Floats:
        """What the first tier adds to a figure of each way; 0 without a cascade."""
        values = np.array([getattr(tier, name) for tier in self.tiers] + [0.0], np.float64)
        return values[self.tier]


def pair(levers: list[LeverSet], tiers: dict[LeverSet, list[FirstTier]]) -> Paired:
    """Pair ways, given by their levers, with first tiers."""
    flat: list[FirstTier] = []
    places: dict[LeverSet, list[int]] = {}
    for one, found in tiers.items():
        places[one] = list(range(len(flat), len(flat) + len(found)))
        flat += found
    sets = list(dict.fromkeys(levers))
    options = [places.get(one.without(CASCADE), []) if one.has(CASCADE) else [-1] for one in sets]
    code = {one: i for i, one in enumerate(sets)}
    codes = np.array([code[one] for one in levers], np.int64)
    counts = np.array([len(option) for option in options], np.int64)[codes] if len(levers) else np.empty(0, np.int64)
    row = np.repeat(np.arange(len(levers)), counts)
    tier = np.array([place for i in codes.tolist() for place in options[i]], np.int64)
    return Paired(row, tier, tuple(flat), int((counts == 0).sum()))
