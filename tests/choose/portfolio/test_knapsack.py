from dataclasses import replace

import numpy as np
import pytest

from planner.choose.portfolio.bounding import bounded
from planner.choose.portfolio.dominated import undominated
from planner.choose.portfolio.grid import build
from planner.choose.portfolio.knapsack import choose
from planner.choose.portfolio.ledgered import ledger_bound
from tests.choose.portfolio.brute import best
from tests.choose.portfolio.made import of, one, tiny

WORTH = np.array([0.5, 0.7, 0.8, 0.3, 0.6, 0.4, 0.9])
USD = np.array([[100.0, 200, 400, 50, 150, 80, 300]])
GROUP = np.array([0, 0, 0, 1, 1, 2, 2])


def test_multiple_choice_under_a_budget() -> None:
    """T-11.5."""
    chosen = choose(WORTH, GROUP, USD, np.array([650.0]), np.ones(3, bool), 10.0, 0.0)
    assert chosen.worth == pytest.approx(2.2)
    assert chosen.columns is not None
    assert USD[0, chosen.columns].tolist() == [200, 150, 300]
    assert chosen.bound == pytest.approx(2.2)


def test_no_choice_keeps_too_small_a_budget_unless_jobs_may_be_left_out() -> None:
    chosen = choose(WORTH, GROUP, USD, np.array([200.0]), np.ones(3, bool), 10.0, 0.0)
    assert (chosen.columns, chosen.bound) == (None, -np.inf)
    assert choose(WORTH, GROUP, USD, np.array([200.0]), np.zeros(3, bool), 10.0, 0.0).worth == pytest.approx(0.9)


@pytest.mark.parametrize("seed", range(8))
def test_both_bounds_hold_and_whole_jobs_make_the_second_no_weaker(seed: int) -> None:
    instance = tiny(seed)
    grid = build(instance)
    found = bounded(grid, np.flatnonzero(grid.allowed.reshape(-1))[:3], lambda _: False, 1e-6)
    every = np.flatnonzero(grid.allowed.reshape(-1))
    tighter = ledger_bound(grid, found, every, -np.inf, 10.0)
    assert best(instance) <= tighter + 1e-6
    assert tighter <= found.bound + 1e-3 * (1 + abs(found.bound))


def test_only_what_is_never_better_is_thinned_out() -> None:
    job = one("a")
    (plain,) = job.configurations
    configurations = (
        replace(plain, name="dearer", fixed_usd=11.0),
        plain,
        replace(plain, name="same"),
        replace(plain, name="dearer, other pool", fixed_usd=11.0, takes={}),
        replace(plain, name="dearer, faster", fixed_usd=11.0, hours=3.0),
        replace(plain, name="dearer, two slots", fixed_usd=11.0, hours=5.0),
    )
    grid = build(of(replace(job, configurations=configurations, deadline_hours=4.5, late_usd_per_hour=9.0)))
    kept = [grid.row_names[row] for row in undominated(grid)]
    assert kept == ["only", "dearer, other pool", "dearer, faster"]
