from collections.abc import Callable

import pytest

from planner.choose.portfolio.grid import Grid, build
from tests.benchmarks.portfolio import Run, by_arrival, by_priority, compare, plain, queue, targets
from tests.benchmarks.portfolio_instances import timed
from tests.choose.portfolio.brute import together


def test_ours_is_worth_no_less_than_queues_that_place_as_much() -> None:
    rows = {row["who"]: row for row in compare(("roomy", 20, 8, 0, 20.0, 0.01))}
    ours = rows["planner"]
    assert ours["required_left_out"] == 0
    assert ours["gap"] <= 0.01
    for who in ("first come", "priority queue"):
        if rows[who]["required_left_out"] == 0:
            assert rows[who]["objective_usd"] <= ours["objective_usd"] * 1.01


@pytest.mark.parametrize("order", [by_arrival, by_priority])
def test_a_queue_keeps_budgets_and_pools(order: Callable[[Grid], list[int]]) -> None:
    instance = timed(12, 8, "tight")
    grid = build(instance)
    schedule = queue(grid, order(grid))
    assert schedule.placed
    of = {(job.name, one.name): one for job in instance.jobs for one in job.configurations}
    chosen = {one.job: (of[one.job, one.configuration], one.start_hours) for one in schedule.placed}
    assert together(instance, dict(chosen))


def test_the_targets_are_those_that_are_asked_for() -> None:
    assert [(run.profile, run.jobs, run.gap, run.seconds, run.most_mib) for run in targets(["tight"])] == [
        ("tight", 200, 0.05, 120, 4096), ("tight", 200, 0.01, 600, 4096), ("untimed", 1000, 0.01, 20, 4096)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({}, True), ({"gap": 0.051}, False), ({"gap": float("nan")}, False), ({"seconds": 120.1}, False),
        ({"mib": 4097}, False), ({"required_left_out": 1}, False),
    ],
)  # fmt: skip
def test_a_target_is_kept_where_all_of_it_is(changed: dict[str, float], *, kept: bool) -> None:
    row = {"gap": 0.05, "seconds": 120.0, "mib": 4096, "required_left_out": 0, **changed}
    asked = Run("tight", 200, 0.05, 120.0)
    assert asked.kept(row) is kept
    assert ("MISSED" in asked.told(row)) is not kept


def test_what_is_no_number_is_null() -> None:
    row = {"who": "first come", "gap": float("nan"), "bound": float("inf"), "cost_usd": 1.5, "kept": None}
    assert plain(row) == {"who": "first come", "gap": None, "bound": None, "cost_usd": 1.5, "kept": None}
