"""The sampler on a problem with a known front: close to it, the same every time, limits kept, no point twice."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from planner.catalog.rows import Bools, Floats
from planner.choose.exact import Chunk, Found, search
from planner.choose.indicators import share_of_box
from planner.choose.merged import merged, volume
from planner.choose.pareto import front_rows
from planner.choose.results import Results, as_points
from planner.choose.sampled import MOST_ASKED, MOST_SNAPSHOTS, Sampling, Settings, sample
from planner.choose.variables import Variable

VARIABLES = [Variable("kind", 0, 3, whole=True, choice=True), Variable("x", 0.0, 1.0), Variable("y", 0.0, 1.0)]


class Toy:
    """Two losses with the front x in [0, 1], y = 0.5, kind 0; x below `least` is not allowed, kind 3 is unknown."""

    def __init__(self, least: float = 0.0, variables: Sequence[Variable] = VARIABLES) -> None:
        self.least, self.variables = least, variables
        self.points = np.empty((0, 3))

    def canonical(self, points: Floats) -> Floats:
        return points + 0.0

    def fresh(self, points: Floats) -> Bools:
        return np.ones(len(points), bool)

    def evaluate(self, points: Floats) -> tuple[Floats, Floats]:
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


def seeds(count: int) -> Floats:
    return np.column_stack([np.zeros(count), np.linspace(0, 1, count), np.full(count, 0.4)])


def run(toy: Toy, seed: int = 1, start: int = 4, evaluations: int = 600, sampler: str = "nsga2") -> Toy:
    sample(toy, 2, Settings(evaluations, seed, sampler), start=seeds(start))
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
    toy = Toy(variables=[Variable(v.name, v.low, v.low, v.whole, v.choice) for v in VARIABLES])
    how = sample(toy, 2, Settings(7, 1))
    assert toy.points.tolist() == [[0, 0, 0]]
    assert (how.stopped, how.evaluations) == ("exhausted", 1)


def test_no_point_is_tried_or_counted_twice() -> None:
    """Fifteen points, of which five hundred may be tried."""
    few = [Variable("kind", 0, 2, whole=True, choice=True), Variable("x", 0, 1, whole=True), Variable("y", 0, 1)]
    toy = Halves(variables=few)
    how = sample(toy, 2, Settings(500, 1))
    assert len(np.unique(toy.points, axis=0)) == len(toy.points) == how.evaluations <= 3 * 2 * 3
    assert how.stopped == "exhausted"


class Halves(Toy):
    """y is 0, 0.5 or 1."""

    def canonical(self, points: Floats) -> Floats:
        found = points.copy()
        found[:, 2] = np.round(2 * found[:, 2]) / 2
        return found


def test_what_is_known_costs_nothing() -> None:
    toy = Toy()
    points = seeds(10)
    known = Results(points, Toy.losses(points), np.zeros((10, 1)))
    how = sample(toy, 2, Settings(80, 1), known=known)
    assert how.evaluations == len(toy.points) == 80
    assert not {p.tobytes() for p in points} & {p.tobytes() for p in toy.points}
    assert len(how.fronts[0]) == 10


def test_it_stops_once_nothing_is_gained() -> None:
    never = sample(Toy(), 2, Settings(1500, 1))
    early = sample(Toy(), 2, Settings(1500, 1, converged_below=0.02))
    assert (never.stopped, early.stopped) == ("limit", "converged")
    assert early.generations < never.generations
    gained = [share_of_box(front, np.zeros(2), np.full(2, 1.2)) for front in early.fronts]
    assert gained[-1] - gained[-6] < 0.021 * gained[-1]
    assert gained == sorted(gained)


def test_long_searches_remember_few_fronts() -> None:
    how = sample(Toy(), 2, Settings(2 * MOST_SNAPSHOTS + 20, 1, population=2, sampler="random"))
    assert MOST_SNAPSHOTS / 2 <= len(how.fronts) <= MOST_SNAPSHOTS + 1
    assert how.generations > MOST_SNAPSHOTS
    assert len(how.fronts[-1]) == len(front_rows(np.concatenate(how.fronts)))


def test_all_objectives_equal() -> None:
    class Flat(Toy):
        @staticmethod
        def losses(points: Floats) -> Floats:
            return np.ones((len(points), 2))

    how = sample(Flat(), 2, Settings(120, 1, converged_below=0.01))
    assert how.fronts[-1].tolist() == [[1, 1]]


def test_nothing_is_feasible() -> None:
    how = sample(Toy(least=2.0), 2, Settings(120, 1, converged_below=0.01))
    assert how.stopped == "limit"
    assert not len(how.fronts[-1])


def test_a_sampler_without_constraints_is_told_that_the_hopeless_is_worst() -> None:
    """Also while all that is known is hopeless: nothing that runs costs more."""

    class Unknown(Toy):
        def evaluate(self, points: Floats) -> tuple[Floats, Floats]:
            losses, violations = super().evaluate(points)
            return np.where(points[:, 1:2] < 0.7, np.nan, 100 + losses[:, :1]), violations

    numbers = [Variable("kind", 0, 0), *VARIABLES[1:]]
    toy = Unknown(variables=numbers)
    low = np.column_stack([np.zeros(10), np.linspace(0, 0.5, 10), np.full(10, 0.5)])
    sample(toy, 1, Settings(600, 1, "cmaes", population=10), start=low)
    assert (toy.points[-100:, 1] >= 0.7).mean() > 0.5


class Sparse(Toy):
    """Only every point above `least` counts."""

    def fresh(self, points: Floats) -> Bools:
        return np.asarray(points[:, 1] >= self.least)


def test_what_does_not_count_uses_up_nothing_but_does_not_go_on_for_ever() -> None:
    how = sample(Sparse(least=0.9), 2, Settings(100, 1, "random"))
    assert (how.stopped, how.evaluations) == ("limit", 100)
    toy = Sparse(least=2.0)
    how = sample(toy, 2, Settings(100, 1, "random"))
    assert (how.stopped, how.evaluations) == ("exhausted", 0)
    assert len(toy.points) == MOST_ASKED * 100


@pytest.mark.parametrize("sampler", ["qmc", "random"])
def test_what_is_not_steered_keeps_few_trials(sampler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or each would be slower to ask for than the one before."""
    monkeypatch.setattr("planner.choose.sampled.RENEWED", 2)
    toy = run(Toy(), evaluations=600, sampler=sampler, start=0)
    assert len(np.unique(toy.points, axis=0)) == 600
    counts = np.histogram(toy.points[:, 1], bins=10, range=(0, 1))[0]
    assert counts.min() > 35


class Shared:
    """A ledger in memory: what others have put in, and what came out."""

    def __init__(self, points: Floats, stop_after: int = 10**9) -> None:
        self.waiting, self.stop_after = points, stop_after
        self.pushed: list[Results] = []

    def pull(self) -> Floats:
        found, self.waiting = self.waiting, self.waiting[:0]
        return found

    def push(self, results: Results) -> None:
        self.pushed.append(results)

    def told_to_stop(self) -> bool:
        return len(self.pushed) >= self.stop_after


@pytest.mark.parametrize("sampler", ["nsga2", "nsga3", "tpe", "qmc", "random"])
def test_a_ledger_gives_points_and_takes_them(sampler: str) -> None:
    toy, ledger = Toy(), Shared(seeds(30))
    how = sample(toy, 2, Settings(90, 1, sampler), ledger=ledger)
    assert (how.evaluations, how.stored) == (90, 30)
    kept = np.concatenate([results.points for results in ledger.pushed])
    assert len(kept) == 60
    assert not {p.tobytes() for p in kept} & {p.tobytes() for p in seeds(30)}


def test_the_seed_goes_on_after_what_is_stored() -> None:
    first = Shared(np.empty((0, 3)))
    sample(Toy(), 2, Settings(100, 1), ledger=first)
    stored = np.concatenate([results.points for results in first.pushed])
    toy = Toy()
    sample(toy, 2, Settings(200, 1), ledger=Shared(stored))
    assert len(np.unique(toy.points, axis=0)) == 200


def test_the_process_that_leads_can_end_it() -> None:
    how: Sampling = sample(Toy(), 2, Settings(10_000, 1), ledger=Shared(np.empty((0, 3)), stop_after=2))
    assert (how.stopped, how.generations) == ("told", 2)
    assert 50 < how.evaluations <= 100


def test_points_from_outside_are_held_against_the_variables() -> None:
    good: dict[str, Any] = {"kind": 2, "x": 0.5, "y": 1}
    bad: list[dict[str, Any]] = [
        {"kind": 2, "x": 0.5}, good | {"z": 1}, good | {"kind": 4}, good | {"kind": 1.5}, good | {"x": float("nan")},
        good | {"x": float("inf")}, good | {"y": "1"}, good | {"y": True}, good | {"y": None}, good | {"kind": [1]},
    ]  # fmt: skip
    assert as_points(VARIABLES, [*bad, good]).tolist() == [[2, 0.5, 1]]


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
