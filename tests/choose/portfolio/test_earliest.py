"""Of schedules worth the same, the one in which jobs start early: nobody waits for nothing."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.choose.portfolio.grid import build
from planner.choose.portfolio.instance import After, Budget, Configuration, Instance, Job, Placement, Pool, Weights
from planner.choose.portfolio.local import Search
from planner.choose.portfolio.schedule import Status
from planner.choose.portfolio.solve import solve

from .brute import alone, best, together, worth
from .made import of, one, tiny

TWO = (Pool(name="gpu", units=2.0),)


def starts(instance: Instance, **asked: Any) -> list[float]:
    """Of a schedule that is worth as much as any."""
    schedule = solve(instance, gap=0.0, **asked)
    assert schedule.status is Status.WITHIN_GAP
    assert schedule.objective_usd == pytest.approx(best(instance))
    assert schedule.bound.objective_usd >= schedule.objective_usd
    return sorted(placed.start_hours for placed in schedule.placed)


@pytest.mark.parametrize("seed", range(5))
def test_where_any_start_is_as_good_jobs_start_as_soon_as_gpus_are_free(seed: int) -> None:
    jobs = [one(name, hours=8.0) for name in ("a", "b", "c")]
    assert starts(of(*jobs, pools=TWO, horizon_hours=96.0), seed=seed) == [0.0, 0.0, 8.0]


def test_a_budget_of_a_month_still_puts_jobs_off() -> None:
    jobs = [one(name) for name in ("a", "b", "c")]
    instance = of(*jobs, pools=TWO, budgets=(Budget(name="May", month="2026-05", limit_usd=10.0),))
    assert starts(instance) == [0.0, 4.0, 4.0]


def test_what_follows_moves_up_behind_what_it_waits_for() -> None:
    jobs = [one("a", hours=8.0, earliest_hours=4.0), one("b"), one("c")]
    instance = of(*jobs, pools=TWO, horizon_hours=72.0, orders=(After("b", "a", lag_hours=4.0), After("c", "b")))
    schedule = solve(instance, gap=0.0)
    assert {placed.job: placed.start_hours for placed in schedule.placed} == {"a": 4.0, "b": 16.0, "c": 20.0}


def test_cheaper_hours_are_waited_for_and_of_them_the_first_taken() -> None:
    cheap = Configuration(name="only", hours=4, varying_usd=40, curve="night", takes={"gpu": 1})
    curve = tuple(0.25 if hour % 24 < 8 else 1.0 for hour in range(168))
    assert starts(of(Job(name="a", configurations=(cheap,)), curves={"night": curve})) == [4.0]


def test_a_job_that_earns_by_staying_stays_and_a_fixed_one_does() -> None:
    stays = one("stays", planned=Placement("only", 12.0))
    fixed = one("fixed", fixed=Placement("only", 8.0))
    instance = of(stays, fixed, one("free"), pools=TWO)
    earning = replace(instance, weights=Weights(stays_usd=1.0))
    found = {placed.job: (placed.start_hours, placed.moved) for placed in solve(earning, gap=0.0).placed}
    assert found == {"stays": (12.0, False), "fixed": (8.0, False), "free": (0.0, False)}
    found = {placed.job: (placed.start_hours, placed.moved) for placed in solve(instance, gap=0.0).placed}
    assert found == {"stays": (0.0, True), "fixed": (8.0, False), "free": (0.0, False)}


def test_one_job_after_the_other_moves_up_and_the_worth_stays() -> None:
    """Each behind the one before it, on one GPU; nothing else tells these starts apart."""
    grid = build(of(one("a"), one("b", hours=8.0), one("c"), horizon_hours=96.0))
    search = Search(grid, seed=0)
    late = np.array([5, 9, 20]) + np.arange(3) * grid.slot_count
    assert search.offer(late)
    search.settle(10)
    assert search.best_column.tolist() == late.tolist()
    before = search.best
    search.earliest(10)
    assert (search.best_column % grid.slot_count).tolist() == [0, 1, 3]
    assert search.best == before == search.score(search.best_column)


def test_a_hair_of_worth_in_each_pass_does_not_add_up() -> None:
    """Each slot earlier costs less than rounding more, all of them together much more than that."""
    grid = build(of(one("a"), horizon_hours=400.0))
    creeping = replace(grid, worth=grid.worth + 4e-9 * np.arange(grid.slot_count))
    search = Search(creeping, seed=0)
    assert search.offer(np.array([90]))
    search.earliest(50)
    assert search.best_column.tolist() == [88]


def drawn(seed: int) -> Instance:
    """3 jobs of 2 configurations on 2 GPUs for a week, with a budget for the hours of its first month."""
    draw = np.random.default_rng(seed)
    jobs = [
        Job(
            name=f"j{j}",
            configurations=tuple(
                Configuration(
                    name=f"c{c}", hours=float(draw.integers(4, 40)), fixed_usd=float(draw.integers(10, 60)),
                    takes={"gpu": float(draw.integers(1, 3))},
                )
                for c in range(2)
            ),
        )
        for j in range(3)
    ]  # fmt: skip
    may = Budget(name="May", month="2026-05", limit_usd=20.0)
    return of(*jobs, pools=TWO, horizon_hours=168.0, budgets=(may,))


@pytest.mark.parametrize("instance", [*map(tiny, range(16)), tiny(145), *map(drawn, (8, 22, 23, 28, 38))])
def test_no_job_alone_could_start_earlier_for_the_same_money(instance: Instance) -> None:
    """Against the rules written a second time; where any start will do, some searches end with a later one."""
    schedule = solve(instance, time_limit_s=60, gap=0.0)
    jobs = {job.name: job for job in instance.jobs}
    ways = {(job.name, c.name): c for job in instance.jobs for c in job.configurations}
    chosen = {placed.job: (ways[placed.job, placed.configuration], placed.start_hours) for placed in schedule.placed}
    for name, (way, start) in chosen.items():
        least = worth(instance, jobs[name], way, start)
        for choice in alone(instance, jobs[name]):
            if choice is not None and choice[0] == way and choice[1] < start:
                moved = {other: choice if other == name else chosen.get(other) for other in jobs}
                assert worth(instance, jobs[name], *choice) < least - 1e-6 or not together(instance, moved)
