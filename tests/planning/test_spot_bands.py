"""The bands of a plan on spot machines: bursts of preemptions, unknown rates and waits (DOMAIN 5.2, 5.3)."""

import numpy as np
import pytest

from planner.outcome import Configuration
from planner.planning import plan_ready, read_scenario


def cheapest(tier: str, samples: int) -> Configuration:
    ready = read_scenario(
        {
            "api_version": "planner/v1",
            "kind": "FineTune",
            "metadata": {"name": "spot-bands"},
            "models": ["llama-3.1-8b"],
            "methods": ["lora"],
            "dataset": {"samples": samples, "tokens_per_sample": 420},
            "hardware": {"gpus": ["h100-sxm"], "counts": [1], "providers": ["gcp"], "tiers": [tier]},
            "objectives": ["cost"],
        }
    )
    plan = plan_ready(ready, brief=True)
    assert plan.front
    return plan.front[0]


def relative(low: float | None, high: float | None) -> float:
    """Half-width of a band on ln."""
    return float(np.log((high or np.nan) / (low or np.nan))) / 2.0


@pytest.mark.parametrize("samples", [20_000, 400_000])
def test_preemptions_widen_the_bands_and_waits_more_so(samples: int) -> None:
    spot, owned = cheapest("spot", samples), cheapest("on_demand", samples)
    hours = [relative(c.hours_lo, c.hours_hi) for c in (spot, owned)]
    assert hours[0] > hours[1]
    assert relative(spot.cost_usd_lo, spot.cost_usd_hi) < hours[0] + relative(1.0, 1.2)
