"""A run shared between a spot machine and its on-demand twin."""

from typing import Any

import pytest

from planner.outcome import Configuration, Plan
from planner.planning import plan_ready, read_scenario


def plan(tier: str = "on_demand", **train: Any) -> Plan:
    return plan_ready(
        read_scenario(
            {
                "api_version": "planner/v1",
                "kind": "FineTune",
                "metadata": {"name": "shared"},
                "models": ["llama-3.1-8b"],
                "methods": ["lora"],
                "dataset": {"samples": 200_000, "tokens_per_sample": 400},
                "train": train,
                "hardware": {"gpus": ["h100-sxm"], "counts": [8], "providers": ["nebius"], "tiers": [tier]},
                "objectives": ["cost", "time"],
            }
        )
    )


def one(**train: Any) -> Configuration:
    return plan(**train).front[0]


def test_nothing_shared_is_the_plain_run() -> None:
    plain, zero = one(), one(spot_share=0)
    assert (plain.cost_usd, plain.hours, plain.cost_parts) == (zero.cost_usd, zero.hours, zero.cost_parts)


def test_everything_left_to_the_twin_is_the_spot_run() -> None:
    whole = one(spot_share=1)
    spot = next(c for c in plan("spot").front if c.offer.region == whole.offer.region)
    assert (whole.cost_usd, whole.hours) == (spot.cost_usd, spot.hours)
    assert whole.hour_parts == spot.hour_parts


def test_a_half_costs_between_and_starts_twice() -> None:
    none, half, whole = one(), one(spot_share=0.5), one(spot_share=1)
    assert whole.cost_usd is not None
    assert half.cost_usd is not None
    assert none.cost_usd is not None
    assert whole.cost_usd < half.cost_usd < none.cost_usd
    assert half.hour_parts.boot == 2 * none.hour_parts.boot
    assert half.hour_parts.queue == 2 * none.hour_parts.queue
    assert half.hour_parts.data == none.hour_parts.data
    assert 0 < half.hour_parts.preemption < whole.hour_parts.preemption
    assert abs(half.hour_parts.train - none.hour_parts.train) < 1e-9


def test_without_a_twin_there_is_nothing_to_share_with() -> None:
    azure = plan_ready(
        read_scenario(
            {
                "api_version": "planner/v1",
                "kind": "FineTune",
                "metadata": {"name": "no-twin"},
                "models": ["llama-3.1-8b"],
                "methods": ["lora"],
                "dataset": {"samples": 20_000, "tokens_per_sample": 400},
                "train": {"spot_share": 0.5},
                "hardware": {"gpus": ["h100"], "providers": ["azure"]},
                "quality": {"task": "general"},
            }
        ),
        brief=True,
    )
    assert "no spot twin to share with" in azure.infeasible
    assert azure.feasible == 0


@pytest.mark.real
def test_the_share_is_a_continuous_axis() -> None:
    found = plan_ready(
        read_scenario(
            {
                "api_version": "planner/v1",
                "kind": "FineTune",
                "metadata": {"name": "axis"},
                "models": ["llama-3.1-8b"],
                "methods": ["lora"],
                "dataset": {"samples": 200_000, "tokens_per_sample": 400},
                "axes": {"train.spot_share": {"between": [0, 1]}},
                "search": {"evaluations": 200},
                "hardware": {"gpus": ["h100-sxm"], "counts": [8], "providers": ["nebius"]},
                "objectives": ["cost", "time"],
            }
        ),
        brief=True,
    )
    shares = {c.axes["train.spot_share"] for c in found.front}
    assert 0 in shares
    assert len(shares) >= 2
