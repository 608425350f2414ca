import math

import pytest

from planner.choose.portfolio import conflict as conflict_module
from planner.choose.portfolio.conflict import conflict
from planner.choose.portfolio.instance import Budget, Exclusive, Pool
from planner.choose.portfolio.lifting import lifts
from tests.choose.portfolio.brute import best
from tests.choose.portfolio.made import of, one, tiny


@pytest.mark.parametrize("seed", [25, 53, 81])
def test_members_are_in_conflict_and_none_can_be_spared(seed: int) -> None:
    instance = tiny(seed)
    found = conflict(instance)
    assert found.infeasible
    assert found.smallest
    members = {member.constraint for member in found.members}
    for constraint, lift in lifts(instance):
        if constraint not in members:
            instance = lift(instance)
    assert best(instance) == -math.inf
    lift_of = dict(lifts(instance))
    for member in members:
        assert best(lift_of[member](instance)) > -math.inf


def test_what_would_free_a_conflict() -> None:
    jobs = [one(name, hours=8, usd=30, hard=True, deadline_hours=12.0) for name in ("a", "b")]
    instance = of(*jobs, budgets=(Budget(name="all", limit_usd=1000),))
    found = conflict(instance)
    frees = {(of.constraint.kind, of.constraint.name): of for of in found.members}
    assert set(frees) == {("pool", "gpu"), ("deadline", "a"), ("deadline", "b"), ("required", "a"), ("required", "b")}
    assert frees["pool", "gpu"].needed == 2
    assert frees["deadline", "a"].needed == pytest.approx(16, abs=0.02)
    assert math.isnan(frees["required", "b"].needed)


def test_a_budget_tells_what_it_lacks() -> None:
    instance = of(one("a", usd=30), one("b", usd=40), budgets=(Budget(name="all", limit_usd=60),))
    frees = {of.constraint.kind: of for of in conflict(instance).members}
    assert frees["budget"].needed == pytest.approx(70, rel=2e-3)


def test_exclusive_jobs_without_room() -> None:
    both = Exclusive("licence", ("a", "b"))
    instance = of(one("a", hours=16), one("b", hours=16), pools=(Pool(name="gpu", units=9),), exclusives=(both,))
    kinds = sorted(of.constraint.kind for of in conflict(instance).members)
    assert kinds == ["exclusive", "required", "required"]


def test_no_conflict_where_a_schedule_is_possible() -> None:
    assert conflict(of(one("a"))).members == ()


def test_many_jobs_under_one_budget_stand_together() -> None:
    jobs = [one(f"j{i}", usd=10 + i) for i in range(30)]
    least = sum(10 + i for i in range(30))
    plenty = [Budget(name=f"b{i}", limit_usd=1e6) for i in range(5)]
    budgets = (*plenty, Budget(name="all", limit_usd=least - 1))
    found = conflict(of(*jobs, budgets=budgets, pools=(Pool(name="gpu", units=99),)))
    assert [(each.constraint.kind, each.constraint.name) for each in found.members] == [("budget", "all")]
    assert (found.infeasible, found.smallest, found.together) == (True, True, 30)
    assert found.members[0].needed == pytest.approx(least, rel=2e-3)


def test_two_jobs_among_many_are_named() -> None:
    jobs = [one(f"j{i}", hours=4, usd=1) for i in range(30)]
    late = [one(name, hours=8, usd=30, hard=True, deadline_hours=12.0) for name in ("a", "b")]
    both = Exclusive("licence", ("a", "b"))
    found = conflict(of(*jobs[:15], *late, *jobs[15:], pools=(Pool(name="gpu", units=40),), exclusives=(both,)))
    named = {(each.constraint.kind, each.constraint.name) for each in found.members}
    assert named == {("exclusive", "licence"), *((kind, job) for kind in ("deadline", "required") for job in "ab")}
    assert (found.smallest, found.together) == (True, 0)


def test_without_time_nothing_is_said() -> None:
    found = conflict(of(one("a", usd=30), budgets=(Budget(name="all", limit_usd=20),)), time_limit_s=0.0)
    assert (found.members, found.infeasible, found.smallest) == ((), False, False)


def test_without_time_for_it_no_value_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conflict_module, "_SEARCH", -1e9)
    jobs = one("a", usd=30), one("b", usd=40)
    found = conflict(of(*jobs, budgets=(Budget(name="all", limit_usd=60),)), time_limit_s=-1e-6)
    assert found.smallest
    budget = next(each for each in found.members if each.constraint.kind == "budget")
    assert math.isnan(budget.needed)
