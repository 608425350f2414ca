"""Bands of cost and latency: around the median, wider for engines known less well, in steps as replicas are."""

import numpy as np
import pytest

from planner.kinds.serving.sized import sized_for
from planner.kinds.serving.spreads import bands_of
from planner.kinds.serving.table import build_table
from planner.units import Z90
from tests.kinds.serving.asked import problem


def test_bands_hold_the_median_and_follow_what_replicas_cost() -> None:
    one = problem(engines=["vllm", "tensorrt-llm"], hardware__counts=[1], replicas={"scalings": ["hourly"]},
                  traffic__requests_per_month="30M")  # fmt: skip
    table = build_table(one)
    rows = np.arange(len(table.ways))
    bands = bands_of(one, table, rows)
    known = np.isfinite(table.ways.latency_s)
    assert (bands.cost_low <= table.ways.cost_usd).all()
    assert (bands.cost_high >= table.ways.cost_usd).all()
    assert (bands.latency_low <= table.ways.latency_s)[known].all()
    assert (bands.latency_high >= table.ways.latency_s)[known].all()
    # A way whose replicas are more than the fewest costs more if its engine is slower, by whole machines.
    size = np.hypot(one.capacities.replicas.speed_sd[table.rented.kind], 0.15)
    many = table.rented.peak > 4
    slower = sized_for(one, table.rented, np.exp(Z90 * size))
    assert many.any()
    assert (slower.peak > table.rented.peak)[many].all()
    assert (bands.cost_high[: len(many)] >= slower.cost_usd * (1 - 1e-9))[many].all()


@pytest.mark.parametrize("volume", [0.01, 3.0])
def test_ways_sized_anew_cost_what_a_plan_at_that_volume_says(volume: float) -> None:
    changes = {"hardware__counts": [1], "apis": [], "levers": {"semantic_cache": {"hit_rate": 0.2, "per_month": 50}}}
    here, there = problem(**changes), problem(**changes, traffic__requests_per_month=6e6 * volume)
    rented = build_table(here).rented
    sized = sized_for(here, rented, volume)
    other = build_table(there).rented
    assert sized.cost_usd == pytest.approx(other.cost_usd)
    assert (sized.peak == other.peak).all()
