"""What a change is worth: savings with bands, how sure they are, and whether they are worth telling.

Both sides of a difference share most of their errors: tokens, overheads and, on the same card and stack, the speed.
The spread of the ratio is that of `decide.beats`; what the decided configuration's own band holds beyond its part in
it moves both sides together.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from scipy.special import expit, ndtri
from scipy.stats.qmc import Sobol

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.decide import RESIDUAL_SD, SAME_QUALITY, Points, beats, quality_gap, ratio_sd
from planner.units import Z90

SURE: Final = 0.8
"""Probability from which a saving, or a loss, is more than noise [E]."""
LEAST_SAVING: Final = 0.03
"""Share of cost or time that a saving is at least worth [E]."""
LEAST_FOR_A_PRICE: Final = 0.10
"""The same where something else gets worse by more than noise [E]."""
HAIR: Final = 0.01
"""Share by which what a decision was taken for may be worse in the median: less prints as the same [E]."""
_DRAWS_LOG2: Final = 12
"""Logarithm of the number of quasi-random draws that the band of a difference is made from."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The gain of one point over another on one objective, positive where it is better, with its 90 % band."""

    gain: float
    low: float
    high: float
    chance: float
    """Probability that it is better."""
    share: float
    """Of the own figure; of quality 1 for a gain, -1 for a loss, 0 for a gain that counts as the same quality."""

    @property
    def sure(self) -> bool:
        """A gain that is more than noise."""
        return self.chance >= SURE and self.share >= LEAST_SAVING

    @property
    def worse(self) -> bool:
        """A loss that is more than noise."""
        return self.chance <= 1.0 - SURE and self.share <= -LEAST_SAVING


def ratio_difference(points: Points, k: int, objective: str, sd: float) -> Difference:
    """Cost or time of point 0 less that of point k; `sd` is the spread, on ln, of point 0's own figure."""
    values = points.cost_usd if objective == "cost" else points.hours
    own, other = float(values[0]), float(values[k])
    at = np.array([k])
    apart = _own_part(points, k, objective)
    rest = max(float(ratio_sd(points, 0, at, objective)[0]) ** 2 - apart, 0.0)
    common, mine, theirs = _draws()
    shared = np.exp(np.sqrt(max(sd**2 - apart, 0.0)) * common)
    drawn = shared * (own * np.exp(np.sqrt(apart) * mine) - other * np.exp(np.sqrt(rest) * theirs))
    low, high = np.quantile(drawn, [0.05, 0.95])
    chance = 1.0 - float(beats(points, 0, at, objective)[0])
    return Difference(own - other, float(low), float(high), chance, (own - other) / own)


@cache
def _draws() -> Floats:
    """(3, n) standard-normal values, evenly spread in three dimensions."""
    sobol = Sobol(3, scramble=False).random_base2(_DRAWS_LOG2)
    values: Floats = ndtri((sobol + 0.5 / 2**_DRAWS_LOG2).T)
    return values


def _own_part(points: Points, k: int, objective: str) -> float:
    """Variance, on ln, of what point 0 does not share with point k."""
    luck = (points.hours_luck_sd if objective == "time" else points.luck_sd)[0] ** 2
    speed = RESIDUAL_SD**2 / 2.0 if points.machine[0] == points.machine[k] else points.speed_sd[0] ** 2
    priced = objective == "cost" and points.offer[0] != points.offer[k]
    return float(luck + speed + (points.price_sd[0] ** 2 if priced else 0.0))


def quality_difference(points: Points, k: int) -> Difference:
    """Quality of point k less that of point 0, in q, model and method errors cancelling where they share these."""
    behind, sd = (float(column[0]) for column in quality_gap(points, 0, np.array([k])))
    own = float(points.quality_logit[0])
    start = float(expit(own))
    low, mid, high = (float(expit(own - behind + z * sd)) - start for z in (-Z90, 0.0, Z90))
    chance = 1.0 - float(beats(points, 0, np.array([k]), "quality")[0])
    share = 1.0 if mid >= SAME_QUALITY else -1.0 if behind > 0 else 0.0
    return Difference(mid, low, high, chance, share)


@dataclass(frozen=True, slots=True)
class Worth:
    """A change on all three objectives, and the verdict."""

    cost: Difference
    time: Difference
    quality: Difference
    saves: str
    """cost, time or quality; empty where nothing is gained beyond noise."""
    trade_offs: tuple[str, ...]
    """What gets worse by more than noise."""
    slips: frozenset[str]
    """What gets worse in the median by more than a hair, inside the noise too."""

    @property
    def confidence(self) -> float:
        """Probability that it is better on what it is told for."""
        return float({"cost": self.cost, "time": self.time, "quality": self.quality}[self.saves].chance)


def hopeful(points: Points) -> Bools:
    """Points that are surely better than point 0 on cost, time or quality; point 0 itself is none."""
    everyone = np.arange(len(points))
    found = np.zeros(len(points), bool)
    for objective, values in (("cost", points.cost_usd), ("time", points.hours), ("quality", -points.quality)):
        least = 0.0 if objective == "quality" else LEAST_SAVING
        with np.errstate(invalid="ignore"):
            found |= (1.0 - beats(points, 0, everyone, objective) >= SURE) & (values <= values[0] * (1.0 - least))
    found[0] = False
    return found


def worth(points: Points, k: int, spreads: tuple[float, float], decided_by: frozenset[str]) -> Worth | None:
    """What the change from point 0 to point k is worth; None where it is not worth telling.

    It is told where it saves money for sure, or else time or quality without costing more, surely or by a tenth. What
    the decision was taken for (`decided_by`) must not get worse; if anything else does, a saving must be the larger.
    `spreads` are those of ln hours and ln cost of point 0.
    """
    cost, time = (
        ratio_difference(points, k, name, sd) for name, sd in zip(("cost", "time"), spreads[::-1], strict=True)
    )
    found = {"cost": cost, "time": time, "quality": quality_difference(points, k)}
    if not all(np.isfinite([d.gain, d.chance]).all() for d in found.values()):
        return None
    bad = tuple(name for name, difference in found.items() if difference.worse)
    if decided_by & set(bad) or ("carbon" in decided_by and points.carbon_kg[k] > points.carbon_kg[0]):
        return None
    dear = "cost" in bad or cost.share < -LEAST_FOR_A_PRICE
    saves = next((name for name, d in found.items() if d.sure and (name == "cost" or not dear)), "")
    if not saves or (bad and saves != "quality" and found[saves].share < LEAST_FOR_A_PRICE):
        return None
    shares = {"cost": cost.share, "time": time.share, "quality": found["quality"].gain / float(points.quality[0])}
    slips = frozenset(name for name, share in shares.items() if share < -HAIR)
    return Worth(cost, time, found["quality"], saves, bad, slips)


def kept_gain(points: Points) -> Floats:
    """What tuning gains in logits, less what it loses to a small adapter and to too many epochs."""
    net: Floats = points.gain - points.capacity - points.overfit
    return net


def least_that_keeps(points: Points, own: int, rows: Ints, values: Floats, share: float) -> int | None:
    """Of these points the one with the smallest value that keeps a share of the gain; None if none does.

    The gain is the largest among them and point `own`: past the knee, more of it only overfits.
    """
    net = kept_gain(points)
    most = max(float(net[own]), float(net[rows].max(initial=-np.inf)))
    needed = share * most if most > 0 else most
    keeps = net[rows] >= needed - 1e-12
    return int(rows[keeps][np.argmin(values[keeps])]) if keeps.any() else None
