"""The score: by hand, with parts unknown, and what it may never do."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.outcome.review.kpis import UnitCost
from planner.spend.kpis.efficiency import WEIGHTS, efficiency_of
from planner.spend.months import Month
from planner.spend.store import Store
from tests.spend.made import charge, made

OCTOBER = Month(2026, 10)


def unit_cost(target: float | None, cost: float | None) -> UnitCost:
    return UnitCost(
        name="k", per="request", where="", cost_usd=None, units=None, unit_cost_usd=cost, before_usd=None,
        target_usd=target, warn_usd=None, status="ok", trend=None, note="",
    )  # fmt: skip


TABLES: dict[str, list[dict[str, Any]]] = {
    "allocated": [
        charge("2026-10-01", 60.0, team="a", commitment_status="Used"),
        charge("2026-10-01", 20.0, team="a", commitment_status="Unused"),
        charge("2026-10-01", 20.0),
        charge("2026-09-01", 1e6),
    ],
    "runs": [
        {"run": "1", "day": "2026-10-01", "status": "ok", "cost_usd": 30.0},
        {"run": "2", "day": "2026-10-01", "status": "failed", "cost_usd": 10.0},
        {"run": "3", "day": "2026-10-01", "status": "failed"},
        {"run": "4", "day": "2026-09-01", "status": "failed", "cost_usd": 1e6},
    ],
    "gpu_samples": [
        {"hour": "2026-10-01 00:00:00", "gpus": 8, "busy": 0.9, "minutes": 60},
        {"hour": "2026-10-31 23:00:00", "gpus": 4, "busy": 0.3, "minutes": 60},
        {"hour": "2026-10-31 23:00:00", "gpus": 4, "minutes": 60},
        {"hour": "2026-11-01 00:00:00", "gpus": 400, "busy": 0.0, "minutes": 60},
    ],
}


def test_by_hand() -> None:
    with made(TABLES) as store:
        found = efficiency_of(store, OCTOBER, [unit_cost(1.0, 0.5), unit_cost(1.0, 2.0), unit_cost(None, 9.0)])
    parts = {part.name: part.value for part in found.parts}
    assert parts == {
        "gpu_busy": pytest.approx(0.7), "commitments": 0.75, "runs": 0.75, "unit_costs": 0.75, "attributed": 0.8
    }  # fmt: skip
    assert found.score == pytest.approx(0.7**0.35 * 0.75**0.55 * 0.8**0.1)
    assert found.formula.startswith("gpu_busy 0.700^0.350 x commitments 0.750^0.200")
    assert found.formula.endswith("= 0.737")
    assert "1 runs of unknown cost" in next(part.text for part in found.parts if part.name == "runs")
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_unknown_parts_are_left_out_and_said() -> None:
    with made({"allocated": TABLES["allocated"]}) as store:
        found = efficiency_of(store, OCTOBER)
    assert found.score == pytest.approx((0.75**0.2 * 0.8**0.1) ** (1 / 0.3))
    assert found.formula.endswith("unknown and left out: gpu_busy, runs, unit_costs")
    with made() as store:
        nothing = efficiency_of(store, OCTOBER)
    assert nothing.score is None
    assert all(part.value is None and part.text for part in nothing.parts)


@pytest.fixture(scope="module")
def empty() -> Iterator[Store]:
    with made() as store:
        yield store


@settings(max_examples=25)
@given(pairs=st.lists(st.tuples(st.floats(1e-9, 1e9), st.floats(0, 1e9)), min_size=1, max_size=5))
def test_one_part_is_the_score(empty: Store, pairs: list[tuple[float, float]]) -> None:
    found = efficiency_of(empty, OCTOBER, [unit_cost(*pair) for pair in pairs])
    expected = sum(1 if cost <= target else target / cost for target, cost in pairs) / len(pairs)
    assert found.score == pytest.approx(expected)
    assert 0 <= expected <= 1
