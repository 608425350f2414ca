"""Offers that are passed over change no front, whatever prices, losses, starts and hosts are."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from planner.kinds.serving.choosing import front_of
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.table import build_table
from tests.kinds.serving.asked import problem

OBJECTIVES = ("cost", "latency", "quality", "carbon")


@cache
def small() -> Problem:
    """One card of many providers, on spot too."""
    return problem(apis=[], latency={}, hardware__gpus=["l40s"], hardware__counts=[1, 2], hardware__providers="any",
                   hardware__tiers=["on_demand", "spot"])  # fmt: skip


def shaken(seed: int) -> Problem:
    """The same with other offers: coarse figures, so that many are alike in some, and some unknown."""
    one, draw = small(), np.random.default_rng(seed)
    market = one.space.market
    offers, n = market.offers, len(market.offers)

    def some(*values: float) -> np.ndarray:
        return draw.choice(np.array(values), n)

    told = replace(
        offers,
        price_usd_per_hour=some(0.5, 1.0, 1.1, 2.0),
        preemption_per_hour=np.where(offers.spot, some(0.05, 0.2), np.nan),
        wait_hours=np.where(offers.spot, some(0.1, 2.0), np.nan),
        boot_s=some(30.0, 600.0),
        weights_gb_per_s=some(0.2, 2.0),
        grid_kg_per_kwh=some(0.05, 0.4, np.nan),
        memory_gib=some(8.0, 200.0, np.nan),
    )
    return replace(one, space=replace(one.space, market=replace(market, offers=told)))


@pytest.mark.parametrize("seed", range(6))
def test_the_front_is_that_of_every_offer(seed: int) -> None:
    one = shaken(seed)
    fronts = []
    for every_offer in (True, False):
        table = build_table(one, every_offer=every_offer)
        found = [
            {tuple(row) for row in table.ways.loss(names)[front_of(table.ways, names)]}
            for names in (OBJECTIVES, OBJECTIVES[:2])
        ]
        fronts.append(found)
    assert fronts[0] == fronts[1]
    assert all(fronts[0])
    assert table.passed_over > 0
    assert table.covered == build_table(one, every_offer=True).covered
