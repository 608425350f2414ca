"""What a configuration plans for one run; NaN where it does not tell."""

import math

from planner.outcome import Configuration

Banded = tuple[float, float, float]
"""Expected, low and high."""


def gpus(c: Configuration) -> int:
    """On all machines."""
    return c.hardware.count * c.hardware.nodes


def epochs(c: Configuration) -> float:
    """Of the training data."""
    number = c.train.get("epochs")
    return float(number) if isinstance(number, int | float) else math.nan


def hours(c: Configuration) -> Banded:
    """Wall clock."""
    return _known(c.hours), _known(c.hours_lo), _known(c.hours_hi)


def cost_usd(c: Configuration) -> Banded:
    """Of one run: a plan's cost also counts on reruns (`cost_parts.reruns`), which are runs of their own in a log.

    The band is taken to be as wide, as a share, as that of the whole.
    """
    whole = _known(c.cost_usd)
    share = (whole - (c.cost_parts.reruns or 0.0)) / whole if whole > 0.0 else math.nan
    return whole * share, _known(c.cost_usd_lo) * share, _known(c.cost_usd_hi) * share


def usd_per_gpu_hour(c: Configuration) -> float:
    """What an hour of the wall clock costs for each GPU."""
    cost, time = cost_usd(c)[0], hours(c)[0]
    return cost / (time * gpus(c)) if time > 0.0 else math.nan


def quality(c: Configuration) -> Banded:
    """q, from 0 (chance) to 1."""
    return _known(c.quality), _known(c.quality_lo), _known(c.quality_hi)


def _known(figure: float | None) -> float:
    return math.nan if figure is None else figure
