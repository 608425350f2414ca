"""The solver's time limit is that of all attempts together, and again that of all that explains the schedule."""

from typing import Any

import pytest

from planner.choose.portfolio import shadow, sweep
from planner.kinds.portfolio import fronts as own_fronts
from planner.kinds.portfolio import outages, plan, solving

from .made import planned, portfolio, way

LIMIT = 20.0


class Clock:
    """A clock that goes by what is granted: each solution takes all of its time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, modules: tuple[Any, ...]) -> None:
        self.now, self.granted = 0.0, list[float]()
        for module in modules:
            monkeypatch.setattr(module, "monotonic", lambda: self.now)
            if hasattr(module, "solve"):
                monkeypatch.setattr(module, "solve", self.taking(module.solve))

    def taking(self, solve: Any) -> Any:
        def taken(instance: Any, limit_s: float, *others: Any) -> Any:
            self.granted.append(limit_s)
            self.now += max(limit_s, 0.0)
            return solve(instance, 5.0, *others)

        return taken


def test_the_front_and_all_outages_together_keep_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, (plan, own_fronts, outages, sweep, shadow))
    jobs = [{"name": n, "deadline": "2026-06-01T04:00", "late_per_day": 24} for n in "ab"]
    front = [way("slow", hours=16.0, usd=5.0, quality=0.2), way("fast", hours=4.0, usd=30.0, quality=0.3),
             way("good", hours=16.0, usd=40.0, quality=0.9, provider="nebius")]  # fmt: skip
    scenario = portfolio(
        jobs, solver={"front": 4, "time_limit": LIMIT}, outages=[{"provider": "lambda"}, {"provider": "nebius"}]
    )
    found = planned(scenario, {"a": front, "b": front})
    assert len(found.front) > 2
    assert len(clock.granted) > 6
    assert LIMIT / 2 < clock.now <= LIMIT + 1e-9


def test_attempts_at_budgets_that_hold_with_a_probability_keep_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, (solving,))
    states = [{"job": "a", "status": "started", "configuration": "a1", "start": "2026-06-01"}]
    scenario = portfolio(
        [{"name": "a"}, {"name": "b", "optional": True, "value": 99}], budgets=[{"amount": 14}], budget_confidence=0.95,
        running={"now": "2026-06-01T02:00", "jobs": states}, solver={"time_limit": LIMIT},
    )  # fmt: skip
    planned(scenario, {"a": [way("a1", spread=1.5)], "b": [way("b1", usd=1.0, spread=3.0)]})
    assert clock.granted
    assert clock.now <= LIMIT
