"""Decisions on a front: cheapest, fastest, best, knee; and how likely one beats another (DESIGN rule 3, DOMAIN 11)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from planner.catalog.rows import Bools, Floats, Ints
from planner.estimate.quality import LEAST_BAND, paired_sd

TOO_CLOSE = 0.6
"""Below this probability of being better, a difference decides nothing."""


@dataclass(frozen=True, slots=True)
class Points:
    """The front as columns: medians, spreads, and what errors two points share."""

    cost_usd: Floats
    hours: Floats
    quality: Floats
    quality_logit: Floats
    carbon_kg: Floats
    gain: Floats
    """Data gain in logits; its error is shared between points."""
    capacity: Floats
    overfit: Floats
    base_sd: Floats
    method_sd: Floats
    speed_sd: Floats
    """Spread of the speed of this card and stack, ln."""
    price_sd: Floats
    """Spread of the price, ln; shared between points on the same offer."""
    luck_sd: Floats
    """Spread of the billed hours that no two points share: when spot machines are lost, ln."""
    hours_luck_sd: Floats
    """The same of the wall-clock hours: waits for another machine are added."""
    luck_covariance: Floats
    """What the two share: both count the same lost machines."""
    model: Ints
    method: Ints
    machine: Ints
    """Points with the same code (card, stack, method) share their speed error."""
    offer: Ints

    def __len__(self) -> int:
        """Number of points."""
        return len(self.cost_usd)

    def figure(self, objective: str) -> Floats:
        """The column of an objective, as people read it."""
        columns = {"cost": self.cost_usd, "time": self.hours, "quality": self.quality, "carbon": self.carbon_kg}
        return columns[objective]

    def loss(self, objective: str) -> Floats:
        """The same, smaller being better."""
        return -self.quality if objective == "quality" else self.figure(objective)


SAME_QUALITY = 0.01
"""What counts as the highest quality, in q: a reader must not find a higher figure on another decision."""
LEAST_GAIN = 0.02
"""Gains under 2 % of an objective's range are no trade-off."""
LEAST_KNEE = 1e-9
"""A score up to this is a straight front."""
RESIDUAL_SD = 0.04
"""What remains of the speed error between two jobs on the same card and stack, ln [E]."""
_NONE: Ints = np.empty(0, np.int64)
_ROWS_AT_ONCE = 256


def beats(points: Points, a: int, others: Ints, objective: str) -> Floats:
    """P(point a is better than each other point) on one objective, shared errors cancelled."""
    if objective == "quality":
        gap, sd = quality_gap(points, a, others)
        return np.where(gap == 0, 0.5, ndtr(gap / sd))
    values = points.figure(objective)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.log(values[others] / values[a])
    return np.where(values[others] == values[a], 0.5, ndtr(gap / ratio_sd(points, a, others, objective)))


def ratio_sd(points: Points, a: int, others: Ints, objective: str) -> Floats:
    """Spread of ln of the ratio of cost, time or carbon between point a and each other; what they share cancels."""
    variance: Floats = speed_variance(points, a, others)
    luck = points.hours_luck_sd if objective == "time" else points.luck_sd
    variance = variance + luck[a] ** 2 + luck[others] ** 2
    if objective == "cost":
        one_price = points.offer[a] == points.offer[others]
        variance = variance + np.where(one_price, 0.0, points.price_sd[a] ** 2 + points.price_sd[others] ** 2)
    return np.asarray(np.sqrt(variance))


def speed_variance(points: Points, a: int, others: Ints) -> Floats:
    """Variance of ln of the ratio of two speeds: what remains between two jobs on one machine, else both spreads."""
    same = points.machine[a] == points.machine[others]
    return np.asarray(np.where(same, RESIDUAL_SD**2, points.speed_sd[a] ** 2 + points.speed_sd[others] ** 2))


def quality_gap(points: Points, a: int, others: Ints) -> tuple[Floats, Floats]:
    """How far a is above each other point in logits of q, and the spread of that; shared errors cancel."""
    difference = points.quality_logit[a] - points.quality_logit[others]
    sd = paired_sd(
        gain=points.gain[a] - points.gain[others],
        capacity=points.capacity[a] - points.capacity[others],
        overfit=points.overfit[a] - points.overfit[others],
        base=np.where(
            points.model[a] == points.model[others], 0.0, np.hypot(points.base_sd[a], points.base_sd[others])
        ),
        method=np.where(
            points.method[a] == points.method[others], 0.0, np.hypot(points.method_sd[a], points.method_sd[others])
        ),
    )
    return difference, sd


@dataclass(frozen=True, slots=True)
class Decision:
    """A point chosen for a reason."""

    name: str
    point: int
    rule: str
    within_noise: Ints
    """Points that the bands cannot tell from it on the objective that decides."""
    undefined: bool = False
    """Whether there is no such point, strictly, and `rule` says what was taken instead."""
    of: str = ""
    """What it goes by: an objective, trade-off or closeness."""
    score: Floats | None = None
    """What every point has of that, smaller being better; infinite where it does not stand for choice."""


def decide(points: Points, objectives: Sequence[str]) -> list[Decision]:
    """Cheapest, fastest, greenest by their median; best by quality, noise aside; the knee over all objectives.

    Only what the scenario names as an objective is decided on.
    """
    found = []
    if "cost" in objectives:
        cheapest = first_by(points.cost_usd, points.hours, -points.quality)
        found.append(_lowest("cheapest", "cost", "lowest cost", points, cheapest))
    if "time" in objectives:
        fastest = first_by(points.hours, points.cost_usd, -points.quality)
        found.append(_lowest("fastest", "time", "shortest time", points, fastest))
    if "quality" in objectives:
        top = first_by(-points.quality, points.cost_usd, points.hours)
        close = close_to(points, top, "quality")
        peers = np.union1d(close[points.quality[top] - points.quality[close] <= SAME_QUALITY], [top])
        best = int(peers[first_by(points.cost_usd[peers], points.hours[peers])])
        rule = _best_rule(points, top, len(peers))
        found.append(Decision("best", best, rule, peers[peers != best], of="quality", score=-points.quality))
    if "carbon" in objectives:
        greenest = first_by(points.carbon_kg, points.cost_usd)
        found.append(_lowest("greenest", "carbon", "lowest emissions", points, greenest))
    losses = scaled(points, objectives)
    scores, undefined = knee_scores(losses)
    point = first_by(-scores, np.linalg.norm(losses, axis=1))
    rule = (
        "no knee: fewer than three distinct points or a straight front; the point nearest to the ideal"
        if undefined
        else "giving up a little on any objective buys least elsewhere"
    )
    found.append(Decision("knee", point, rule, _NONE, undefined, of="trade-off", score=-scores))
    return found


def _best_rule(points: Points, top: int, peers: int) -> str:
    """What `best` is the cheapest of: within reach of the highest quality, and not told from it by the bands."""
    near = f"within {SAME_QUALITY:g} of"
    if peers > 1:
        return (
            f"cheapest of the {peers} points that are {near} the highest quality and that the bands cannot tell from "
            f"it (under {100 * TOO_CLOSE:.0f} % likely to be worse)"
        )
    if np.count_nonzero(points.quality[top] - points.quality <= SAME_QUALITY) > 1:
        return f"highest quality; the bands tell it from every other point {near} it"
    return f"highest quality; no other point is {near} it"


def first_by(*keys: Floats) -> int:
    """The row that is smallest by the first key, ties by the next."""
    return int(np.lexsort(keys[::-1])[0])


def _lowest(name: str, objective: str, rule: str, points: Points, point: int) -> Decision:
    close = close_to(points, point, objective)
    return Decision(name, point, rule, close, of=objective, score=points.figure(objective))


def close_to(points: Points, a: int, objective: str) -> Ints:
    """Other points that the bands cannot tell from point a on one objective."""
    others = np.arange(len(points))
    close: Bools = (beats(points, a, others, objective) < TOO_CLOSE) & (others != a)
    return np.asarray(others[close])


def scaled(points: Points, objectives: Sequence[str]) -> Floats:
    """(n, objectives) losses in 0..1, cost, time and carbon on a log scale; a range inside the noise stays small."""
    columns = []
    for name in objectives:
        if name == "quality":
            loss, width = -points.quality, LEAST_BAND
        else:
            loss = np.log(points.figure(name))
            width = RESIDUAL_SD
        columns.append((loss - loss.min()) / max(float(np.ptp(loss)), width))
    return np.stack(columns, axis=1)


def knee(losses: Floats) -> tuple[int, bool]:
    """Row of the knee of scaled losses, and whether it is undefined (DOMAIN 11).

    Two objectives: the largest distance below the chord between the extremes. More: the largest minimal trade-off,
    what any other point loses over what it gains. Fewer than three points, or a straight front: the point nearest
    to the ideal.
    """
    scores, undefined = knee_scores(losses)
    return first_by(-scores, np.linalg.norm(losses, axis=1)), undefined


def knee_scores(losses: Floats) -> tuple[Floats, bool]:
    """How much of a knee each row is, higher is more, and whether there is none: then how near to the ideal it is."""
    far = np.linalg.norm(losses, axis=1)
    nearness = 1.0 / (1.0 + far)
    if len(losses) < 3 or losses.shape[1] < 2:
        return nearness, True
    scores = _below_chord(losses) if losses.shape[1] == 2 else _least_trade(losses)
    return (scores, False) if scores.max() > LEAST_KNEE else (nearness, True)


def _below_chord(losses: Floats) -> Floats:
    a, b = losses[int(np.argmin(losses[:, 0]))], losses[int(np.argmin(losses[:, 1]))]
    along = b - a
    distance: Floats = (along[0] * (a[1] - losses[:, 1]) - along[1] * (a[0] - losses[:, 0])) / max(
        float(np.hypot(*along)), 1e-12
    )
    return distance


def _least_trade(losses: Floats) -> Floats:
    """The smallest ratio of loss to gain over all moves to another row; -1 where no move gains anything."""
    ratios = []
    columns = np.ascontiguousarray(losses.T)
    for start in range(0, len(losses), _ROWS_AT_ONCE):
        some = columns[:, start : start + _ROWS_AT_ONCE, None]
        lost, gained = np.zeros((2, some.shape[1], len(losses)))
        for column, own in zip(columns, some, strict=True):
            change = column - own
            lost += np.maximum(change, 0.0)
            gained -= np.minimum(change, 0.0)
        ratio = np.divide(lost, gained, out=np.full_like(lost, np.inf), where=gained > LEAST_GAIN)
        ratios.append(ratio.min(axis=1))
    least = np.concatenate(ratios)
    return np.where(np.isfinite(least), least, -1.0)
