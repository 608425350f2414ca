"""Decisions by weights, an order or bounds: published vectors, and brute force over every point."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.choose.decide import Points
from planner.choose.indicators import topsis
from planner.choose.margins import margin, rivals
from planner.choose.preferences import (
    Preferences,
    by_order,
    by_weights,
    missed,
    overshoot,
    preferred,
    within_bounds,
)
from tests.choose.test_decide import points

T_11_4 = ([100.0, 150.0, 80.0], [10.0, 6.0, 14.0], [0.80, 0.82, 0.75])


def front(cost: list[float], hours: list[float], quality: list[float]) -> Points:
    q = np.array(quality)
    logit = np.log(q / (1 - q))
    return replace(points(cost, hours, logit.tolist()), quality=q)


def test_t_11_4() -> None:
    found = by_weights(front(*T_11_4), {"cost": 0.4, "time": 0.2, "quality": 0.4})
    assert found.score is not None
    assert -found.score == pytest.approx([0.64984, 0.38841, 0.61159], abs=5e-6)
    assert found.point == 0
    assert "weights cost 40 %, time 20 %, quality 40 %; closeness 0.650 of 1" in found.rule


def test_weights_need_not_add_up_and_none_is_none() -> None:
    p = front(*T_11_4)
    assert (
        by_weights(p, {"cost": 4.0, "time": 2.0, "quality": 4.0}).rule
        == by_weights(p, {"cost": 0.4, "time": 0.2, "quality": 0.4, "carbon": 0.0}).rule
    )
    assert by_weights(p, {"cost": 1.0, "time": 0.0}).point == 2
    assert by_weights(p, {"quality": 3.0}).point == 1


def test_ranks_are_those_of_the_front_that_is_shown() -> None:
    """Rank reversal: of two points the order turns when a third one comes; each front is ranked anew."""
    costs, hours = [1.0, 4.0, 2.9, 90.0], [9.0, 2.0, 3.1, 1.5]
    whole = topsis(np.array([costs, hours]).T, [0.5, 0.5], [False, False])
    few = topsis(np.array([costs[:3], hours[:3]]).T, [0.5, 0.5], [False, False])
    assert np.argsort(-whole[:3]).tolist() != np.argsort(-few).tolist()
    flat = [0.5] * 4
    assert by_weights(front(costs, hours, flat), {"cost": 1.0, "time": 1.0}).point == int(np.argmax(whole))
    assert by_weights(front(costs[:3], hours[:3], flat[:3]), {"cost": 1.0, "time": 1.0}).point == int(np.argmax(few))


def test_equal_points_and_a_single_one() -> None:
    assert topsis(np.array([[2.0, 3.0], [2.0, 3.0]]), [0.5, 0.5], [False, True]).tolist() == [1.0, 1.0]
    assert topsis(np.array([[0.0, 3.0]]), [0.5, 0.5], [False, True]).tolist() == [1.0]
    assert by_weights(front([5.0], [1.0], [0.5]), {"cost": 1.0}).point == 0


def test_an_order_with_tolerances_by_hand() -> None:
    p = front([10.0, 10.4, 12.0, 30.0], [9.0, 4.0, 2.0, 1.0], [0.70, 0.70, 0.72, 0.725])
    assert by_order(p, [("quality", 0.03), ("cost", 0.05), ("time", 0.0)]).point == 1
    assert by_order(p, [("quality", 0.01), ("cost", 0.05), ("time", 0.0)]).point == 2
    assert by_order(p, [("cost", 0.0), ("time", 0.0)]).point == 0
    assert by_order(p, [("time", 0.0)]).point == 3
    rule = by_order(p, [("quality", 0.03), ("cost", 0.05), ("time", 0.0)]).rule
    assert rule == (
        "in order of importance, quality: 4 points within 0.03 of the highest q 0.725; "
        "of these cost: 2 points within 5 % of the lowest $10.00; of these time: 1 point at the shortest 4.0 h"
    )


NUMBERS = st.sampled_from([1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 8.1])
QUALITIES = st.sampled_from([0.2, 0.5, 0.505, 0.7, 0.71])
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, QUALITIES), min_size=1, max_size=12)
STEPS = st.permutations(["cost", "time", "quality"])


@given(ROWS, STEPS, st.sampled_from([0.0, 0.01, 0.06, 0.5]))
def test_an_order_against_brute_force_over_all_points_not_only_the_front(
    rows: list[tuple[float, ...]], order: list[str], tolerance: float
) -> None:
    p = front(*(list(column) for column in zip(*rows, strict=True)))
    left = list(rows)
    for name in order:
        k = ["cost", "time", "quality"].index(name)
        if name == "quality":
            left = [row for row in left if row[k] >= max(r[k] for r in left) - tolerance - 1e-12]
        else:
            left = [row for row in left if row[k] <= min(r[k] for r in left) * (1 + tolerance) * (1 + 1e-12)]
    chosen = rows[by_order(p, [(name, tolerance) for name in order]).point]
    k = ["cost", "time", "quality"].index(order[-1])
    best = max(r[k] for r in left) if order[-1] == "quality" else min(r[k] for r in left)
    assert chosen in left
    assert chosen[k] == best


@given(ROWS, NUMBERS, QUALITIES)
def test_bounds_against_brute_force(rows: list[tuple[float, ...]], hours: float, quality: float) -> None:
    p = front(*(list(column) for column in zip(*rows, strict=True)))
    bounds = {"time": hours, "quality": quality}
    kept = [row for row in rows if row[1] <= hours and row[2] >= quality]
    found = within_bounds(p, "cost", bounds)
    if not kept:
        assert found is None
        assert missed(p, bounds).startswith("undefined: no point of the front has time at most")
        return
    assert found is not None
    assert rows[found.point] in kept
    assert rows[found.point][0] == min(row[0] for row in kept)
    assert (overshoot(p, bounds)[found.point] <= 1e-12).all()


def test_bounds_reach_a_dent_that_no_weights_reach() -> None:
    """The middle point lies above the chord: no weighted sum is lowest there."""
    cost, hours = np.array([1.0, 6.0, 10.0]), np.array([10.0, 6.0, 1.0])
    for weight in np.linspace(0, 1, 101):
        assert int(np.argmin(weight * cost + (1 - weight) * hours)) != 1
    found = within_bounds(front(cost.tolist(), hours.tolist(), [0.5] * 3), "cost", {"time": 8.0})
    assert found is not None
    assert found.point == 1


def test_what_is_missed_least_is_told_with_its_amount() -> None:
    p = front([10.0, 20.0, 90.0], [30.0, 27.6, 5.0], [0.8, 0.9, 0.5])
    assert missed(p, {"time": 24.0, "quality": 0.7}) == (
        "undefined: no point of the front has time at most 24.0 h and quality at least q 0.700; "
        "the nearest misses time by 15 % (27.6 h instead of 24.0 h)"
    )
    both = missed(p, {"time": 1.0, "quality": 0.95})
    assert both.count(" by ") == 2


def test_only_what_is_asked_for_and_undefined_has_no_point() -> None:
    p = front(*T_11_4)
    assert preferred(p, Preferences()) == ([], {})
    found, undefined = preferred(p, Preferences({"cost": 1.0}, (("time", 0.0),), "cost", {"quality": 0.99}))
    assert [d.name for d in found] == ["topsis", "lexicographic"]
    assert list(undefined) == ["epsilon"]
    found, undefined = preferred(p, Preferences(optimised="quality", bounds={"cost": 120.0}))
    assert ([(d.name, d.point) for d in found], undefined) == ([("epsilon", 0)], {})


def test_margins_of_further_decisions() -> None:
    p, choice = front(*T_11_4), np.array([0, 1, 2])
    close = by_weights(p, {"cost": 0.4, "time": 0.2, "quality": 0.4})
    found = margin(p, close, choice)
    assert found is not None
    assert (found.of, found.rival) == ("closeness", 2)
    assert found.share == pytest.approx((0.64984 - 0.61159) / 0.64984, abs=1e-4)
    bounded: Any = within_bounds(p, "cost", {"quality": 0.8})
    found = margin(p, bounded, choice)
    assert found is not None
    assert (found.of, found.rival) == ("cost", 1)
    assert found.share == pytest.approx(0.5)
    alone: Any = within_bounds(p, "cost", {"time": 6.0})
    assert margin(p, alone, choice) is None, "what breaks a bound stands for no choice"
    assert rivals(close, choice, 5) == [2, 1]
    assert rivals(close, np.array([0, 1, 1]), 5) == [2]
    assert rivals(close, choice, 1) == [2]
    assert rivals(bounded, choice, 5) == [1]
