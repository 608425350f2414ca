"""The times, names and order of a portfolio: hours that pass, circles of any length, sizes that can be planned."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.loader import load_catalog
from planner.scenario.portfolio import Portfolio
from planner.source import parse_document
from planner.space.portfolio.checks import check_portfolio
from planner.space.portfolio.order import circles
from planner.space.portfolio.remarks import Checking, Clock, among, clock_of


def scenario(**more: Any) -> Portfolio:
    said = {
        "api_version": "planner/v1", "kind": "Portfolio", "metadata": {"name": "x"}, "begins": "2026-10-20",
        "horizon": 672.0, "jobs": [{"name": "a", "scenario": "a.yaml"}],
    } | more  # fmt: skip
    return Portfolio.model_validate(said)


def checking() -> Checking:
    return Checking(parse_document(b"kind: Portfolio", "x.yaml"))


def clock(**more: Any) -> Clock:
    found = checking()
    read = clock_of(scenario(**more), found)
    assert not found.problems
    return read


def complaints(**more: Any) -> list[str]:
    found = checking()
    check_portfolio(scenario(**more), load_catalog(), found)
    return [problem.at for problem in found.problems]


def test_hours_are_those_that_pass_when_clocks_change() -> None:
    berlin = clock(time_zone="Europe/Berlin", horizon=6 * 24.0)
    assert berlin.hours("2026-10-25") == 120.0
    assert berlin.hours("2026-10-26") == 145.0
    assert berlin.hours("2026-10-25T00:00Z") == 122.0
    assert berlin.ends.isoformat() == "2026-10-25T23:00:00+01:00"
    assert clock(horizon=6 * 24.0).hours("2026-10-26") == 144.0
    assert clock(begins="2026-10-20T00:00+02:00", time_zone="America/New_York").begins.hour == 18


def test_months_are_those_that_the_horizon_touches() -> None:
    assert clock().months() == ["2026-10", "2026-11"]
    assert clock(begins="2026-12-01", horizon=31 * 24.0).months() == ["2026-12"]
    assert clock(begins="2026-12-01", horizon=31 * 24.0 + 1).months() == ["2026-12", "2027-01"]
    assert clock(begins="2026-12-31", horizon=24.0 * 32).months() == ["2026-12", "2027-01"]
    assert len(clock(horizon=26_304.0).months()) == 37


@pytest.mark.parametrize(
    ("follows", "found"),
    [
        ({"a": ["b"], "b": []}, []),
        ({"a": ["b"], "b": ["a"]}, [["a", "b"]]),
        ({"a": ["c"], "b": ["c"], "c": ["a", "b"]}, [["a", "c"]]),
        ({"a": ["b"], "b": ["c"], "c": ["b"], "d": ["e"], "e": ["d"]}, [["b", "c"], ["d", "e"]]),
    ],
)
def test_circles_are_named_once_from_their_first_job(follows: dict[str, list[str]], found: list[list[str]]) -> None:
    assert circles(follows) == found


def test_a_long_line_is_no_circle_and_a_long_circle_is_one() -> None:
    line = {str(k): [str(k + 1)] for k in range(5000)} | {"5000": []}
    assert circles(line) == []
    assert circles({**line, "5000": ["0"]}) == [[str(k) for k in range(5001)]]


@given(st.integers(0, 2**32 - 1), st.integers(1, 7))
def test_a_circle_is_found_exactly_where_there_is_one(seed: int, jobs: int) -> None:
    chance = random.Random(seed)
    follows = {str(a): [str(b) for b in range(jobs) if b != a and chance.random() < 0.3] for a in range(jobs)}
    left = dict(follows)
    while free := [name for name, firsts in left.items() if not set(firsts) & set(left)]:
        left = {name: firsts for name, firsts in left.items() if name not in free}
    found = circles(follows)
    assert bool(found) == bool(left)
    for circle in found:
        assert all(later in follows[name] for name, later in zip(circle, [*circle[1:], circle[0]], strict=True))


def test_what_is_too_much_to_plan_is_refused() -> None:
    many = [{"name": f"j{k}", "scenario": "a.yaml"} for k in range(2000)]
    assert complaints(jobs=many) == []
    assert complaints(jobs=many, solver={"configurations": 200}) == ["horizon"]
    assert complaints(solver={"slot_hours": 0.25}) == []
    assert complaints(solver={"slot_hours": 0.25}, horizon=26_304.0) == ["solver.slot_hours"]
    assert complaints(jobs=many, solver={"configurations": 200}, horizon=26_304.0) == ["horizon"]
    line = [job | {"after": [f"j{i}" for i in range(max(0, k - 99), k)]} for k, job in enumerate(many)]
    assert complaints(jobs=line) == ["jobs"]
    assert complaints(jobs=line[:200]) == []
    teams = [{"name": f"t{k}", "budgets": [{"amount": 9}]} for k in range(200)]
    weeks = {"slot_hours": 168, "configurations": 4}
    assert complaints(jobs=many, teams=teams, horizon=26_304.0, solver=weeks) == ["teams"]
    assert complaints(jobs=many, teams=teams) == []
    alike = [{"name": f"r{k}", "jobs": [f"j{i}" for i in range(1000)]} for k in range(200)]
    assert complaints(jobs=many, only_one=alike) == ["horizon"]


def test_a_state_needs_no_configuration_where_a_plan_of_before_says_it() -> None:
    running: dict[str, Any] = {"now": "2026-10-22", "jobs": [{"job": "a", "status": "started"}]}
    assert complaints(running=running) == ["running.jobs[0]", "running.jobs[0]"]
    assert complaints(running={**running, "plan": "plan.json"}) == []


def test_a_hint_names_what_there_is() -> None:
    assert among("tnue", ["tune", "serve"], "jobs") == "did you mean 'tune'?"
    assert among("x", ["tune", "serve"], "jobs") == "jobs: tune, serve"
    assert among("x", [f"job-{k}" for k in range(7)], "jobs") == "jobs: job-0, job-1, job-2, job-3, job-4, and 2 more"
    assert among("x", [], "jobs") == "there are no jobs"
