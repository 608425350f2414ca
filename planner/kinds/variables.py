"""What a point of a FineTune space is made of: model, method, stack, machine, offer, and every axis.

Machines and the offers of a machine stand in the order of their price, so that they are numbers: near is alike.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.variables import Variable
from planner.kinds.problem import Problem
from planner.space.axes import Axis, is_number

MODEL, METHOD, STACK, MACHINE, OFFER = range(5)
FIRST_AXIS = 5
"""Column of the first axis."""


@dataclass(frozen=True)
class Layout:
    """The columns of a point, and what their codes stand for."""

    problem: Problem
    models: Ints
    """Places in the space's models that may be chosen."""
    methods: Ints
    stacks: Ints
    offers: tuple[Ints, ...]
    """The offers of every machine that may be chosen, cheapest first; machines by their cheapest offer."""
    codes: tuple[Ints, ...]
    """Codes of every axis that may be chosen; of a continuous axis nothing is asked."""

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes of the scenario."""
        return self.problem.space.recipes.axes

    @cached_property
    def variables(self) -> list[Variable]:
        """All columns as variables of a search."""
        most = max(len(offers) for offers in self.offers)
        found = [
            Variable("model", 0, len(self.models) - 1, whole=True, choice=True),
            Variable("method", 0, len(self.methods) - 1, whole=True, choice=True),
            Variable("stack", 0, len(self.stacks) - 1, whole=True, choice=True),
            Variable("machine", 0, len(self.offers) - 1, whole=True),
            Variable("offer", 0, most - 1, whole=True),
        ]
        for axis, codes in zip(self.axes, self.codes, strict=True):
            if axis.interval is None:
                found.append(Variable(axis.path, 0, len(codes) - 1, whole=True, choice=not is_number(axis.path)))
            elif axis.interval.step is None:
                found.append(Variable(axis.path, axis.interval.low, axis.interval.high))
            else:
                found.append(Variable(axis.path, 0, axis.interval.steps, whole=True))
        return found

    @cached_property
    def continuous(self) -> list[int]:
        """Axes that are continuous."""
        return [a for a, axis in enumerate(self.axes) if axis.interval is not None]

    @cached_property
    def _applies(self) -> Bools:
        """(methods, axes) whether an axis means anything to a method."""
        recipes = self.problem.space.recipes
        return np.array(
            [[recipes.applies(axis, recipes.methods[m]) for axis in self.axes] for m in self.methods.tolist()], bool
        ).reshape(len(self.methods), len(self.axes))

    def applies(self, points: Floats) -> Bools:
        """(n, axes) whether an axis means anything to the method of a point."""
        return self._applies[points[:, METHOD].astype(np.int64)]

    @cached_property
    def _depth(self) -> Ints:
        return np.array([len(offers) for offers in self.offers])

    def canonical(self, points: Floats) -> Floats:
        """Whole numbers whole, axes that do not apply at their first value, one number for every offer."""
        found = points.copy()
        for column, variable in enumerate(self.variables):
            if variable.whole:
                found[:, column] = np.clip(np.round(points[:, column]), variable.low, variable.high)
        depth, most = self._depth[found[:, MACHINE].astype(np.int64)], self._depth.max()
        which = (found[:, OFFER].astype(np.int64) * depth) // most
        found[:, OFFER] = -(-which * most // depth)
        applies = self.applies(found)
        for a, axis in enumerate(self.axes):
            column = FIRST_AXIS + a
            if axis.interval is not None and axis.interval.step is None:
                found[:, column] = axis.interval.snap(found[:, column])
            found[:, column] = np.where(applies[:, a], found[:, column], self.variables[column].low)
        return found + 0.0

    def combinations(self, points: Floats) -> Ints:
        """Rows of canonical points, continuous axes at their first value."""
        numbers = points[:, :FIRST_AXIS].astype(np.int64)
        machine = numbers[:, MACHINE]
        which = (numbers[:, OFFER] * self._depth[machine]) // self._depth.max()
        table = np.zeros((len(self.offers), self._depth.max()), np.int64)
        for m, offers in enumerate(self.offers):
            table[m, : len(offers)] = offers
        codes = np.zeros((len(points), len(self.axes)), np.int64)
        for a, axis in enumerate(self.axes):
            if axis.interval is None:
                codes[:, a] = self.codes[a][points[:, FIRST_AXIS + a].astype(np.int64)]
        recipes = self.problem.space.recipes.locate(
            self.models[numbers[:, MODEL]], self.methods[numbers[:, METHOD]], self.stacks[numbers[:, STACK]], codes
        )
        return np.asarray(recipes * self.problem.offers + table[machine, which])

    def values(self, points: Floats) -> Floats:
        """(n, continuous axes) values in force."""
        columns = []
        for a in self.continuous:
            interval, column = self.axes[a].interval, points[:, FIRST_AXIS + a]
            assert interval is not None
            columns.append(interval.snap(column if interval.step is None else interval.low + column * interval.step))
        return np.column_stack(columns) if columns else np.empty((len(points), 0))

    def points(self, combinations: Ints) -> Floats:
        """Canonical points of rows whose parts all may be chosen."""
        recipe, offer = np.divmod(combinations, self.problem.offers)
        model, method, stack, codes = self.problem.space.recipes.split(recipe)
        machine, which = self._places
        found = np.zeros((len(combinations), FIRST_AXIS + len(self.axes)))
        found[:, MODEL] = np.searchsorted(self.models, model)
        found[:, METHOD] = np.searchsorted(self.methods, method)
        found[:, STACK] = np.searchsorted(self.stacks, stack)
        found[:, MACHINE] = machine[offer]
        depth = self._depth[machine[offer]]
        found[:, OFFER] = -(-which[offer] * self._depth.max() // depth)
        for a, axis in enumerate(self.axes):
            code = np.maximum(codes[:, a], 0)
            if axis.interval is None:
                found[:, FIRST_AXIS + a] = np.minimum(np.searchsorted(self.codes[a], code), len(self.codes[a]) - 1)
            else:
                value = np.array([float(v) for v in axis.values])[code]
                step = axis.interval.step
                found[:, FIRST_AXIS + a] = value if step is None else np.round((value - axis.interval.low) / step)
        return self.canonical(found)

    @cached_property
    def _places(self) -> tuple[Ints, Ints]:
        """Of every offer its machine and its place there; -1 where it may not be chosen."""
        machine, which = np.full(self.problem.offers, -1), np.full(self.problem.offers, -1)
        for m, offers in enumerate(self.offers):
            machine[offers], which[offers] = m, np.arange(len(offers))
        return machine, which

    def on_grid(self, points: Floats) -> Bools:
        """Whether every continuous axis that applies stands at a value of the coarse grid."""
        applies, found = self.applies(points), np.ones(len(points), bool)
        for a, column in zip(self.continuous, self.values(points).T, strict=True):
            listed = np.array([float(v) for v in self.axes[a].values])
            found &= ~applies[:, a] | np.isin(column, listed)
        return found


def whole_space(problem: Problem) -> Layout:
    """Everything may be chosen."""
    recipes = problem.space.recipes
    return Layout(
        problem,
        np.arange(len(recipes.models)),
        np.arange(len(recipes.methods)),
        np.arange(len(recipes.stacks)),
        _by_price(problem, np.arange(problem.offers)),
        tuple(np.arange(len(axis.values)) for axis in recipes.axes),
    )


def around(problem: Problem, front: Ints) -> Layout:
    """What the rows of a front choose, freely combined; continuous axes between their ends."""
    recipe, offer = np.divmod(front, problem.offers)
    model, method, stack, codes = problem.space.recipes.split(recipe)
    return Layout(
        problem,
        np.unique(model),
        np.unique(method),
        np.unique(stack),
        _by_price(problem, np.unique(offer)),
        tuple(np.unique(np.maximum(codes[:, a], 0)) for a in range(codes.shape[1])),
    )


def _by_price(problem: Problem, offers: Ints) -> tuple[Ints, ...]:
    """Offers by machine, cheapest first, unknown prices last."""
    market = problem.space.market
    price = np.nan_to_num(market.offers.price_usd_per_hour, nan=np.inf)
    ordered = offers[np.lexsort((offers, price[offers]))]
    found: dict[int, list[int]] = {}
    for offer in ordered.tolist():
        found.setdefault(int(market.shape_of_offer[offer]), []).append(offer)
    return tuple(np.array(each) for each in found.values())
