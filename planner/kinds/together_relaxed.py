"""How far one limit must be moved for all to hold together with the confidence asked for."""

from dataclasses import replace
from typing import Final

import numpy as np
from scipy.special import ndtri

from planner.catalog.rows import Bools, Floats
from planner.estimate import bands
from planner.estimate.orthant import least_bound
from planner.estimate.together import Kept, RunErrors, run_errors
from planner.kinds.evaluate import Part, parts
from planner.kinds.limits import TOGETHER, kept_limits
from planner.kinds.problem import Problem

MOVED: Final = {
    "constraints.max_cost": ("cost", "max_cost_usd"),
    "constraints.deadline": ("time", "deadline_hours"),
    "constraints.max_carbon": ("carbon", "max_carbon_kg"),
}
"""Limit → the figure it bounds, and its field of `Kept`."""
_AT_ONCE = 256
"""Combinations whose limit is worked out at a time, the most promising first."""


def limits_enough(problem: Problem, confidence: float) -> dict[str, tuple[float, int]]:
    """Limit → the smallest value with which some combination passes all else, and the row of that combination.

    A combination needs at least the quantile of its own figure, so those that could not do better are never solved.
    """
    kept = kept_limits(problem.limits)
    best: dict[str, tuple[float, int]] = {}
    names = [limit.name for limit in problem.limits if limit.name in MOVED]
    for part in parts(problem):
        figures = _figures(part)
        for name in names:
            _improve(part, figures, kept, name, confidence, best)
    return best


def _figures(part: Part) -> dict[str, Floats]:
    """What the limits bound, the spreads and the covariance, flat, as the part's chunk has them."""
    joined, errors = part.joined, run_errors(part.joined)
    shape = joined.hours.shape
    flat = {
        "cost": joined.cost.total, "time": joined.hours, "carbon": joined.carbon_kg(), "cost sd": errors.cost_sd,
        "time sd": errors.hours_sd, "carbon sd": np.asarray(bands.CARBON_SD), "covariance": errors.covariance,
    }  # fmt: skip
    wide = {name: np.broadcast_to(column, shape).ravel() for name, column in flat.items()}
    return wide if part.kept is None else {name: column[part.kept] for name, column in wide.items()}


def _improve(
    part: Part, figures: dict[str, Floats], kept: Kept, name: str, confidence: float, best: dict[str, tuple[float, int]]
) -> None:
    """Look for a combination of the part that needs less of this limit than the best so far."""
    chunk = part.chunk
    figure, field = MOVED[name]
    passes: Bools = (chunk.stop == 0) & np.isfinite(chunk.losses).all(axis=1)
    for other, broken in chunk.broken.items():
        if other not in (name, TOGETHER):
            passes = passes & ~broken
    # What the limit bounds by itself (a quantile of its own, where it has one) is needed in any case.
    alone = figures[figure] * np.exp(ndtri(confidence) * figures[f"{figure} sd"])
    least = np.maximum(alone, chunk.needed[name])
    rows = np.flatnonzero(passes & np.isfinite(least))
    rows = rows[np.argsort(least[rows], kind="stable")]
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        if name in best and least[some[0]] >= best[name][0]:
            return
        mine = {key: column[some] for key, column in figures.items()}
        needed = np.maximum(_needed(mine, kept, figure, field, confidence), least[some])
        at = int(np.argmin(needed))
        if np.isfinite(needed[at]) and (name not in best or needed[at] < best[name][0]):
            best[name] = float(needed[at]), int(chunk.row[some[at]])


def _needed(x: dict[str, Floats], kept: Kept, figure: str, field: str, confidence: float) -> Floats:
    """The value of one limit with which all hold together; infinite where the others alone do not."""
    others = replace(kept, **{field: None})
    correlated = {"cost": ("time", others.deadline_hours), "time": ("cost", others.max_cost_usd)}
    other, limit = correlated.get(figure, ("", None))
    errors = RunErrors(x["time sd"], x["cost sd"], x["covariance"])
    bound = np.full(len(x[figure]), np.inf)
    apart = others
    if limit is not None:
        bound = np.log(limit / x[other]) / x[f"{other} sd"]
        apart = Kept(max_carbon_kg=others.max_carbon_kg)
    rest = np.ones(len(bound))
    if apart.any():
        rest = apart.probability(errors, x)
    deviations = least_bound(bound, errors.correlation, confidence / rest)
    return np.asarray(x[figure] * np.exp(deviations * x[f"{figure} sd"]))
