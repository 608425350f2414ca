"""Multi-objective vectors of DOMAIN 11."""

import numpy as np
import pytest

from planner.choose.indicators import hypervolume, topsis


def test_two_objectives() -> None:  # T-11.1
    assert hypervolume(np.array([[1, 4], [2, 2], [4, 1]]), (5, 5)) == pytest.approx(11)


def test_three_objectives() -> None:  # T-11.2
    assert hypervolume(np.array([[1, 0, 1], [1, 1, 0], [-1, 2, 2]]), (5, 5, 5)) == pytest.approx(114)


def test_staircase_and_cube() -> None:  # T-11.3
    assert hypervolume(np.array([[0, 1], [0.5, 0.5], [1, 0]]), (2, 2)) == pytest.approx(3.25)
    assert hypervolume(np.array([[1, 1, 1]]), (2, 2, 2)) == pytest.approx(1)


def test_points_beyond_the_reference_count_nothing() -> None:
    assert hypervolume(np.array([[1.0, 6.0], [2, 2]]), (5, 5)) == pytest.approx(9)


def test_topsis() -> None:  # T-11.4
    figures = np.array([[100, 10, 0.80], [150, 6, 0.82], [80, 14, 0.75]])
    assert topsis(figures, (0.4, 0.2, 0.4), (False, False, True)) == pytest.approx(
        [0.64984, 0.38841, 0.61159], abs=1e-5
    )
