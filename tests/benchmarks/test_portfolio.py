from collections.abc import Callable

import pytest

from planner.choose.portfolio.grid import Grid, build
from tests.benchmarks.portfolio import by_arrival, by_priority, compare, queue
from tests.benchmarks.portfolio_instances import timed


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
    grid = build(timed(12, 8, "tight"))
    schedule = queue(grid, order(grid))
    assert schedule.placed
    assert all(use.spent_usd <= use.limit_usd + 1e-6 for use in schedule.budgets)
    assert all(used <= units + 1e-6 for of in schedule.pools for used, units in zip(of.used, of.units, strict=True))
