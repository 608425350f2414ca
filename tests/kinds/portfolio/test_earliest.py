"""Where nothing tells starts apart, nobody waits for nothing; and what holds a job back is kept."""

from typing import Any

import pytest

from .made import planned, portfolio, way, where


def test_what_runs_already_says_why_a_job_starts_no_sooner() -> None:
    """Not before now, 05:00, though the scenario would let it at 01:00; c has to wait for a's lag, and d by its own."""
    states = [{"job": "a", "status": "done", "configuration": "a", "end": "2026-06-01T04:00", "spent": 9}]
    jobs: list[dict[str, Any]] = [
        {"name": "a"}, {"name": "b", "earliest": "2026-06-01T01:00"}, {"name": "c", "after": [{"job": "a", "lag": 9}]},
        {"name": "d", "earliest": "2026-06-01T15:00"},
    ]  # fmt: skip
    scenario = portfolio(jobs, running={"now": "2026-06-01T05:00", "jobs": states})
    plan = planned(scenario, {name: [way(name)] for name in "abcd"})
    found = {job.name: (job.run.start_hours, job.waits_for) for job in plan.jobs if job.run}
    assert found == {
        "a": (4.0, ""), "b": (8.0, "not before now"), "c": (16.0, "after what is done"), "d": (16.0, "earliest start"),
    }  # fmt: skip


def test_a_job_starts_as_soon_as_gpus_are_free_and_the_month_s_budget_lasts() -> None:
    """Two GPUs, of which no two jobs can share, and no deadline: any later start would be worth the same.

    There is a budget of $20 until the month ends after 48 h: a1 takes $13 of it, and b0 $23 x 8 / 37 for its first 8 h.
    """
    fronts = {
        "a": [way("a0", hours=36.0, usd=53.0, gpus=2), way("a1", hours=34.0, usd=13.0, gpus=2)],
        "b": [way("b0", hours=37.0, usd=23.0), way("b1", hours=6.0, usd=49.0, gpus=2)],
        "c": [way("c0", hours=25.0, usd=40.0, gpus=2), way("c1", hours=4.0, usd=51.0, gpus=2)],
    }
    scenario = portfolio(
        [{"name": name} for name in "abc"], begins="2026-06-29", horizon="30 days", quotas=[{"gpus": 2}],
        budgets=[{"amount": 20, "month": "2026-06"}],
    )  # fmt: skip
    plan = planned(scenario, fronts)
    assert where(plan) == {"a": ("a1", 0.0), "b": ("b0", 40.0), "c": ("c0", 80.0)}
    assert plan.proof.objective_usd == pytest.approx(-13 - 23 - 40)
    assert plan.proof.bound_usd is not None
    assert plan.proof.objective_usd is not None
    assert plan.proof.bound_usd >= plan.proof.objective_usd
    assert [job.waits_for for job in plan.jobs] == ["", "budget all teams in 2026-06", "GPUs anywhere"]
    assert plan.budgets[0].spent_usd == pytest.approx(13 + 23 * 8 / 37)
