"""How far a spot run's billed and wall-clock hours may lie from their means: lives of spot machines are heavy-tailed.

Exponential lives give the right mean and far too narrow a band: it holds two runs in three. Preemptions come in
bursts: a new machine is often lost soon, and bad hours follow bad hours. So the variance of their number in T running
hours is more than the mean, by a factor that grows from 1 as T does. All else follows from the mean cost of a
preemption (DOMAIN 5.1). Fitted on public traces of nine zones (AWS, one V100, 45 days; DOMAIN 5.2) [R];
`tests/benchmarks/spot_traces.py` fits on eight of them and replays on the ninth.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from scipy.special import gammaincinv

from planner.catalog.preemption import WAIT_HOURS
from planner.catalog.rows import Floats
from planner.units import Z90


@dataclass(frozen=True, slots=True)
class Bursts:
    """How preemptions gather."""

    size: float
    """Variance over mean of their number in a long time, less the 1 of independent ones."""
    hours: float
    """Running hours after which half of that has built up."""


MEASURED: Final = Bursts(6.8, 11.0)
"""All nine zones [R]."""
INDEPENDENT: Final = Bursts(0.0, 1.0)
"""Exponential lives, to compare with."""
RATE_SD: Final = 0.9
"""Spread, on ln, of the preemption rate between zones: what is not known of a zone without a history [R]."""
RATE_CV: Final = float(np.sqrt(np.expm1(RATE_SD**2)))
"""The same as a coefficient of variation."""
WAIT_CV: Final = 1.9
"""Coefficient of variation of the wait for capacity; 1.3 to 2.6 by zone [R]."""
WAIT_LEVEL_SD: Final = 0.5
"""Spread, on ln, of the mean wait between zones [R]."""
LEAST_USEFUL: Final = 0.05
"""Under 5 % useful hours the first-order spread stops growing: such a run is lost anyway [E]."""
TAIL: Final = 0.05
"""Either tail of a central 90 % band."""


def count_dispersion(hours: Floats, bursts: Bursts = MEASURED) -> Floats:
    """Variance over mean of the number of preemptions in `hours` running hours: 1 + B*T/(T + h)."""
    return 1.0 + bursts.size * hours / (hours + bursts.hours)


def _count_cv2(expected: Floats, lost: Floats, preemptions: Floats, rate_cv: Floats | float, bursts: Bursts) -> Floats:
    """Squared coefficient of variation of the number of preemptions, and of the hours they cost.

    (F(T)/N + cv_rate^2)/(1 - lost share)^2: hours that are lost are hours in which more can be lost.
    """
    useful = np.maximum(1.0 - lost / expected, LEAST_USEFUL)
    return (count_dispersion(expected, bursts) / preemptions + np.square(rate_cv)) / np.square(useful)


def billed_band(
    expected_hours: Floats,
    lost_hours: Floats,
    rate_per_hour: Floats | float,
    rate_cv: Floats | float = RATE_CV,
    bursts: Bursts = MEASURED,
) -> tuple[Floats, Floats]:
    """Central 90 % band of billed hours, with `expected_hours` as their mean and `lost_hours` of it lost.

    Work and checkpoints are certain; the lost hours are gamma distributed. Where no preemption at all has a chance of
    5 % (counts taken as negative binomial), the band starts at work and checkpoints. `rate_cv` is 0 for a rate that
    is known, and 1/sqrt(shape) after a history (`spot.rate_posterior`).
    """
    expected, lost = np.broadcast_arrays(np.asarray(expected_hours, float), lost_hours)
    preemptions = np.maximum(rate_per_hour * expected, 1e-12)
    cv2 = _count_cv2(expected, lost, preemptions, rate_cv, bursts)
    ratio = np.maximum(preemptions * cv2, 1.0 + 1e-9)
    spared = np.exp(-preemptions * np.log(ratio) / (ratio - 1.0))
    certain = expected - lost
    low = np.where(spared > TAIL, 0.0, lost * cv2 * gammaincinv(1.0 / cv2, TAIL))
    high = lost * cv2 * gammaincinv(1.0 / cv2, 1.0 - TAIL)
    return certain + low, np.maximum(certain + high, expected)


def sd_hours(
    expected_hours: Floats,
    lost_hours: Floats,
    rate_per_hour: Floats | float,
    wait_hours: Floats | float = WAIT_HOURS,
    rate_cv: Floats | float = RATE_CV,
) -> tuple[Floats, Floats]:
    """Standard deviations, in hours, of billed and of wall-clock hours; 0 where nothing is preempted.

    A wait follows every preemption: its number varies like the lost hours, its length on top of that.
    """
    preempted = np.asarray(rate_per_hour * expected_hours > 0.0)
    expected = np.where(preempted, expected_hours, 1.0)
    preemptions = np.where(preempted, rate_per_hour * expected, 1.0)
    lost = np.where(preempted, lost_hours, 0.0)
    cv = np.sqrt(_count_cv2(expected, lost, preemptions, rate_cv, MEASURED))
    waited = preemptions * wait_hours
    lengths = np.sqrt(preemptions) * WAIT_CV * wait_hours
    levels = waited * np.sqrt(np.expm1(WAIT_LEVEL_SD**2))
    wall = np.hypot(np.hypot(cv * (lost + waited), lengths), levels)
    return np.where(preempted, cv * lost, 0.0), np.where(preempted, wall, 0.0)


@cache
def _upper_ends() -> tuple[Floats, Floats]:
    """Ln of coefficients of variation, and 95 % quantiles of gamma variables with mean 1 that have them.

    So rare a loss that fewer than one run in twenty meets it has a quantile of 0; it keeps that of a less rare one.
    """
    ln_cv = np.linspace(-6.0, 6.0, 601)
    cv2 = np.exp(2.0 * ln_cv)
    return ln_cv, np.maximum.accumulate(cv2 * gammaincinv(1.0 / cv2, 1.0 - TAIL))


def ln_spread(total_hours: Floats, uncertain_hours: Floats, sd: Floats) -> Floats:
    """Spread of ln hours that puts the upper end of a lognormal 90 % band where the gamma distributed hours put it.

    `uncertain_hours` of `total_hours` have the standard deviation `sd`, in hours; the others are certain.
    """
    uncertain = np.asarray((uncertain_hours > 0.0) & (sd > 0.0))
    ln_cv = np.log(np.where(uncertain, sd, 1.0)) - np.log(np.where(uncertain, uncertain_hours, 1.0))
    more = np.where(uncertain, uncertain_hours / total_hours, 0.0) * (np.interp(ln_cv, *_upper_ends()) - 1.0)
    return np.asarray(np.log1p(np.maximum(more, 0.0)) / Z90)
