"""Preemptible machines: expected billed time and the best checkpoint interval (DOMAIN 5.1, 5.3).

Lives are taken as exponential: replayed on public traces this is right for means, as long as checkpoints are written
more often than machines are lost. Bands need heavier tails: `spot_spread`.
"""

from typing import Any, Final

import numpy as np
from scipy.special import lambertw

from planner.catalog.preemption import WAIT_HOURS
from planner.catalog.rows import Floats

NEVER_HOURS: Final = 1e12
"""What takes longer is taken as this long: checkpoints so rare that the expectation overflows."""
PRIOR_SHAPE, PRIOR_RATE_HOURS = 2.0, 8.0
"""Gamma prior of the preemption rate where nothing is known: mean 0.25 per running hour (DOMAIN 5.3)."""


def best_interval_hours(rate_per_hour: Floats, checkpoint_hours: Floats) -> Floats:
    """Checkpoint interval that minimises billed time: M*(1 + W0(-exp(-(1 + d/M)))), M = 1/rate (exact)."""
    mean_life = 1.0 / rate_per_hour
    argument: Any = -np.exp(-(1.0 + checkpoint_hours / mean_life))
    branch: Floats = np.real(lambertw(argument))
    return mean_life * (1.0 + branch)


def young_interval_hours(rate_per_hour: Floats, checkpoint_hours: Floats) -> Floats:
    """Young 1974: sqrt(2*d*M)."""
    return np.sqrt(2.0 * checkpoint_hours / rate_per_hour)


def daly_interval_hours(rate_per_hour: Floats, checkpoint_hours: Floats) -> Floats:
    """Daly 2006: a higher-order estimate of the same optimum; the mean life where checkpoints take over twice that."""
    mean_life = 1.0 / rate_per_hour
    half = checkpoint_hours / (2.0 * mean_life)
    estimate = np.sqrt(2.0 * checkpoint_hours * mean_life) * (1.0 + np.sqrt(half) / 3.0 + half / 9.0)
    return np.where(checkpoint_hours < 2.0 * mean_life, estimate - checkpoint_hours, mean_life)


def expected_billed_hours(
    work_hours: Floats,
    interval_hours: Floats,
    checkpoint_hours: Floats,
    restart_hours: Floats,
    rate_per_hour: Floats,
) -> Floats:
    """Expected billed hours: (W/tau) * e^(lam*R) * (e^(lam*(tau+d)) - 1)/lam.

    Work that is shorter than the interval is one segment of its own length. A rate of 0 costs the checkpoints only.
    At most `NEVER_HOURS`.
    """
    interval = np.minimum(interval_hours, np.maximum(work_hours, 1e-9))
    segments = work_hours / interval
    rate = np.maximum(rate_per_hour, 1e-12)
    with np.errstate(over="ignore"):
        expected = segments * np.exp(rate * restart_hours) * np.expm1(rate * (interval + checkpoint_hours)) / rate
    return np.minimum(expected, NEVER_HOURS)


def certain_hours(work_hours: Floats, interval_hours: Floats, checkpoint_hours: Floats) -> Floats:
    """Billed hours without a preemption: work and its checkpoints, W*(1 + d/tau)."""
    return work_hours + checkpoint_hours * work_hours / np.minimum(interval_hours, np.maximum(work_hours, 1e-9))


def expected_wall_hours(billed_hours: Floats, rate_per_hour: Floats, wait_hours: Floats | float = WAIT_HOURS) -> Floats:
    """Expected wall-clock hours: billed time and the wait after each of `rate * billed` preemptions."""
    return billed_hours * (1.0 + rate_per_hour * wait_hours)


def rate_posterior(preemptions: float, hours: float) -> tuple[float, float]:
    """Shape and rate of the Gamma posterior of the preemption rate after a user's own history (DOMAIN 5.3)."""
    return PRIOR_SHAPE + preemptions, PRIOR_RATE_HOURS + hours
