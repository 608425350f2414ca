"""The sampler on a problem with a known front: close to it, the same every time, limits kept; joining searches."""

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.choose.exact import Chunk, Found, search
from planner.choose.indicators import share_of_box
from planner.choose.pareto import front_rows
from planner.choose.sampled import Settings, Variable, merged, sample, volume

VARIABLES = [Variable("kind", 0, 3, whole=True, choice=True), Variable("x", 0.0, 1.0), Variable("y", 0.0, 1.0)]


class Toy:
    """Two losses with the front x in [0, 1], y = 0.5, kind 0; x below `least` is not allowed."""

    def __init__(self, least: float = 0.0) -> None:
        self.least = least
        self.points = np.empty((0, 3))

    def __call__(self, points: Floats) -> tuple[Floats, Floats]:
        self.points = np.concatenate([self.points, points])
        losses = self.losses(points)
        losses[points[:, 0] == 3] = np.nan
        return losses, (self.least - points[:, 1])[:, None]

    @staticmethod
    def losses(points: Floats) -> Floats:
        kind, x, y = points.T
        worse = kind + np.abs(y - 0.5)
        return np.stack([x + worse, 1 - np.sqrt(x) + worse], axis=1)

    def front(self) -> Floats:
        allowed = self.points[(self.points[:, 1] >= self.least) & (self.points[:, 0] < 3)]
        losses = self.losses(allowed)
        return losses[front_rows(losses)]


def run(toy: Toy, seed: int = 1, start: int = 4, evaluations: int = 600) -> Toy:
    seeds = np.column_stack([np.zeros(start), np.linspace(0, 1, start), np.full(start, 0.4)])
    sample(VARIABLES, toy, seeds, 2, Settings(evaluations, seed))
    return toy


def test_it_comes_close_to_the_front() -> None:
    x = np.linspace(0, 1, 2001)
    exact = Toy.losses(np.column_stack([np.zeros_like(x), x, np.full_like(x, 0.5)]))
    box = np.zeros(2), np.full(2, 1.2)
    assert share_of_box(run(Toy()).front(), *box) >= 0.97 * share_of_box(exact, *box)


def test_every_evaluation_is_counted_and_whole_numbers_stay_whole() -> None:
    toy = run(Toy(), evaluations=130)
    assert len(toy.points) == 130
    assert set(toy.points[:, 0]) <= {0.0, 1.0, 2.0, 3.0}
    assert toy.points[:4, 1].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_the_seed_decides() -> None:
    assert (run(Toy()).points == run(Toy()).points).all()
    assert not (run(Toy(), seed=2).points == run(Toy()).points).all()


def test_limits_are_kept() -> None:
    toy = run(Toy(least=0.6))
    late = toy.points[-200:]
    assert (late[:, 1] >= 0.6).mean() > 0.8
    assert toy.front()[:, 0].min() >= 0.6


def test_without_a_start_and_a_single_point() -> None:
    assert len(run(Toy(), start=0, evaluations=60).points) == 60
    toy = Toy()
    sample(
        [Variable(v.name, v.low, v.low, v.whole, v.choice) for v in VARIABLES], toy, np.empty((0, 3)), 2, Settings(7, 1)
    )
    assert (toy.points == 0).all()


def test_known_volumes() -> None:
    assert volume(np.array([[3.0, 4.0]])).hypervolume == 1.0
    assert share_of_box(
        np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]]), np.zeros(2), np.full(2, 2.0)
    ) * 4 == pytest.approx(3.25)


def part(losses: Floats, first: int) -> Found:
    broken = {"cap": losses[:, 0] > 5}
    rows = np.arange(first, first + len(losses))
    stop = np.zeros(len(losses), np.int64)
    return search([Chunk(rows, losses, losses[:, :2], stop, broken, {"cap": losses[:, 0]})], 2, {"cap": True})


def test_two_searches_are_one() -> None:
    losses = np.random.default_rng(1).uniform(0, 10, (60, 2))
    whole, joined = part(losses, 0), merged(part(losses[:25], 0), part(losses[25:], 25), {"cap": True})
    assert np.sort(joined.front).tolist() == np.sort(whole.front).tolist()
    for name in ("covered", "feasible", "unknown", "stops", "first_broken", "cuts", "cuts_alone", "relaxed"):
        assert getattr(joined, name) == getattr(whole, name)
