import math
from dataclasses import replace

import pytest

from planner.choose.portfolio.instance import After, Budget, Placement, UnfitInstanceError
from planner.choose.portfolio.outage import without
from planner.choose.portfolio.rerun import Ended, State, rest
from planner.choose.portfolio.solve import solve
from planner.choose.portfolio.sweep import Held, sweep
from tests.choose.portfolio.made import of, one, tiny


def test_the_rest_is_planned_around_what_ran() -> None:
    instance = of(
        one("done"), one("runs", hours=8), one("failed", usd=7), one("follows"),
        budgets=(Budget(name="all", limit_usd=100),), orders=(After("follows", "done", 9.0),),
    )  # fmt: skip
    state = State(
        now_hours=5.0, started={"runs": Placement("only", 4.0)},
        done={"done": Ended(4.0, {"2026-05": 12.0})}, failed={"failed": Ended(2.0, {"2026-05": 5.0})},
    )  # fmt: skip
    left = rest(instance, state, stays_usd=0.0)
    assert left.budgets[0].limit_usd == pytest.approx(83)
    starts = {placed.job: placed.start_hours for placed in solve(left, gap=0.0).placed}
    assert starts["runs"] == 4
    assert starts["failed"] >= 12
    assert starts["follows"] >= 16
    assert set(starts) == {"runs", "failed", "follows"}


def test_staying_where_it_was_planned_is_worth_what_is_said() -> None:
    job = one("a", deadline_hours=4.0, late_usd_per_hour=1.0)
    state = State(now_hours=0.0, planned={"a": Placement("only", 12.0)})
    (moves,) = solve(rest(of(job), state, stays_usd=5.0), gap=0.0).placed
    (stays,) = solve(rest(of(job), state, stays_usd=50.0), gap=0.0).placed
    assert (moves.start_hours, moves.moved) == (0.0, True)
    assert (stays.start_hours, stays.moved) == (12.0, False)


def test_a_state_that_contradicts_itself_is_told() -> None:
    ended = Ended(1.0, {})
    with pytest.raises(UnfitInstanceError, match=r"job a is in two states\nthere is no job z"):
        rest(of(one("a")), State(now_hours=1, done={"a": ended, "z": ended}, failed={"a": ended}), 0.0)


def test_what_a_provider_runs_is_gone_when_it_is_down() -> None:
    job = one("a")
    elsewhere = replace(job.configurations[0], name="other", provider="b", fixed_usd=99.0)
    both = replace(job, configurations=(replace(job.configurations[0], provider="a"), elsewhere))
    assert {placed.configuration for placed in solve(without(of(both), "a")).placed} == {"other"}
    assert solve(without(of(both), "b")).placed[0].configuration == job.configurations[0].name


def test_a_sweep_gives_the_front_and_less_money_is_never_better() -> None:
    free = solve(tiny(4), gap=0.0)
    steps = sweep(tiny(4), Held.COST, free, math.inf, steps=4, gap=0.0)
    figures = sorted((step.schedule.cost_usd, step.schedule.objective_usd) for step in steps)
    assert len(figures) > 1
    assert [worth for _, worth in figures] == sorted(worth for _, worth in figures)
    for step in steps:
        assert step.schedule.cost_usd <= step.limit + 1e-3
