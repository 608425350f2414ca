"""Decisions by what a reader says beforehand: weights (TOPSIS), an order with tolerances, or bounds (DOMAIN 11).

All three are taken on the front. Best by one objective with others bounded lies there, and so does what an order with
tolerances chooses: a point that is beaten is no farther from any bound than the one that beats it. TOPSIS is recomputed
on every front, because ranks can reverse when points come or go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.decide import Decision, Points, close_to, first_by
from planner.choose.indicators import topsis
from planner.units import duration, kilograms, significant, usd

_FIGURES = {"cost": usd, "time": duration, "quality": lambda q: f"q {significant(q, 3)}", "carbon": kilograms}
_SUPERLATIVES = {
    "cost": "lowest cost", "time": "shortest time", "quality": "highest quality", "carbon": "lowest emissions",
}  # fmt: skip
_ROUNDING = 1e-12
"""Of two figures that differ by no more, relative, neither is beyond a bound taken from the other."""
_NONE: Ints = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What was asked for; what is empty was not."""

    weights: Mapping[str, float] = field(default_factory=dict)
    """Objective → its weight, not negative."""
    order: Sequence[tuple[str, float]] = ()
    """Objectives by importance, each with what may be given up of it: a share of the best, of quality q itself."""
    optimised: str = ""
    bounds: Mapping[str, float] = field(default_factory=dict)
    """Objective → highest value; of quality the lowest."""


def preferred(points: Points, wanted: Preferences) -> tuple[list[Decision], dict[str, str]]:
    """The decisions asked for, and why one is undefined, by name: nothing on the front keeps to its bounds."""
    found = []
    if wanted.weights:
        found.append(by_weights(points, wanted.weights))
    if wanted.order:
        found.append(by_order(points, wanted.order))
    if not wanted.optimised:
        return found, {}
    bounded = within_bounds(points, wanted.optimised, wanted.bounds)
    if bounded is None:
        return found, {"epsilon": missed(points, wanted.bounds)}
    return [*found, bounded], {}


def by_weights(points: Points, weights: Mapping[str, float]) -> Decision:
    """TOPSIS over the objectives with a weight; of equally close points the cheapest."""
    names = [name for name, weight in weights.items() if weight > 0]
    total = sum(weights[name] for name in names)
    figures = np.stack([points.figure(name) for name in names], axis=1)
    shares = [weights[name] / total for name in names]
    close = topsis(figures, shares, [name == "quality" for name in names])
    point = first_by(-close, points.cost_usd, points.hours)
    told = ", ".join(f"{name} {100 * share:.3g} %" for name, share in zip(names, shares, strict=True))
    rule = (
        f"of the front's {_counted(len(points))} nearest to the ideal and farthest from the worst "
        f"(TOPSIS, weights {told}; closeness {close[point]:.3f} of 1)"
    )
    return Decision("topsis", point, rule, _NONE, of="closeness", score=-close)


def by_order(points: Points, order: Sequence[tuple[str, float]]) -> Decision:
    """Lexicographic choice: each objective keeps what lies within its tolerance of the best that is left."""
    left = np.arange(len(points))
    told = []
    for name, tolerance in order:
        values = points.figure(name)[left]
        if name == "quality":
            best, bound = float(values.max()), float(values.max()) - tolerance
            near: Bools = values >= bound - _ROUNDING
            slack = f"within {tolerance:g} of "
        else:
            best = float(values.min())
            near = values <= best * (1.0 + tolerance) * (1.0 + _ROUNDING)
            slack = f"within {100 * tolerance:.3g} % of "
        left = left[near]
        told.append(
            f"{name}: {_counted(len(left))} {slack if tolerance else 'at '}the {_word(name)} {_FIGURES[name](best)}"
        )
    last = order[-1][0]
    point = int(left[first_by(points.loss(last)[left], points.cost_usd[left], points.hours[left])])
    score = np.full(len(points), np.inf)
    score[left] = points.loss(last)[left]
    close = np.intersect1d(close_to(points, point, last), left)
    rule = f"in order of importance, {'; of these '.join(told)}"
    return Decision("lexicographic", point, rule, close, of=last, score=score)


def _counted(n: int) -> str:
    return f"{n} point{'s' if n > 1 else ''}"


def _word(name: str) -> str:
    return _SUPERLATIVES[name].split(" ", maxsplit=1)[0]


def within_bounds(points: Points, optimised: str, bounds: Mapping[str, float]) -> Decision | None:
    """Epsilon-constraint: the best by one objective of what keeps to all bounds; None where nothing does.

    Unlike a weighted sum it reaches points in a dent of the front.
    """
    kept = np.flatnonzero((overshoot(points, bounds) <= _ROUNDING).all(axis=1))
    if not len(kept):
        return None
    loss = points.loss(optimised)
    point = int(kept[first_by(loss[kept], points.cost_usd[kept], points.hours[kept])])
    score = np.full(len(points), np.inf)
    score[kept] = loss[kept]
    told = " and ".join(_bound(name, value) for name, value in bounds.items())
    of = f"{len(kept)} of the front's {_counted(len(points))}"
    close = np.intersect1d(close_to(points, point, optimised), kept)
    return Decision(
        "epsilon", point, f"{_SUPERLATIVES[optimised]} of the {of} with {told}", close, of=optimised, score=score
    )


def overshoot(points: Points, bounds: Mapping[str, float]) -> Floats:
    """(n, bounds) by what share of the bound each point is beyond it; below 0 where it keeps to it."""
    columns = [
        (value - points.quality) / max(value, 1e-9) if name == "quality" else points.figure(name) / value - 1.0
        for name, value in bounds.items()
    ]
    return np.stack(columns, axis=1)


def missed(points: Points, bounds: Mapping[str, float]) -> str:
    """Which bound is missed least, by the point that comes nearest to all of them."""
    over = np.maximum(overshoot(points, bounds), 0.0)
    over = np.where(over <= _ROUNDING, 0.0, over)
    # A point that misses one bound alone says what to change; only where there is none does the largest miss count.
    alone = (over > 0).sum(axis=1) == 1
    rows = np.flatnonzero(alone) if alone.any() else np.arange(len(points))
    nearest = int(rows[first_by(over[rows].max(axis=1), points.cost_usd[rows])])
    misses = [
        f"{name} by {_gap(name, float(points.figure(name)[nearest]), value)}"
        for (name, value), share in zip(bounds.items(), over[nearest], strict=True)
        if share > 0
    ]
    told = " and ".join(_bound(name, value) for name, value in bounds.items())
    return f"undefined: no point of the front has {told}; the nearest misses {' and '.join(misses)}"


def _bound(name: str, value: float) -> str:
    return f"{name} {'at least' if name == 'quality' else 'at most'} {_FIGURES[name](value)}"


def _gap(name: str, figure: float, bound: float) -> str:
    share = abs(figure - bound) / bound if bound else np.nan
    told = _FIGURES[name]
    return f"{significant(100 * share, 2)} % ({told(figure)} instead of {told(bound)})"
