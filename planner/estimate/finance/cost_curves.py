"""Cost by volume, straight between its corners, and where two such curves cross (DOMAIN 9.4, MISSION D8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.checks import Numbers, check_above_zero, check_at_least

Side = Literal["left", "right"]
_SAME: Final = 1e-12
"""Costs this near to each other, beside their size, are the same."""
_MOST_STEPS: Final = 100_000


@dataclass(frozen=True, slots=True)
class CostCurve:
    """USD by volume: straight between corners, and beyond the last one by its slope.

    A volume that stands twice is a step: its first cost is that of volumes up to it, its second that beyond.

    Raises:
        ValueError: corners that do not begin at volume 0, go back, stand three times, or are unknown or infinite.
    """

    volumes: Floats
    """(corners,) from 0 on."""
    usd: Floats
    """(corners,)."""
    usd_per_unit_beyond: float
    """Of each unit of volume past the last corner."""

    def __post_init__(self) -> None:
        if np.shape(self.volumes) != np.shape(self.usd) or np.ndim(self.volumes) != 1 or not len(self.volumes):
            message = "a cost curve needs as many costs as volumes, one at least"
            raise ValueError(message)
        if not np.isfinite([*self.volumes, *self.usd, self.usd_per_unit_beyond]).all():
            message = "a cost curve holds an unknown or infinite number, so nothing can be said about where it crosses"
            raise ValueError(message)
        steps = np.diff(self.volumes)
        if self.volumes[0] != 0.0 or (steps < 0.0).any() or ((steps[1:] == 0.0) & (steps[:-1] == 0.0)).any():
            message = "the volumes of a cost curve begin at 0 and go up; a volume may stand twice, for a step"
            raise ValueError(message)

    def usd_at(self, volume: Numbers) -> Floats:
        """Cost of volumes from 0 on; at a step the cost of volumes up to it."""
        return self._at(check_at_least(volume, 0.0, "volume"), "left")

    def usd_beyond(self, volume: Numbers) -> Floats:
        """The same, at a step the cost just beyond it."""
        return self._at(check_at_least(volume, 0.0, "volume"), "right")

    def _at(self, volume: Floats, side: Side) -> Floats:
        place = np.searchsorted(self.volumes, volume, side=side)
        left = np.clip(place - 1, 0, len(self.volumes) - 1)
        right = np.minimum(place, len(self.volumes) - 1)
        run = self.volumes[right] - self.volumes[left]
        inside = (place > 0) & (place < len(self.volumes))
        rise = self.usd[right] - self.usd[left]
        slope = np.where(
            inside, rise / np.where(run > 0.0, run, 1.0), np.where(place > 0, self.usd_per_unit_beyond, 0.0)
        )
        usd = self.usd[left] + slope * (volume - self.volumes[left])
        return np.where(np.isnan(volume), np.nan, usd)


def linear_curve(fixed_usd: float, usd_per_unit: float) -> CostCurve:
    """A fixed cost and a price of each unit."""
    return CostCurve(np.zeros(1), np.array([fixed_usd], np.float64), usd_per_unit)


def tiered_curve(fixed_usd: float, tiers: Sequence[tuple[float, float]]) -> CostCurve:
    """A fixed cost and prices that change with the volume: (volume from which on, USD per unit), the first from 0.

    Raises:
        ValueError: no tiers, or volumes that do not begin at 0 or go back.
    """
    if not tiers:
        message = "tiers of a price need one at least"
        raise ValueError(message)
    volumes = np.array([volume for volume, _ in tiers], np.float64)
    prices = np.array([price for _, price in tiers], np.float64)
    usd = fixed_usd + np.concatenate([[0.0], np.cumsum(np.diff(volumes) * prices[:-1])])
    return CostCurve(volumes, usd, float(prices[-1]))


def stepped_curve(usd_per_step: float, step: float, most_volume: float, usd_per_unit: float = 0.0) -> CostCurve:
    """Capacity bought whole: ceil(volume/step) times a price, one at least; past `most_volume` without steps.

    Beyond it the curve goes on by the mean price of a unit.

    Raises:
        ValueError: a step of 0 or less, or more than 100,000 steps.
    """
    check_above_zero(step, "step of the volume")
    count = int(np.ceil(check_at_least(most_volume, 0.0, "largest volume") / step))
    if count > _MOST_STEPS:
        message = f"{count:,} steps are more than {_MOST_STEPS:,}; give a smaller largest volume, or a price per unit"
        raise ValueError(message)
    edges = np.arange(1, count + 1) * step
    volumes = np.concatenate([[0.0], np.repeat(edges, 2)])
    bought = np.concatenate([[1.0], np.repeat(np.arange(1, count + 1), 2) + np.tile([0.0, 1.0], count)])
    usd = bought * usd_per_step + volumes * usd_per_unit
    return CostCurve(volumes, usd, usd_per_unit + usd_per_step / step)


@dataclass(frozen=True, slots=True)
class Crossover:
    """A volume at which the cheaper of two curves changes."""

    volume: float
    """From which on the two cost the same or have changed places."""
    until: float
    """To which they cost the same; mostly the volume itself."""
    first_is_cheaper_after: bool
    at_a_step: bool
    """They change places across a step, without costing the same there."""


def crossovers(first: CostCurve, second: CostCurve) -> tuple[Crossover, ...]:
    """Every volume at which the cheaper of two curves changes, exactly: between corners both are straight.

    Where they only touch, nothing changes. None where one is the cheaper, or as cheap, at all volumes.
    """
    corners = np.union1d(first.volumes, second.volumes)
    places = np.repeat(corners, 2)
    ours, theirs = (
        np.stack([curve.usd_at(corners), curve.usd_beyond(corners)], axis=1).ravel() for curve in (first, second)
    )
    gaps = ours - theirs
    gaps[np.abs(gaps) <= _SAME * np.maximum(np.abs(ours), np.abs(theirs))] = 0.0
    found: list[Crossover] = []
    held, since = 0.0, 0
    for k in np.flatnonzero(gaps).tolist():
        if np.sign(held) * np.sign(gaps[k]) < 0.0:
            found.append(_crossover(places, gaps, since, k))
        held, since = gaps[k], k
    beyond = first.usd_per_unit_beyond - second.usd_per_unit_beyond
    if np.sign(held) * np.sign(beyond) < 0.0:
        level = since + 1 < len(gaps)  # equal from a corner on, and apart again beyond the last one
        with np.errstate(over="ignore"):
            at = places[since + 1] if level else places[-1] - gaps[-1] / beyond
        found.append(Crossover(float(at), float(places[-1] if level else at), bool(beyond < 0.0), at_a_step=False))
    return tuple(found)


def _crossover(places: Floats, gaps: Floats, since: int, k: int) -> Crossover:
    """Between two neighbouring gaps of different sign, or zeros between them."""
    if k - since > 1:
        return Crossover(float(places[since + 1]), float(places[k - 1]), bool(gaps[k] < 0.0), at_a_step=False)
    run = places[k] - places[since]
    at = float(places[since] + run * gaps[since] / (gaps[since] - gaps[k]))
    return Crossover(at, at, bool(gaps[k] < 0.0), at_a_step=bool(run == 0.0))


def crossover_volume(fixed_usd: Numbers, api_usd_per_unit: Numbers, marginal_usd_per_unit: Numbers = 0.0) -> Floats:
    """Volume from which a fixed cost pays: V* = fixed/(p_api - p_marginal) (DOMAIN 9.4), in columns of draws.

    Infinite where each unit costs as much or more on one's own: it never does.

    Raises:
        ValueError: a negative fixed cost.
    """
    fixed = check_at_least(fixed_usd, 0.0, "fixed cost")
    saved = np.asarray(api_usd_per_unit, np.float64) - marginal_usd_per_unit
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(saved <= 0.0, np.where(np.isnan(fixed), np.nan, np.inf), fixed / saved)
