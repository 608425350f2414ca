import math
from dataclasses import replace

import numpy as np
import pytest

from planner.choose.portfolio.grid import build
from planner.choose.portfolio.instance import (
    After,
    Budget,
    Configuration,
    Instance,
    Job,
    Placement,
    Pool,
    UnfitInstanceError,
    Weights,
)
from planner.choose.portfolio.placing import Board, Layout
from planner.choose.portfolio.schedule import Status
from planner.choose.portfolio.solve import solve
from tests.choose.portfolio.brute import best, together, worth
from tests.choose.portfolio.made import BEGINS, of, one, tiny


@pytest.mark.parametrize("seed", range(30))
def test_brute_force_finds_the_same_optimum(seed: int) -> None:
    instance = tiny(seed)
    expected, schedule = best(instance), solve(instance, time_limit_s=60, gap=0.0)
    if expected == -math.inf:
        assert schedule.status is Status.INFEASIBLE
    else:
        assert schedule.objective_usd == pytest.approx(expected, abs=1e-4)
        assert schedule.bound.objective_usd >= expected - 1e-4
        assert schedule.status is Status.WITHIN_GAP


@pytest.mark.parametrize("seed", range(9))
def test_what_is_told_keeps_the_rules_and_adds_up(seed: int) -> None:
    instance = tiny(seed)
    schedule = solve(instance, time_limit_s=60, gap=0.1)
    if schedule.status is Status.INFEASIBLE:
        assert best(instance) == -math.inf
        return
    jobs = {job.name: job for job in instance.jobs}
    chosen = {
        placed.job: (
            next(c for c in jobs[placed.job].configurations if c.name == placed.configuration),
            placed.start_hours,
        )
        for placed in schedule.placed
    }
    assert together(instance, {name: chosen.get(name) for name in jobs})
    assert sum(worth(instance, jobs[name], *choice) for name, choice in chosen.items()) == pytest.approx(
        schedule.objective_usd
    )
    assert set(chosen) | {left.job for left in schedule.left_out} == set(jobs)
    spent = sum(sum(placed.cost_by_month_usd.values()) for placed in schedule.placed)
    assert spent == pytest.approx(schedule.cost_usd)
    assert best(instance) <= schedule.bound.objective_usd + 1e-6


def test_multiple_choice_under_a_budget() -> None:
    """T-11.5."""
    groups = [[(100, 0.5), (200, 0.7), (400, 0.8)], [(50, 0.3), (150, 0.6)], [(80, 0.4), (300, 0.9)]]
    jobs = tuple(
        Job(
            name=f"j{j}",
            configurations=tuple(
                Configuration(name=str(usd), hours=1, fixed_usd=usd, quality=quality) for usd, quality in group
            ),
        )
        for j, group in enumerate(groups)
    )
    instance = Instance(
        jobs=jobs, begins=BEGINS, horizon_hours=1, slot_hours=1, budgets=(Budget(name="all", limit_usd=650),),
        weights=Weights(cost=0, quality_usd=1),
    )  # fmt: skip
    schedule = solve(instance, gap=0.0)
    assert schedule.objective_usd == pytest.approx(2.2)
    assert sorted(placed.configuration for placed in schedule.placed) == ["150", "200", "300"]


def test_cost_over_a_months_end_is_split_by_hours() -> None:
    instance = of(one("night", hours=6, usd=60, blackouts=((8.0, 24.0),)))
    (placed,) = solve(instance).placed
    assert placed.cost_by_month_usd == pytest.approx({"2026-05": 40.0, "2026-06": 20.0})


def test_budget_of_a_month_puts_a_job_off() -> None:
    job = one("late", deadline_hours=4.0, late_usd_per_hour=1.0)
    assert solve(of(job)).placed[0].start_hours == 0
    (placed,) = solve(of(job, budgets=(Budget(name="May", month="2026-05", limit_usd=5.0),))).placed
    assert placed.start_hours == 4
    assert placed.late_hours == 4


def test_a_cheap_night_is_waited_for() -> None:
    configuration = Configuration(name="only", hours=4, varying_usd=40, curve="night", takes={"gpu": 1})
    curve = tuple(0.25 if hour % 24 < 8 else 1.0 for hour in range(168))
    (placed,) = solve(of(Job(name="a", configurations=(configuration,)), curves={"night": curve})).placed
    assert placed.start_hours in {4.0, 8.0}
    assert placed.cost_usd == pytest.approx(10)


def test_why_a_job_is_left_out() -> None:
    rich, poor = (one(name, hours=24, required=False, value_usd=usd) for name, usd in (("rich", 90.0), ("poor", 50.0)))
    loss = one("loss", required=False, value_usd=1.0)
    follower = one("follower", required=False, value_usd=30.0, hours=1)
    long = one("long", hours=30, required=False, value_usd=999.0)
    dear = one("dear", usd=900, required=False, value_usd=999.0, team="lab")
    soon = one("soon", hours=8, required=False, value_usd=999.0, earliest_hours=12.0, hard=True, deadline_hours=16.0)
    budget = Budget(name="lab, the whole portfolio", limit_usd=800, team="lab")
    jobs = (rich, poor, loss, follower, long, dear, soon)
    schedule = solve(of(*jobs, orders=(After("follower", "poor"),), budgets=(budget,)), gap=0.0)
    assert [placed.job for placed in schedule.placed] == ["rich"]
    assert {left.job: left.why for left in schedule.left_out} == {
        "poor": "where it is worth most it does not fit: too few gpu are free",
        "loss": "is worth less than it costs, with lateness and emissions",
        "follower": "waits for poor, which is left out",
        "long": "its shortest run is longer than the horizon",
        "dear": "it cannot run even alone, because of the budget of lab, the whole portfolio",
        "soon": "it cannot run even alone, because of its deadline together with its earliest start",
    }


def test_what_comes_after_another_does_not_fit_for_what_is_short_then() -> None:
    """The follower would be worth most at once, which is no reason; after the other there is no money left."""
    first = one("first", hours=8, usd=10)
    then = one("then", hours=8, usd=6, required=False, value_usd=50.0, late_usd_per_hour=0.1, deadline_hours=4.0)
    after, budget = After("then", "first"), Budget(name="all", limit_usd=15)
    (left,) = solve(of(first, then, orders=(after,), budgets=(budget,)), gap=0.0).left_out
    assert left.why == "where it is worth most it does not fit: too little is left of the budget of all"
    soon = one("then", hours=4, required=False, value_usd=50.0, hard=True, deadline_hours=8.0)
    (left,) = solve(of(first, soon, orders=(after,)), gap=0.0).left_out
    assert left.why == "where it is worth most it does not fit: too few gpu are free; it comes after first"


def test_a_running_job_stays_at_its_own_hour() -> None:
    fixed = one("runs", hours=5, fixed=Placement("only", 1.5))
    schedule = solve(of(fixed, one("next", hours=1)))
    assert (schedule.placed[0].job, schedule.placed[0].start_hours) == ("runs", 1.5)
    assert schedule.placed[1].start_hours >= 8


def test_everything_that_is_wrong_is_told_at_once() -> None:
    bad = Configuration(name="x", hours=math.nan, takes={"tpu": 1.0}, curve="moon")
    instance = of(Job(name="a", configurations=(bad,)), one("a"), budgets=(Budget(name="b", limit_usd=math.nan),))
    with pytest.raises(UnfitInstanceError) as caught:
        solve(replace(instance, begins=BEGINS.replace(minute=5)))
    told = str(caught.value)
    for part in (
        "full hour",
        "budget b",
        "job a: named 2 times",
        "no curve moon",
        "no pool tpu",
        "hours must be known",
    ):
        assert part in told


def test_jobs_that_wait_for_each_other_are_named() -> None:
    with pytest.raises(UnfitInstanceError, match=r"jobs wait for each other: (a after b after a|b after a after b)"):
        solve(of(one("a"), one("b"), orders=(After("a", "b"), After("b", "a"))))


def test_the_same_seed_gives_the_same_schedule() -> None:
    instance = tiny(3)
    assert solve(instance, gap=0.05, seed=7) == solve(instance, gap=0.05, seed=7)


@pytest.mark.parametrize("seed", range(3))
def test_however_wide_the_gap_no_job_alone_has_a_better_place(seed: int) -> None:
    draw = np.random.default_rng(seed)
    jobs = [
        Job(
            name=f"j{j}", required=False, value_usd=float(draw.integers(100, 900)), late_usd_per_hour=2.0,
            deadline_hours=float(draw.integers(10, 60)),
            configurations=tuple(
                Configuration(
                    name=f"c{c}", hours=float(draw.integers(2, 20)), fixed_usd=float(draw.integers(10, 90)),
                    takes={"gpu": float(draw.integers(1, 4))},
                )
                for c in range(8)
            ),
        )
        for j in range(25)
    ]  # fmt: skip
    instance = of(*jobs, horizon_hours=96.0, pools=(Pool(name="gpu", units=4.0),))
    schedule = solve(instance, time_limit_s=60, gap=0.2)
    grid = build(instance)
    board = Board(Layout(grid))
    names = [(jobs[j].name, name) for j, name in zip(grid.job_of.tolist(), grid.row_names, strict=True)]
    for of_job in schedule.placed:
        row = names.index((of_job.job, of_job.configuration))
        board.put(row * grid.slot_count + round(of_job.start_hours / instance.slot_hours))
    worths = {of_job.job: of_job.worth_usd for of_job in schedule.placed}
    for j, job in enumerate(jobs):
        if board.column[j] >= 0:
            column = int(board.column[j])
            board.drop(j)
            best_place = np.where(board.fits(j), grid.worth[grid.rows(j)], -np.inf).max()
            board.put(column)
            assert best_place <= worths[job.name] + 1e-6


def test_without_jobs_there_is_nothing_to_schedule() -> None:
    schedule = solve(of())
    assert (schedule.status, schedule.placed, schedule.objective_usd) == (Status.WITHIN_GAP, (), 0.0)
