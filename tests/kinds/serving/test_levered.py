"""Neighbours of decisions: quantised and plain, on spot and on demand, by the hour and fixed."""

import numpy as np
import pytest

from planner.kinds.serving.choosing import front_of
from planner.kinds.serving.levered import QUANTISATION, RESERVATION, SCALED, SPOT, pairs_of
from planner.kinds.serving.table import build_table
from tests.kinds.serving.asked import problem


def test_other_choices_are_held_against_the_plain_one_on_the_same_machine() -> None:
    one = problem(precisions=["bf16", "fp8"], hardware__gpus=["h100-sxm"], hardware__providers="any", apis=[],
                  hardware__counts=[1], hardware__tiers=["on_demand", "spot", "reserved_1y"],
                  levers={"prefix_cache": {}}, traffic__requests_per_month="60M")  # fmt: skip
    table, offers, grid = build_table(one), one.space.market.offers, one.capacities.replicas.grid
    seen = set()
    for row in front_of(table.ways, ("cost", "latency", "quality", "carbon")).tolist():
        for pair in pairs_of(one, table, row):
            assert row in (pair.with_it, pair.without)
            seen.add(pair.lever)
            both = [pair.with_it, pair.without]
            precision = [one.space.precisions[grid.precision[table.rented.kind[i]]] for i in both]
            at = [int(table.rented.offer[i]) for i in both]
            if pair.lever == QUANTISATION:
                assert precision == ["fp8", "bf16"]
            else:
                assert precision[0] == precision[1]
            if pair.lever in (SPOT, RESERVATION):
                assert [bool(offers.spot[o]) for o in at] == [pair.lever == SPOT, False]
                assert [offers.term[o] != "" for o in at] == [pair.lever == RESERVATION, False]
                assert offers.instance[at[0]] == offers.instance[at[1]]
            if pair.lever in SCALED.values():
                assert [int(table.rented.scaling[i]) for i in both] == [1, 0]
    assert {QUANTISATION, SPOT, "prefix_cache", SCALED["hourly"]} <= seen


def test_a_lever_beside_a_cascade_keeps_its_first_tier() -> None:
    one = problem(apis=[], models=["qwen2.5-14b"], latency={}, hardware__counts=[1], replicas={"scalings": ["fixed"]},
                  levers={"prefix_cache": {}, "cascade": {"first": "llama-3.2-3b", "upfront": 100}})  # fmt: skip
    table = build_table(one)
    rows = [row for row in range(len(table.rented)) if table.tiers[row] is not None]
    pairs = {pair.lever: pair for pair in pairs_of(one, table, rows[0])}
    cached, alone = (table.tiers[i] for i in (pairs["prefix_cache"].with_it, pairs["prefix_cache"].without))
    assert cached is not None
    assert alone is not None
    assert cached.where == alone.where
    assert table.tiers[pairs["cascade"].without] is None
    assert np.isfinite(table.ways.cost_usd[pairs["cascade"].without])
    assert table.ways.cost_usd[rows[0]] == pytest.approx(
        table.rented.cost_usd[rows[0]] + (table.tiers[rows[0]] or cached).cost_usd
    )
