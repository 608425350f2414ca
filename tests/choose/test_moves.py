"""Moves to neighbours: they reach a known front, count every point once, and keep to their budget and the limits."""

import numpy as np
import pytest

from planner.catalog.rows import Bools, Floats
from planner.choose.moves import climb, neighbours
from planner.choose.pareto import front_rows
from planner.choose.results import Results
from planner.choose.variables import Variable

VARIABLES = [
    Variable("kind", 0, 4, whole=True, choice=True), Variable("x", 0, 40, whole=True),
    Variable("y", 0, 999_999, whole=True), Variable("free", 0.0, 1.0),
]  # fmt: skip


class Bowl:
    """Losses pull x to either end; kind 0 and y = 777 are best; x = 20 is not allowed."""

    variables = VARIABLES

    def __init__(self) -> None:
        self.seen: list[Floats] = []

    def canonical(self, points: Floats) -> Floats:
        return points + 0.0

    def fresh(self, points: Floats) -> Bools:
        return np.ones(len(points), bool)

    def evaluate(self, points: Floats) -> tuple[Floats, Floats]:
        self.seen.extend(points)
        kind, x, y, _ = points.T
        worse = kind + np.abs(np.log((y + 1) / 778))
        return np.stack([x + worse, 40 - x + worse], axis=1), (x == 20)[:, None].astype(float)


def start(space: Bowl) -> Results:
    points = np.array([[3.0, 12.0, 400_000.0, 0.5]])
    return Results(points, *space.evaluate(points))


def test_the_front_is_reached() -> None:
    space = Bowl()
    spent = climb(space, start(space), 20_000)
    tried = np.array(space.seen)
    losses, violations = Bowl().evaluate(tried)
    good = tried[violations[:, 0] <= 0]
    front = good[front_rows(losses[violations[:, 0] <= 0])]
    assert sorted(front[:, 1]) == [x for x in range(41) if x != 20]
    assert set(front[:, 0]) == {0}
    assert set(front[:, 2]) == {777}
    assert set(tried[:, 3]) == {0.5}, "what is no whole number stays"
    assert spent == len(tried) - 1 == len(np.unique(tried, axis=0)) - 1 <= 20_000


@pytest.mark.parametrize("budget", [0, 1, 37])
def test_the_budget_is_kept(budget: int) -> None:
    space = Bowl()
    first = start(space)
    assert climb(space, first, budget) == len(space.seen) - 1 == budget


def test_what_was_counted_before_costs_nothing() -> None:
    class Counted(Bowl):
        def fresh(self, points: Floats) -> Bools:
            return np.asarray(points[:, 0] != 0)

    space = Counted()
    spent = climb(space, start(space), 200)
    assert spent <= 200 < len(space.seen)


def test_neighbours_of_a_corner() -> None:
    point = np.array([[0.0, 0.0, 999_999.0, 0.25]])
    around = neighbours(VARIABLES, point)
    assert (np.sum(around != point, axis=1) == 1).all()
    kinds = around[around[:, 0] != 0][:, 0]
    assert sorted(kinds) == [1, 2, 3, 4], "all other choices"
    assert sorted(around[around[:, 1] != 0][:, 1]) == [1, 4, 16]
    far = 999_999 - around[around[:, 2] != 999_999][:, 2]
    assert sorted(far) == [4**k for k in range(10)]
    wide = neighbours(VARIABLES, point, wide=True)
    assert sorted(wide[wide[:, 1] != 0][:, 1]) == list(range(1, 41))
    assert 999_999 - wide[:, 2].min() == 200
