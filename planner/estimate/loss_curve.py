"""Loss after fine-tuning on more data, extrapolated from a user's last two pilots, with its band (DOMAIN 4.1).

The rule extends the last slope of ln loss over ln examples. Measured curves bend downwards, so that it promises too
high a loss: by 3 % at 8 times the data. One bend, the same for every curve, takes that away; on tasks and families of
models that it was not fitted on it lowers the error too. The constants come from 60 published curves (two tasks, 30
models, 200 to 1,638,400 examples; Lin et al., ICML 2024) [R], and `tests/benchmarks/curves.py` fits them again.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.estimate.bands import band

BEND: Final = -0.0119
"""Second derivative of ln loss by ln examples: each doubling makes the slope 0.008 steeper [R]."""
SLOPE_SD: Final = 0.0344
"""How far the slope of the last two measurements is from the one that follows, per unit of ln examples [R].

The same for pilots 2, 4 and 8 times apart. Pilots closer than a doubling were not measured; their noise adds to this.
"""
BEND_SD: Final = 0.0059
"""How far the bend of one curve is from `BEND` [R]."""
FARTHEST: Final = 8.0
"""Times the data up to which an extrapolation is called sound (DOMAIN 4.3, rule 4)."""


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """Loss at a target, its central 90 % band, and how far out it lies."""

    loss: Floats
    low: Floats
    high: Floats
    factor: Floats
    """Target over the last measured number of examples."""
    too_far: Bools
    """Beyond 8 times the data: say so wherever the loss is shown."""


def last_slope(examples: Floats, losses: Floats) -> Floats:
    """Slope of ln loss over ln examples between the last two measurements; measurements along the last axis."""
    ln_examples, ln_losses = np.log(examples[..., -2:]), np.log(losses[..., -2:])
    return np.asarray(np.diff(ln_losses)[..., 0] / np.diff(ln_examples)[..., 0])


def last_slope_loss(examples: Floats, losses: Floats, target: Floats | float) -> Floats:
    """The bare rule: L2 * (D/D2)^(ln(L2/L1)/ln(D2/D1)), in the unit of `losses` (DOMAIN 4.1, case T-4.5)."""
    return np.asarray(losses[..., -1] * (target / examples[..., -1]) ** last_slope(examples, losses))


def bend_path(ln_factor: Floats, ln_gap: Floats | float) -> Floats:
    """What a bend of 1 adds to ln loss, `ln_factor` past two measurements that lie `ln_gap` apart: x*(x + g)/2.

    A parabola whose chord over the gap has the measured slope; exact for a constant second derivative.
    """
    return ln_factor * (ln_factor + ln_gap) / 2.0


def spread(ln_factor: Floats, ln_gap: Floats | float, slope_sd: float = SLOPE_SD, bend_sd: float = BEND_SD) -> Floats:
    """Standard deviation of ln loss: errors of the slope and of the bend, each times the way they work over."""
    return np.hypot(slope_sd * ln_factor, bend_sd * bend_path(ln_factor, ln_gap))


def extrapolate(examples: Floats, losses: Floats, target: Floats | float) -> Extrapolation:
    """Loss at `target` examples from the last two of several measurements, the bend included, with a 90 % band.

    `examples` and `losses` hold measurements along the last axis, in growing order. The band widens with the factor,
    also past 8 times the data. Nothing is said (NaN) of targets below the last measurement.
    """
    factor = np.asarray(target / examples[..., -1])
    ahead = np.log(np.where(factor >= 1.0, factor, np.nan))
    gap = np.log(examples[..., -1] / examples[..., -2])
    loss = last_slope_loss(examples, losses, target) * np.exp(BEND * bend_path(ahead, gap))
    low, high = band(loss, spread(ahead, gap))
    return Extrapolation(loss, low, high, factor, factor > FARTHEST)
