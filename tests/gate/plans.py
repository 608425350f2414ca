"""Configurations for comparisons: one in which everything but what a test names is the same."""

from typing import Any

from planner.outcome import Configuration
from tests.report.sample_configurations import configuration as sample

OFFER = ("l40s", 1, "nebius", "eu-north1", "on_demand", 2.0)


def configuration(
    cost: float = 10.0, quality: float = 0.8, model: str = "llama-3.1-8b", gpu: str = "l40s",
    train: dict[str, Any] | None = None, quality_parts: dict[str, float] | None = None,
) -> Configuration:  # fmt: skip
    """A configuration at this cost with a band of ±20 % and this quality with one of ±0.05."""
    one = sample("llama-3.1-8b", "lora", 1.0, OFFER)
    return one.model_copy(
        update={
            "model": model,
            "train": {**one.train, **(train or {})},
            "hardware": one.hardware.model_copy(update={"gpu": gpu}),
            "cost_usd": cost,
            "cost_usd_lo": cost / 1.2,
            "cost_usd_hi": cost * 1.25,
            "quality": quality,
            "quality_lo": quality - 0.05,
            "quality_hi": quality + 0.05,
            "quality_parts": {"gain": 0.5, "capacity": 0.0, "overfit": 0.0, **(quality_parts or {})},
        }
    )
