"""The table of ways against brute force: every combination worked out alone, with plain loops."""

import math
from itertools import product
from typing import Any

import numpy as np
import pytest

from planner.estimate.serving.latency_spread import latency_quantile
from planner.estimate.serving.latency_targets import Target, largest_rate
from planner.kinds.serving.choosing import front_of
from planner.kinds.serving.table import build_table
from planner.units import HOURS_PER_MONTH
from tests.kinds.serving.asked import problem

WEEKS = HOURS_PER_MONTH / 168


def test_rented_ways_are_what_plain_loops_find() -> None:
    one = problem(levers={"exact_cache": {"hit_rate": 0.3}}, hardware__counts=[1, 2], hardware__gpus=["l40s"],
                  replicas={"min": 2, "headroom": 0.7, "cold_start": "5 min"})  # fmt: skip
    table, capacities = build_table(one, every_offer=True), one.capacities
    grid, offers, rented = capacities.replicas.grid, one.space.market.offers, table.rented
    found = {(int(rented.kind[i]), int(rented.scaling[i]), int(rented.offer[i])): i for i in range(len(rented))}
    looked_at = 0
    for kind in range(len(grid)):
        replica = capacities.replicas.take(np.array([kind])).replica()
        rate = float(largest_rate(replica, [Target(0.95, ttft_s=1.0, total_s=20.0)]).rate_per_s[0])
        for offer, (s, scaling) in product(range(len(offers)), enumerate(one.scenario.replicas.scalings)):
            if offers.gpu[offer] != grid.gpu[kind] or offers.gpu_count[offer] < grid.cards[kind]:
                continue
            if math.isnan(rate):
                assert (kind, s, offer) not in found
                continue
            per_machine = int(offers.gpu_count[offer]) // int(grid.cards[kind])
            work = one.works[int(grid.work[kind])]
            hourly = [max(2, math.ceil(round(r * work.burst / (0.7 * rate), 9))) for r in work.requests_per_s.tolist()]
            hourly = [max(hourly)] * 168 if scaling == "fixed" else hourly
            machines = [max(2, math.ceil(n / per_machine)) for n in hourly]
            starts = sum(max(0, now - before) for now, before in zip(machines, [machines[-1], *machines], strict=False))
            usd = float(offers.price_usd_per_hour[offer]) * WEEKS * (sum(machines) + starts * 5 / 60)
            row = found[kind, s, offer]
            assert rented.cost_usd[row] == pytest.approx(usd)
            assert rented.peak[row] == max(hourly)
            looked_at += 1
    assert looked_at == len(rented) > 20


def test_latency_is_that_of_the_busiest_minute_with_all_replicas_behind_one_router() -> None:
    one = problem()
    table = build_table(one)
    row = int(front_of(table.ways, one.scenario.objectives)[0])
    kind, peak = int(table.rented.kind[row]), int(table.rented.peak[row])
    work = one.works[int(one.capacities.replicas.grid.work[kind])]
    replica = one.capacities.replicas.take(np.array([kind])).replica(together=float(peak))
    rate = np.array([work.requests_per_s.max() * work.burst / peak])
    assert table.ways.latency_s[row] == pytest.approx(float(latency_quantile(replica, rate, 0.95).total_s[0]))
    assert table.ways.latency_s[row] <= 20.0


MARKETS: dict[str, dict[str, Any]] = {
    "limits": {
        "precisions": ["bf16", "fp8"], "levers": {"prefix_cache": {}}, "constraints": {"max_cost_per_month": 9000},
    },
    "all tiers, cost and carbon": {
        "hardware__tiers": ["on_demand", "spot", "reserved_1y"], "hardware__providers": "any",
        "hardware__gpus": ["l40s"], "hardware__counts": [1], "objectives": ["cost", "latency", "carbon"],
        "traffic__requests_per_month": "60M",
    },
    "cascade": {
        "models": ["qwen2.5-14b"], "levers": {"cascade": {"first": "llama-3.2-3b"}}, "latency": {"total": "40 s"},
        "hardware__providers": "any", "hardware__counts": [1], "replicas": {"scalings": ["fixed"]},
    },
}  # fmt: skip


@pytest.mark.parametrize("name", MARKETS)
def test_the_front_is_that_of_all_pairs_of_ways_on_all_offers(name: str) -> None:
    one = problem(apis=[], **MARKETS[name])
    objectives = one.scenario.objectives
    everything, table = build_table(one, every_offer=True), build_table(one)
    losses = everything.ways.loss(objectives)
    rows = np.unique(losses[everything.ways.feasible & np.isfinite(losses).all(axis=1)], axis=0)
    undominated = {
        tuple(mine) for mine in rows if not ((rows <= mine).all(axis=1) & (rows < mine).any(axis=1)).any()
    }  # fmt: skip
    front = front_of(table.ways, objectives)
    assert {tuple(row) for row in table.ways.loss(objectives)[front]} == undominated
    assert len(front) == len(undominated) > 0
    assert table.covered == everything.covered
    assert len(table.ways) <= len(everything.ways)


def test_every_combination_is_counted_once() -> None:
    one = problem(models=["llama-3.1-8b", "llama-3.1-70b"], latency__ttft="60 ms", replicas={"max": 4})
    table = build_table(one)
    assert table.covered == int(table.ways.feasible.sum()) + sum(table.reasons.values()) + table.passed_over
    assert len(table.reasons) >= 3


def test_spot_offers_fall_back_on_demand_and_commitments_cover_the_base_load() -> None:
    one = problem(hardware__tiers=["on_demand", "spot"], hardware__providers="any")
    table, offers = build_table(one), one.space.market.offers
    spot = np.flatnonzero(offers.spot[table.rented.offer])
    assert len(spot)
    key = [offers.provider, offers.instance, offers.region]
    seen = 0
    for row in spot[:200]:
        o = int(table.rented.offer[row])
        same = [i for i in range(len(offers)) if not offers.spot[i] and all(c[i] == c[o] for c in key)]
        twin = [
            i for i in np.flatnonzero(np.isin(table.rented.offer, same))
            if table.rented.kind[i] == table.rented.kind[row] and table.rented.scaling[i] == table.rented.scaling[row]
        ]  # fmt: skip
        if twin and offers.price_usd_per_hour[o] < 0.6 * offers.price_usd_per_hour[same[0]]:
            assert table.rented.cost_usd[row] < table.rented.cost_usd[twin[0]]
            seen += 1
    assert seen
