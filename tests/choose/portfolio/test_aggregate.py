"""Sums over the horizon prove only what no schedule can do."""

import math

import pytest

from planner.choose.portfolio.aggregate import cannot_run
from planner.choose.portfolio.grid import build
from planner.choose.portfolio.instance import Budget, Pool
from tests.choose.portfolio.brute import best
from tests.choose.portfolio.made import of, one, tiny


@pytest.mark.parametrize(("seed", "out"), [(0, True), (21, True), (25, True), (1, False), (2, False), (3, False)])
def test_what_it_rules_out_has_no_schedule(seed: int, *, out: bool) -> None:
    instance = tiny(seed)
    assert cannot_run(build(instance)) is out
    if out:
        assert best(instance) == -math.inf


@pytest.mark.parametrize(("limit", "out"), [(69.0, True), (70.0, False)])
def test_required_jobs_beyond_a_budget(limit: float, *, out: bool) -> None:
    jobs = one("a", usd=30), one("b", usd=40), one("c", usd=500, required=False)
    assert cannot_run(build(of(*jobs, budgets=(Budget(name="all", limit_usd=limit),)))) is out


@pytest.mark.parametrize(("units", "out"), [(1.0, True), (2.0, False)])
def test_required_jobs_beyond_what_a_pool_has_in_all(units: float, *, out: bool) -> None:
    jobs = [one(f"j{i}", hours=8) for i in range(4)]
    assert cannot_run(build(of(*jobs, pools=(Pool(name="gpu", units=units),)))) is out


def test_a_required_job_without_a_start_and_a_portfolio_without_required_jobs() -> None:
    assert cannot_run(build(of(one("a", hours=30))))
    assert not cannot_run(build(of(one("a", hours=30, required=False))))
