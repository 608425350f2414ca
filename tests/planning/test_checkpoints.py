"""The checkpoint interval: the exact optimum on spot machines, or the scenario's own (DOMAIN 5.1)."""

from typing import Any

import pytest

import planner
from planner.outcome import Configuration
from planner.planning import plan_ready, read_scenario


def cheapest(tier: str, **train: Any) -> Configuration:
    ready = read_scenario(
        {
            "api_version": "planner/v1",
            "kind": "FineTune",
            "metadata": {"name": "checkpoints"},
            "models": ["llama-3.1-8b"],
            "methods": ["full"],
            "dataset": {"samples": 400_000, "tokens_per_sample": 420},
            "train": train,
            "hardware": {"gpus": ["h100-sxm"], "counts": [8], "providers": ["gcp"], "tiers": [tier]},
            "objectives": ["cost"],
        }
    )
    plan = plan_ready(ready, brief=True)
    assert plan.front
    return plan.front[0]


def test_no_interval_beats_the_optimum_on_spot() -> None:
    best = cheapest("spot")
    interval = best.train["checkpoint_interval_hours"]
    for factor in (0.2, 0.7, 1.4, 5.0):
        other = cheapest("spot", checkpoint_interval_hours=interval * factor)
        assert other.train["checkpoint_interval_hours"] == pytest.approx(interval * factor)
        assert (other.cost_usd or 0) > (best.cost_usd or 0), factor
    same = cheapest("spot", checkpoint_interval_hours=interval)
    assert same.cost_usd == pytest.approx(best.cost_usd, rel=1e-3)


def test_saving_more_often_takes_longer_on_demand() -> None:
    once, often = cheapest("on_demand"), cheapest("on_demand", checkpoint_interval_hours=0.1)
    assert often.hour_parts.checkpoints > once.hour_parts.checkpoints
    assert (often.hours or 0) > (once.hours or 0)


def test_a_spot_run_that_is_lost_before_the_next_checkpoint_is_refused() -> None:
    """Spot without checkpoints is no plan; such combinations are cut and counted, not ranked."""
    plan = planner.plan(
        {
            "api_version": "planner/v1",
            "kind": "FineTune",
            "metadata": {"name": "endless"},
            "models": ["llama-3.1-8b"],
            "methods": ["qlora"],
            "dataset": {"samples": 20_000_000, "tokens_per_sample": 400},
            "train": {"checkpoint_interval_hours": 100_000},
            "hardware": {"gpus": ["l4"], "counts": [1], "tiers": ["on_demand", "spot"], "providers": ["gcp"]},
        }
    )
    assert plan.infeasible["checkpoints further apart than a spot machine lasts"] > 0
    assert {c.offer.tier for c in plan.front} == {"on_demand"}
