"""Dominance against the definition, ties and order included."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from planner.catalog.rows import Floats
from planner.choose.pareto import front_rows


def naive(losses: Floats) -> list[int]:
    kept = []
    for i, row in enumerate(losses):
        dominated = any((other <= row).all() and (other < row).any() for other in losses)
        twin_before = any((losses[j] == row).all() for j in range(i))
        if not dominated and not twin_before:
            kept.append(i)
    return kept


@given(
    st.integers(1, 4).flatmap(
        lambda k: st.integers(0, 25).flatmap(
            lambda n: arrays(np.float64, (n, k), elements=st.integers(0, 4).map(float))
        )
    )
)
def test_front_is_the_definition(losses: Floats) -> None:
    assert front_rows(losses).tolist() == naive(losses)


@given(arrays(np.float64, (20, 3), elements=st.floats(0, 1, width=32)), st.permutations(range(20)))
def test_order_does_not_matter(losses: Floats, order: list[int]) -> None:
    plain = {tuple(row) for row in losses[front_rows(losses)]}
    shuffled = losses[order]
    assert {tuple(row) for row in shuffled[front_rows(shuffled)]} == plain


@given(arrays(np.float64, (30, 3), elements=st.floats(0, 1)))
def test_front_holds_the_best_of_every_objective(losses: Floats) -> None:
    front = losses[front_rows(losses)]
    assert (front.min(axis=0) == losses.min(axis=0)).all()


def test_unknown_values_are_refused() -> None:
    with pytest.raises(ValueError, match="known"):
        front_rows(np.array([[1.0, np.nan]]))


def test_nothing_has_no_front() -> None:
    assert front_rows(np.empty((0, 3))).tolist() == []


def test_of_equal_points_the_cheapest_is_kept() -> None:
    losses = np.array([[1.0], [1.0], [1.0], [2.0]])
    ties = np.array([[9.0, 1.0], [3.0, 2.0], [3.0, 1.0], [1.0, 1.0]])
    assert front_rows(losses, ties).tolist() == [2]
    assert front_rows(np.repeat(losses, 2, axis=1), ties).tolist() == [2]
