"""Cascades: a smaller model answers first, and hands on what it is not sure of (DOMAIN 9.4: C = C1 + P(escalate)*C2).

Costs add up, and so do latencies of a request that goes through both (`handing_on`). Hence of the ways to serve the
smaller model only those matter that no other beats on all of these, under the same levers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.choose.pareto import front_rows
from planner.estimate.serving.latency_spread import LEVELS
from planner.kinds.serving.by_api import ApiRow, api_row
from planner.kinds.serving.handing_on import first_level, first_targets
from planner.kinds.serving.hosts import small_hosts
from planner.kinds.serving.latencies import latencies_of
from planner.kinds.serving.problem import CASCADE, Problem, build_problem
from planner.kinds.serving.rented import Rented, rented_ways
from planner.kinds.serving.sized import sized_for
from planner.kinds.serving.work import Work
from planner.space.serving.levers import LeverSet
from planner.units import usd

NO_FIRST: Final = "no way to serve the smaller model of the cascade"
P95: Final = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class FirstTier:
    """One way to serve the smaller model: all requests that reach it under a set of levers."""

    text: str
    where: str
    """What runs it, whatever the number of replicas."""
    cost_usd: float
    """Of a month; what the levers cost is with the larger model's way."""
    answered_s: tuple[float, float, float]
    """Whole answers at `first_level` of p50, p95 and p99; NaN where nobody measured them."""
    carbon_kg: float
    problem: Problem
    rented: Rented | None
    """The way on machines; None for an API."""
    api: ApiRow | None

    @property
    def latency_s(self) -> float:
        """What it adds to the p95 time to the last token."""
        return self.answered_s[LEVELS.index(P95)]

    def answered(self, level: float) -> float:
        """Seconds for whole answers at `first_level` of a level over all requests."""
        return self.answered_s[LEVELS.index(level)]

    def usd_at(self, volume: float) -> float:
        """Cost of a month at a multiple of the traffic, replicas sized anew."""
        if self.api is not None:
            tokens = self.api.cost_usd - self.api.work.embed_usd - self.api.fixed_usd
            return tokens * volume + self.api.fixed_usd - self.api.work.upkeep_usd
        if self.rented is None:
            return self.cost_usd
        kind = int(self.rented.kind[0])
        work = self.problem.works[int(self.problem.capacities.replicas.grid.work[kind])]
        return (
            float(sized_for(self.problem, self.rented, volume).cost_usd[0]) - work.embed_usd * volume - work.upkeep_usd
        )


def first_tiers(problem: Problem) -> dict[LeverSet, list[FirstTier]]:
    """Ways to serve the smaller model that matter, by the set of levers beside the cascade; empty without one."""
    first = problem.space.first
    if first is None:
        return {}
    levers = problem.scenario.levers.model_copy(update={CASCADE: None})
    models = np.array([] if first.model is None else [first.model], np.int64)
    space = replace(problem.space, models=models, apis=() if first.api is None else (first.api,), first=None)
    scenario = problem.scenario.model_copy(update={"levers": levers})
    inner = build_problem(scenario, space, problem.catalog, first_targets(problem.targets))
    if first.api is not None:
        rows = [api_row(first.api, work, inner.quality.api(first.api)) for work in inner.api_works]
        return {row.work.levers: [_by_api(inner, row)] for row in rows if not row.reason}
    rented = rented_ways(inner.capacities, inner.works, inner.scenario, space.market, inner.catalog)
    limit = next(limit for limit in inner.limits if limit.unit == "replicas")
    rented = rented.take(np.flatnonzero(~small_hosts(inner, rented) & ~limit.broken(rented.peak.astype(np.float64))))
    answered = np.stack(
        [
            latencies_of(inner.capacities, rented.kind, rented.peak, inner.works, first_level(level)).total_s
            for level in LEVELS
        ],
        axis=1,
    )
    work = inner.capacities.replicas.grid.work[rented.kind]
    return {
        one.levers: _worth_a_look(inner, rented, answered, np.flatnonzero(work == w), one)
        for w, one in enumerate(inner.works)
    }


def _by_api(problem: Problem, row: ApiRow) -> FirstTier:
    name = row.choice.api.id
    return FirstTier(
        name, name, _bare(row.cost_usd, row.work), (np.nan, row.latency_s, np.nan), np.nan, problem, None, row
    )


def _worth_a_look(problem: Problem, rented: Rented, answered_s: Floats, rows: Ints, work: Work) -> list[FirstTier]:
    """Those that no other beats on all that adds up: cost, latency at every level that counts, and carbon if asked."""
    scenario = problem.scenario
    counts = [level == P95 or (("total", first_level(level)) in problem.targets) for level in LEVELS]
    losses = np.column_stack([rented.cost_usd, answered_s[:, counts]])
    if "carbon" in scenario.objectives or scenario.constraints.max_carbon is not None:
        losses = np.column_stack([losses, rented.carbon_kg])
    rows = rows[np.isfinite(losses[rows]).all(axis=1)]
    kept = rows[front_rows(losses[rows])]
    found = []
    for row in kept[np.lexsort(losses[kept].T[::-1])].tolist():
        where = _where(problem, rented, row)
        p50, p95, p99 = answered_s[row].tolist()
        found.append(
            FirstTier(
                f"{int(rented.peak[row])} replicas of {where}", where, _bare(float(rented.cost_usd[row]), work),
                (p50, p95, p99), float(rented.carbon_kg[row]), problem, rented.take(np.array([row])), None,
            )
        )  # fmt: skip
    return found


def _bare(cost_usd: float, work: Work) -> float:
    return cost_usd - work.embed_usd - work.upkeep_usd


def _where(problem: Problem, rented: Rented, row: int) -> str:
    """`llama-3.1-8b in fp8 with vllm, each on 1 l40s of runpod …`: all that tells it from others."""
    grid, offers = problem.capacities.replicas.grid, problem.space.market.offers
    kind, o = int(rented.kind[row]), int(rented.offer[row])
    model, gpu = problem.catalog.models[int(grid.model[kind])].id, problem.catalog.gpus[int(grid.gpu[kind])].id
    precision = problem.space.precisions[int(grid.precision[kind])]
    engine = problem.space.engines[int(grid.engine[kind])].id
    tier = str(offers.term[o]) or ("spot" if offers.spot[o] else "on_demand")
    parts = [offers.providers[int(offers.provider[o])], str(offers.instance[o]), str(offers.region[o]), tier]
    scaling = problem.scenario.replicas.scalings[int(rented.scaling[row])]
    place = " ".join(part for part in (*parts, scaling) if part).replace("_", " ")
    price = usd(float(offers.price_usd_per_hour[o]))
    return f"{model} in {precision} with {engine}, {int(grid.cards[kind])} {gpu} each, at {place} ({price}/h)"


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


def pair(works: Sequence[Work], work: Ints, tiers: dict[LeverSet, list[FirstTier]]) -> Paired:
    """Pair ways, given by (n,) indices into `works`, with first tiers."""
    flat: list[FirstTier] = []
    places: dict[LeverSet, list[int]] = {}
    for one, found in tiers.items():
        places[one] = list(range(len(flat), len(flat) + len(found)))
        flat += found
    sets = [one.levers for one in works]
    options = [places.get(one.without(CASCADE), []) if one.has(CASCADE) else [-1] for one in sets]
    sizes = np.array([len(option) for option in options], np.int64)
    counts = sizes[work]
    row = np.repeat(np.arange(len(work)), counts)
    within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    all_of = np.array([place for option in options for place in option], np.int64)
    tier = all_of[(np.cumsum(sizes) - sizes)[work[row]] + within]
    return Paired(row, tier, tuple(flat), int((counts == 0).sum()))
