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
    model: Ints
    method: Ints
    machine: Ints
    """Points with the same code (card, stack, method) share their speed error."""
    offer: Ints

    def __len__(self) -> int:
        """Number of points."""
        return len(self.cost_usd)


SAME_QUALITY = 0.01
"""What counts as the highest quality, in q: a reader must not find a higher figure on another decision."""
LEAST_GAIN = 0.02
"""Gains under 2 % of an objective's range are no trade-off."""
LEAST_KNEE = 1e-9
"""A score up to this is a straight front."""
RESIDUAL_SD = 0.04
"""What remains of the speed error between two jobs on the same card and stack, ln [E]."""


def beats(points: Points, a: int, others: Ints, objective: str) -> Floats:
    """P(point a is better than each other point) on one objective, shared errors cancelled."""
    if objective == "quality":
        return _better(points, a, others)
    values = {"cost": points.cost_usd, "time": points.hours, "carbon": points.carbon_kg}[objective]
    same = points.machine[a] == points.machine[others]
    variance = np.where(same, RESIDUAL_SD**2, points.speed_sd[a] ** 2 + points.speed_sd[others] ** 2)
    luck = points.hours_luck_sd if objective == "time" else points.luck_sd
    variance = variance + luck[a] ** 2 + luck[others] ** 2
    if objective == "cost":
        one_price = points.offer[a] == points.offer[others]
        variance = variance + np.where(one_price, 0.0, points.price_sd[a] ** 2 + points.price_sd[others] ** 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = np.log(values[others] / values[a])
    return np.where(values[others] == values[a], 0.5, ndtr(gap / np.sqrt(variance)))


def _better(points: Points, a: int, others: Ints) -> Floats:
    """P(a is better than each other point) by quality, in logits; model and method errors cancel where shared."""
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
    return np.where(difference == 0, 0.5, ndtr(difference / sd))


@dataclass(frozen=True, slots=True)
class Decision:
    """A point chosen for a reason."""

    name: str
    point: int
    rule: str
    within_noise: Ints
    """Points that the bands cannot tell from it on the objective that decides."""
    undefined: bool = False


def decide(points: Points, objectives: Sequence[str]) -> list[Decision]:
    """Cheapest, fastest, greenest by their median; best by quality, noise aside; the knee over all objectives.

    Only what the scenario names as an objective is decided on.
    """
    everyone = np.arange(len(points))
    found = []
    if "cost" in objectives:
        cheapest = first_by(points.cost_usd, points.hours, -points.quality)
        found.append(Decision("cheapest", cheapest, "lowest cost", _close(points, cheapest, everyone, "cost")))
    if "time" in objectives:
        fastest = first_by(points.hours, points.cost_usd, -points.quality)
        found.append(Decision("fastest", fastest, "shortest time", _close(points, fastest, everyone, "time")))
    if "quality" in objectives:
        top = first_by(-points.quality, points.cost_usd, points.hours)
        close = _close(points, top, everyone, "quality")
        peers = np.union1d(close[points.quality[top] - points.quality[close] <= SAME_QUALITY], [top])
        best = int(peers[first_by(points.cost_usd[peers], points.hours[peers])])
        rule = f"cheapest of those within {SAME_QUALITY:g} of the highest quality that cannot be told from it"
        found.append(Decision("best", best, rule, peers[peers != best]))
    if "carbon" in objectives:
        greenest = first_by(points.carbon_kg, points.cost_usd)
        found.append(Decision("greenest", greenest, "lowest emissions", _close(points, greenest, everyone, "carbon")))
    point, undefined = knee(scaled(points, objectives))
    rule = (
        "no knee: fewer than three distinct points or a straight front; the point nearest to the ideal"
        if undefined
        else "giving up a little on any objective buys least elsewhere"
    )
    found.append(Decision("knee", point, rule, np.empty(0, np.int64), undefined))
    return found


def first_by(*keys: Floats) -> int:
    """The row that is smallest by the first key, ties by the next."""
    return int(np.lexsort(keys[::-1])[0])


def _close(points: Points, a: int, others: Ints, objective: str) -> Ints:
    close: Bools = (beats(points, a, others, objective) < TOO_CLOSE) & (others != a)
    return np.asarray(others[close])


def scaled(points: Points, objectives: Sequence[str]) -> Floats:
    """(n, objectives) losses in 0..1, cost, time and carbon on a log scale; a range inside the noise stays small."""
    columns = []
    for name in objectives:
        if name == "quality":
            loss, width = -points.quality, LEAST_BAND
        else:
            loss = np.log({"cost": points.cost_usd, "time": points.hours, "carbon": points.carbon_kg}[name])
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
    ratio = np.full(len(losses), -1.0)
    for i, row in enumerate(losses):
        lost = np.maximum(losses - row, 0.0).sum(axis=1)
        gained = np.maximum(row - losses, 0.0).sum(axis=1)
        others: Bools = gained > LEAST_GAIN
        if others.any():
            ratio[i] = (lost[others] / gained[others]).min()
    return ratio
