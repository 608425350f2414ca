"""Scores, covers and verdicts on numbers that can be checked by hand."""

import numpy as np
import pytest

from tests.benchmarks.scores import cover, score, verdicts


def test_scores_of_two_publishers() -> None:
    residuals = np.log([1.0, 1.1, 1.25, np.nan, 0.5])
    found = score(residuals, ["a", "a", "a", "a", "b"])
    assert (found.n, found.publishers) == (4, 2)
    errors = [0.0, 1 - 1 / 1.1, 0.2, 1.0]  # |predicted/measured - 1|
    assert found.median_ape == pytest.approx((errors[1] + errors[2]) / 2)
    assert found.of_publishers == pytest.approx((errors[1] + 1.0) / 2)
    assert found.mape == pytest.approx(np.mean(errors))
    assert found.within_15 == pytest.approx(0.5)
    assert found.under == pytest.approx(0.25)  # 1.25 times as much as predicted; 1.1 is not over 1/0.9


def test_no_rows_have_no_score() -> None:
    assert np.isnan(score(np.array([np.nan]), ["a"]).median_ape)


def test_cover_counts_rows_that_have_a_band() -> None:
    found = cover(np.array([1.0, 2.0, 3.0]), np.array([0.5, 2.1, np.nan]), np.array([2.0, 4.2, np.nan]))
    assert (found.n, found.share) == (2, 0.5)
    assert found.width == pytest.approx((np.log(4) + np.log(2)) / 2)
    assert found.low < 0.5 < found.high


def test_verdicts_know_which_rows_contradict_each_other() -> None:
    fits = [True, False, False, False, None]
    need, usable = np.array([10.0, 10.0, 30.0, np.nan, 5.0]), np.array([20.0, 20.0, 20.0, 20.0, 20.0])
    found = verdicts(fits, need, usable, ["same", "same", "other", "unknown", "silent"])
    assert (found.fitting, found.passed) == (1, 1)
    assert (found.out_of_memory, found.caught, found.contradictory) == (2, 1, 1)
    assert (found.caught_share, found.clear_caught_share) == (0.5, 1.0)
