"""How the errors of a combination's time and cost go together, and the chance that it keeps to several limits at once.

Time and cost share the error of the speed, of the number of tokens, of the overheads, and the luck of spot machines;
the price moves the cost alone. On ln these add up to two correlated normal errors, with the very spreads of
`Joined.spreads`, so the chance of keeping to both is `orthant.both_below` exactly: what a Monte-Carlo over those shared
factors tends to, without its noise. The spread of emissions is that of power and grid intensity
(`bands.CARBON_SD`), which neither shares.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from planner.catalog.rows import Bools, Floats
from planner.estimate import bands
from planner.estimate.joined import Joined
from planner.estimate.orthant import both_below

MEDIAN = 0.5
"""A limit kept with less than this is broken by the median itself."""


@dataclass(frozen=True, slots=True)
class RunErrors:
    """Spreads of ln time and ln cost of combinations, and their covariance."""

    hours_sd: Floats
    cost_sd: Floats
    covariance: Floats

    @property
    def correlation(self) -> Floats:
        """Between ln time and ln cost; never negative."""
        return np.asarray(np.minimum(self.covariance / (self.hours_sd * self.cost_sd), 1.0))


def run_errors(joined: Joined) -> RunErrors:
    """Spreads of time and cost as `Joined.spreads` has them, and what they share."""
    hours_sd, cost_sd = joined.spreads()
    parts = joined.timing.hours
    running = (parts.train + parts.evaluate + parts.preemption) / joined.hours
    shared = (running * bands.combined(joined.speed_sd, joined.tokens_sd)) ** 2
    shared = shared + ((1.0 - running) * bands.OVERHEAD_SD) ** 2
    return RunErrors(hours_sd, cost_sd, shared + luck_covariance(joined))


def luck_covariance(joined: Joined) -> Floats:
    """Covariance of ln hours and ln billed hours for the loss of spot machines; 0 on demand.

    Both count the same preemptions: billed hours the lost work, wall-clock hours the lost work and the waits, in the
    same proportion; how long each wait is moves the wall-clock alone (`spot_spread.sd_hours`).
    """
    wall_sd, billed_sd = joined.luck()
    billed, wall = joined.luck_hours()
    lost = joined.timing.lost_hours
    preempted = (billed > 0) & (wall > 0) & (lost > 0)
    waited = joined.timing.preemptions * joined.offers.wait_hours
    same = np.where(preempted, billed * (lost + waited), 0.0) / np.where(preempted, lost * wall, 1.0)
    return np.asarray(np.minimum(same, 1.0) * wall_sd * billed_sd)


@dataclass(frozen=True, slots=True)
class Kept:
    """The limits that are to hold together; None where there is none."""

    max_cost_usd: float | None = None
    deadline_hours: float | None = None
    max_carbon_kg: float | None = None

    def any(self) -> bool:
        """Whether there is a limit at all."""
        return self.max_cost_usd is not None or self.deadline_hours is not None or self.max_carbon_kg is not None

    def probability(self, errors: RunErrors, figures: Mapping[str, Floats], wanted: float | None = None) -> Floats:
        """Chance that all limits hold; NaN where a figure is unknown. `figures`: cost, time and carbon, as limited.

        `wanted` is a probability to compare with: what is surely on one side of it, and not worth the exact figure,
        has a bound on that side instead. Every limit alone is kept at least as surely as all together; and as errors
        are never opposed, all together at least as surely as independent ones would be (Slepian 1962).
        """
        hours = _deviations(self.deadline_hours, figures.get("time"), errors.hours_sd)
        cost = _deviations(self.max_cost_usd, figures.get("cost"), errors.cost_sd)
        carbon = _deviations(self.max_carbon_kg, figures.get("carbon"), np.asarray(bands.CARBON_SD))
        alone = [ndtr(bound) for bound in (hours, cost, carbon) if bound is not None]
        independent = np.asarray(np.prod(np.broadcast_arrays(*alone), axis=0))
        if hours is None or cost is None:
            return independent
        likeliest = np.minimum.reduce(np.broadcast_arrays(*alone))
        near: Bools = np.ones(independent.shape, bool)
        if wanted is not None:
            near = (likeliest >= min(wanted, MEDIAN)) & (independent < wanted)
        found = np.where(independent < (wanted or 0.0), likeliest, independent)
        shape = independent.shape
        both = both_below(*(np.broadcast_to(x, shape)[near] for x in (hours, cost, errors.correlation)))
        found[near] = both if carbon is None else both * ndtr(np.broadcast_to(carbon, shape)[near])
        return found


def _deviations(limit: float | None, median: Floats | None, sd: Floats) -> Floats | None:
    """How many standard deviations a limit is above the median, on ln."""
    if limit is None or median is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(limit / median) / sd)
