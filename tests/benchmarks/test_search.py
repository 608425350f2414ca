"""The search benchmark: its points, its measure, its contestants on the smallest space, and what it says of targets."""

import functools
import itertools
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.kinds.evaluate import parts
from planner.kinds.problem import Problem
from tests.benchmarks import search
from tests.benchmarks.search_curve import Box, Recorder
from tests.benchmarks.search_exact import Exact, prove, search_here
from tests.benchmarks.search_points import Encoding, estimate, table
from tests.benchmarks.search_rivals import RIVALS, Question
from tests.benchmarks.search_runs import reached_of, summary
from tests.benchmarks.search_spaces import SPACES, known
from tests.benchmarks.search_speed import held_bytes, measure_speed, triad_gb_per_s
from tests.benchmarks.search_tables import space_lines
from tests.benchmarks.search_targets import targets

SMALLEST = SPACES[0]
STAIRS = np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]])


@pytest.fixture(scope="module")
def problem() -> Problem:
    return SMALLEST.problem()


@pytest.fixture(scope="module")
def searched() -> tuple[Exact, Floats]:
    return search_here(SMALLEST)


# The spaces


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_a_space_is_as_large_as_it_says_and_warns_of_nothing(space: Any) -> None:
    ready = space.read()
    factor, _, power = space.size.rpartition("*")
    assert ready.space.combinations == pytest.approx(float(factor or 1) * 10 ** float(power.split("^")[1]), rel=0.6)
    assert ready.warnings == ()


def test_the_spaces_grow_and_cover_limits_rules_and_carbon() -> None:
    sizes = [space.read().space.combinations for space in SPACES]
    assert sizes == sorted(sizes)
    assert len(known()) == len(SPACES) == 6
    assert any("constraints" in space.body for space in SPACES)
    assert any("include" in space.body and "exclude" in space.body for space in SPACES)
    assert any("carbon" in space.body.get("objectives", ()) for space in SPACES)


# Points


def test_every_combination_can_be_asked_for_and_nothing_else(problem: Problem) -> None:
    encoding = Encoding(problem)
    points = np.array(list(itertools.product(*(range(n) for n in encoding.sizes.values()))))
    assert np.array_equal(np.unique(encoding.rows(points)), np.arange(problem.space.walked))


@pytest.mark.parametrize("name", ["limits", "rules"])
def test_combinations_by_number_are_what_the_whole_space_says_of_them(name: str) -> None:
    problem = known()[name].problem()
    part = next(iter(parts(problem)))
    good = (part.chunk.stop == 0) & np.isfinite(part.chunk.losses).all(axis=1)
    for broken in part.chunk.broken.values():
        good &= ~broken
    some = np.random.default_rng(1).choice(len(good), 150, replace=False)
    for rows in (some, some[:1]):  # both ways to estimate
        found = estimate(problem, part.chunk.row[rows])
        assert np.array_equal(found.losses, part.chunk.losses[rows], equal_nan=True)
        assert np.array_equal(found.passes, good[rows])
    assert 0 < good[some].sum() < len(some)


def test_what_rules_cut_is_told_as_broken() -> None:
    problem = known()["rules"].problem()
    rules = problem.space.rules
    assert rules is not None
    rows = np.random.default_rng(2).integers(0, problem.space.walked, 400)
    recipes = problem.space.recipes.take(rows // problem.offers)
    kept = rules.keeps(recipes, np.arange(len(rows)), rows % problem.offers)
    assert 0 < kept.sum() < len(kept)
    assert np.array_equal(estimate(problem, rows).violations[:, 1] > 0, ~kept)


def test_a_table_answers_like_the_estimator(problem: Problem) -> None:
    rows = np.random.default_rng(3).integers(0, problem.space.walked, 300)
    asked, held = estimate(problem, rows), table(problem)(rows)
    assert np.array_equal(asked.losses, held.losses, equal_nan=True)
    assert np.array_equal(asked.violations, held.violations)
    assert asked.passes.any()
    assert not asked.passes.all()


# The measure


def test_the_box_of_a_front_is_filled_by_it_alone() -> None:
    box = Box.around(STAIRS)
    assert box.whole == pytest.approx(0.25)
    assert box.ratio(STAIRS) == pytest.approx(1.0)
    assert box.ratio(STAIRS[[0, 2]]) == 0.0
    assert box.ratio(np.array([[0.75, 0.5]])) == pytest.approx(0.5)
    assert box.ratio(np.empty((0, 2))) == 0.0


def test_a_curve_says_when_a_share_was_reached() -> None:
    recorder = Recorder(Box.around(STAIRS), seconds=60)
    for losses in ([[0.9, 0.9]], [[0.75, 0.5], [0.8, 0.6]], [], [[0.5, 0.5]]):
        assert not recorder.over
        recorder.add(np.array(losses).reshape(-1, 2), 10)
    curve = recorder.curve()
    assert recorder.over, "nothing is left to find"
    assert curve.evaluations.tolist() == [10, 20, 30, 40]
    assert [curve.ratio(mark) for mark in range(-1, 4)] == pytest.approx([0.0, 0.04, 0.5, 0.5, 1.0])
    assert (curve.mark_of(0.03), curve.mark_of(0.3), curve.mark_of(0.99)) == (0, 1, 3)
    assert curve.at_evaluations(39) == pytest.approx(0.5)
    assert curve.at_evaluations(9) == 0.0
    assert curve.at_seconds(-1.0) == 0.0
    assert curve.at_seconds(60.0) == pytest.approx(1.0)
    assert [len(found) for found in curve.found] == [1, 1, 0, 1], "what is dominated is not kept"
    assert [point["evaluations"] for point in curve.points(40)] == [10, 20, 30, 40]


def test_a_curve_that_never_gets_there_says_so() -> None:
    recorder = Recorder(Box.around(STAIRS), seconds=60, evaluations=2)
    recorder.add(np.array([[0.75, 0.5]]), 2)
    assert recorder.over
    assert recorder.curve().mark_of(0.99) is None
    assert Recorder(Box.around(STAIRS), seconds=0).over


# The contestants


def test_the_exact_front_is_proven_and_a_wrong_one_is_not(problem: Problem, searched: tuple[Exact, Floats]) -> None:
    exact, front = searched
    proof = prove(problem, front)
    assert proof.holds
    assert proof.rows == exact.combinations == problem.space.combinations
    short = prove(problem, front[1:])
    assert (short.missing, short.extra, short.holds) == (1, 0, False)
    assert prove(problem, np.concatenate([front, front[:1] + 1e-9])).extra == 1


@pytest.mark.parametrize("name", RIVALS)
def test_a_rival_finds_part_of_the_front_the_same_way_each_time(
    name: str, problem: Problem, searched: tuple[Exact, Floats]
) -> None:
    exact, front = searched
    answer, found = table(problem), []
    for _ in range(2):
        recorder = Recorder(Box.around(front), seconds=60, evaluations=250)
        RIVALS[name](Question(problem, recorder, answer), 7)
        curve = recorder.curve()
        found.append([curve.evaluations.tolist(), [losses.tolist() for losses in curve.found]])
        told = summary(curve, exact, 200)
        assert 0 < told["ratio"] <= 1 + 1e-12
        assert told["ratio_at_equal_evaluations"] <= told["ratio"]
        assert told["evaluations"] >= 250
        assert 0 < told["estimating_s"] <= told["seconds"] + 0.01
    assert found[0] == found[1]


def test_a_rival_may_ask_the_estimator_itself(problem: Problem, searched: tuple[Exact, Floats]) -> None:
    recorder = Recorder(Box.around(searched[1]), seconds=60, evaluations=3)
    RIVALS["Optuna NSGA-II"](Question(problem, recorder, functools.partial(estimate, problem)), 1)
    assert recorder.curve().evaluations.tolist() == [1, 2, 3]


# The estimator


def test_bytes_are_counted_once() -> None:
    column = np.zeros(100)
    assert held_bytes({"a": column, "b": column, "c": {"d": np.zeros(10, np.int32)}, "e": "word"}) == 840
    assert held_bytes({"spread": np.broadcast_to(np.zeros(1), (50, 1))}) == 0


def test_the_estimator_is_told_apart_from_its_limit() -> None:
    assert triad_gb_per_s(1, 1000) > 0
    found = measure_speed(SMALLEST, repeats=1, loop_rows=2)
    assert found["machines"] == 20
    assert found["pairs"] == 16 * 20
    assert found["choices"] == 8 * 20, "shares of the data have the choices of the whole"
    assert found["bytes_per_shape"] > 8 * 19, "there are nineteen columns for the join alone"
    assert found["times_below_limit"] == pytest.approx(found["limit_shapes_per_s"] / found["shapes_per_s"])


# What is printed


def measured(
    combinations: int, search_s: float, seconds: list[float | None], sampled: list[dict[str, Any]]
) -> dict[str, Any]:
    runs = [
        {"reached": {"0.99": None if s is None else {"seconds": s, "evaluations": 9.0}}, "ratio": 0.9} for s in seconds
    ]
    return {
        "space": "x", "seconds": 60.0, "proof": None, "sampled": sampled, "rivals": {"Optuna NSGA-II": runs},
        "exact": {"combinations": combinations, "search_s": search_s, "prepare_s": 0.5, "peak_mib": 2000.0},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("search_s", "seconds", "met", "said"),
    [
        (0.1, [12.0], True, "x 120.0"),
        (0.1, [9.0, 12.0, None], True, "x 120.0"),
        (1.0, [12.0], False, "x 12.0"),
        (0.1, [None], True, "x 600.0 or more"),
        (1.0, [None, None, 3.0], None, "2 of 3 runs not there in 60 s"),
    ],
)
def test_a_run_cut_short_only_bounds_how_much_faster_ours_is(
    search_s: float, seconds: list[float | None], met: bool | None, said: str
) -> None:
    (target,) = targets([measured(1000, search_s, seconds, [])], None)
    assert target.met is met
    assert said in target.measured


def test_the_sampled_target_takes_the_worst_seed_within_two_in_a_hundred() -> None:
    def sampled(*runs: tuple[int, float, float]) -> str:
        told = [{"asked": asked, "ratio": ratio, "share": share} for asked, ratio, share in runs]
        *_, found = targets([measured(2_000_000, 1.0, [200.0], told)], None)
        return found.line().strip()

    assert sampled((1, 0.9, 0.01), (2, 0.996, 0.015)).startswith("met ")
    assert sampled((1, 0.999, 0.01), (1, 0.9, 0.01)).startswith("missed ")
    assert sampled((1, 0.999, 0.03)).startswith("missed ")
    (_, unknown) = targets([measured(2_000_000, 1.0, [200.0], [{"not_available": "why"}])], None)
    assert unknown.line() == (
        "  not measured  x: sampled + polish at 99.5% of exact with 2% of the evaluations or fewer: why"
    )


def test_the_largest_space_has_seconds_and_memory_as_targets() -> None:
    found = {target.name: target for target in targets([measured(10**8, 9.0, [None], [])], {"shapes_per_s": 2.5e6})}
    assert [target.met for target in found.values()] == [None, None, True, False, True]
    assert found["x: 100,000,000 combinations in under 10 s"].measured == "9.5 s"


def test_a_run_that_did_not_get_there_is_none() -> None:
    runs = measured(1, 1.0, [None, 2.0], [])["rivals"]["Optuna NSGA-II"]
    assert reached_of(runs, 0.99, "seconds") == [None, 2.0]


@pytest.mark.real
def test_the_benchmark_on_the_smallest_space(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "figures.json"
    chosen = ["--contestant", "random", "--contestant", "sampled", "--contestant", "Optuna NSGA-II, table"]
    small = ["--only", SMALLEST.name, "--seconds", "0.3", "--seeds", "1", "--no-speed"]
    monkeypatch.setattr(sys, "argv", ["search", *small, *chosen, "--json", str(file)])
    search.main()
    (found,) = json.loads(file.read_text("utf-8"))["spaces"]
    assert found["proof"]["holds"]
    assert found["exact"]["peak_mib"] > 20
    assert set(found["rivals"]) == {"random", "Optuna NSGA-II, table"}
    assert found["sampled"], "asked, or said why not"
    printed = capsys.readouterr().out
    assert "\n".join(space_lines(found)) in printed
    assert "curve of Optuna NSGA-II, table" in printed
    assert "one-team: the exact front is that of brute force: 0 points missing, 0 too many" in printed
