"""Combinations as the points of a general optimiser: a few whole numbers each, estimated without the exact search."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.exact import Chunk
from planner.kinds.evaluate import as_chunk, parts, pick, pick_points
from planner.kinds.problem import Archive, Problem

HOPELESS: Final = 1e6
"""Stands for a loss that is unknown; its constraint is broken too."""
TABLE_UP_TO: Final = 2_500_000
"""Combinations of which a table is kept at most."""


@dataclass(frozen=True, slots=True)
class Estimated:
    """Some combinations as an optimiser is told them."""

    losses: Floats
    """(n, objectives), minimised; NaN where unknown."""
    violations: Floats
    """(n, constraints), above 0 where broken: cannot run or is unknown, cut by a rule, then the limits."""

    @property
    def passes(self) -> Bools:
        """(n,) combinations that may be on a front."""
        return np.asarray((self.violations <= 0).all(axis=1))

    @property
    def finite(self) -> Floats:
        """The losses without NaN, for those who cannot be told it."""
        return np.where(np.isfinite(self.losses), self.losses, HOPELESS)


Estimate = Callable[[Ints], Estimated]
"""Rows of combinations, in whatever order → what they are."""


def estimate(problem: Problem, rows: Ints) -> Estimated:
    """Estimate combinations, in the cheaper of two ways: all machines for a recipe, or all recipes on a machine."""
    recipes, offers = np.divmod(rows, problem.offers)
    market = problem.space.market
    machines = len(np.unique(market.shape_of_offer[offers]))
    apart = len(rows) * machines < len(np.unique(recipes)) * len(market.shapes)
    picked = pick_points(problem, Archive(rows, {})) if apart else pick(problem, rows)
    chunk = as_chunk(problem, picked.joined, picked.q, picked.model, np.zeros(1, np.int64))
    rules = problem.space.rules
    kept = rules.keeps(picked.block.recipes, picked.recipe, picked.offer) if rules is not None else None
    return Estimated(chunk.losses, _violations(problem, chunk, kept))


def _violations(problem: Problem, chunk: Chunk, kept: Bools | None) -> Floats:
    """By how much each limit is broken, as a share of it."""
    runs = (chunk.stop == 0) & np.isfinite(chunk.losses).all(axis=1)
    columns = [np.where(runs, 0.0, 1.0), np.zeros(len(runs)) if kept is None else np.where(kept, 0.0, 1.0)]
    for limit in problem.limits:
        excess = (chunk.needed[limit.name] - limit.bound) / max(abs(limit.bound), 1e-9)
        size = np.nan_to_num(excess if limit.upper else -excess, nan=1.0, posinf=1e6, neginf=-1e6)
        columns.append(np.where(chunk.broken[limit.name], np.maximum(size, 1e-12), np.minimum(size, 0.0)))
    return np.column_stack(columns)


def table(problem: Problem) -> Estimate:
    """Every combination estimated beforehand, so that an optimiser that asks pays for nothing but its own work."""
    size, limits = problem.space.walked, 2 + len(problem.limits)
    losses, violations = np.full((size, len(problem.objectives)), np.nan), np.ones((size, limits))
    for part in parts(problem):
        losses[part.chunk.row] = part.chunk.losses
        violations[part.chunk.row] = _violations(problem, part.chunk, None)
    return lambda rows: Estimated(losses[rows], violations[rows])


class Encoding:
    """The variables of a space: model, stack, method, one per axis, machine, and the offer among those of a machine.

    An axis that does not apply to a method is ignored; machines have unlike numbers of offers, so that the offer
    counts round: whatever an optimiser asks for is a combination of the space, and every combination can be asked for.
    """

    def __init__(self, problem: Problem) -> None:
        space, market = problem.space.recipes, problem.space.market
        self._space, self._offers = space, problem.offers
        self._by_machine = np.argsort(market.shape_of_offer, kind="stable")
        self._count = np.bincount(market.shape_of_offer, minlength=len(market.shapes))
        self._first = np.cumsum(self._count) - self._count
        axes = {axis.path: len(axis.values) for axis in space.axes}
        self.sizes: dict[str, int] = {
            "model": len(space.models), "stack": len(space.stacks), "method": len(space.methods), **axes,
            "machine": len(market.shapes), "offer": int(self._count.max()),
        }  # fmt: skip
        """Variable → number of its values; values are numbered from 0."""

    def rows(self, points: Ints) -> Ints:
        """The combination of each of (n, variables) points."""
        model, stack, method, *axes, machine, offer = points.T
        recipe = self._space.locate(model, method, stack, np.column_stack([*axes, np.zeros_like(model)]))
        chosen: Ints = self._by_machine[self._first[machine] + offer % self._count[machine]]
        return recipe * self._offers + chosen
