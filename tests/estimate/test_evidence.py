"""Evidence vectors of DOMAIN 4.2, 11 and 12: own evaluations, chance limits, intervals from runs."""

import numpy as np
import pytest

from planner.estimate import bands, chance, conformal
from planner.estimate.evidence import accuracy_error, evaluation_variance, offset_posterior


def test_offset_posterior() -> None:  # T-4.1
    mean, sd = offset_posterior(np.array([0.3, 0.5, 0.2]))
    assert (mean, sd) == pytest.approx((0.29762, 0.16366), abs=1e-5)


def test_accuracy_errors() -> None:  # T-4.2
    found = accuracy_error(np.array([164.0, 1319.0, 14042.0, 541.0]), np.array([0.5, 0.6, 0.7, 0.7]))
    assert found == pytest.approx([0.0390, 0.0135, 0.0039, 0.0197], abs=5e-5)
    assert evaluation_variance(np.array(164.0), np.array(0.5)) == pytest.approx((0.0390 / 0.25) ** 2, rel=0.005)


def test_chance_limit() -> None:  # T-11.6
    assert chance.quantile(80.0, 0.3, 0.9) == pytest.approx(117.506, abs=0.001)
    assert chance.mean(80.0, 0.3) == pytest.approx(83.682, abs=0.001)
    assert chance.quantile(80.0, 0.3, 0.5) == pytest.approx(80.0)


def test_spreads_add_in_squares() -> None:  # T-12.1
    assert bands.combined(0.10, 0.15, 0.05) == pytest.approx(0.18708, abs=1e-5)


def test_conformal_rank() -> None:  # T-12.2
    assert conformal.conformal_rank(19, 0.1) == 18
    assert (conformal.runs_needed(0.1), conformal.runs_needed(0.05)) == (9, 19)
    assert conformal.conformal_rank(9, 0.1) == 9


def test_blend_moves_from_the_prior_to_the_runs() -> None:
    none = conformal.blended(np.array([]), 0.25)
    assert none == (0.0, 0.25, 4.0)
    centre, scale, freedom = conformal.blended(np.array([0.1, 0.3]), 0.25)
    assert (centre, freedom) == pytest.approx((0.1, 5.0))
    assert scale**2 == pytest.approx((4 * 0.0625 + 0.02) / 5 * 1.25)
    wide, narrow = conformal.interval(np.array([]), 0.25), conformal.interval(np.full(8, 0.2), 0.25)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]
    assert conformal.interval(np.linspace(-0.1, 0.1, 19), 0.25) == pytest.approx((-0.1, 0.1))


def test_conformal_intervals_cover_what_they_promise() -> None:
    random = np.random.default_rng(1)
    hits = 0
    for runs in random.normal(scale=0.3, size=(2000, 20)):
        low, high = conformal.interval(runs[:-1], 0.25)
        hits += bool(low <= runs[-1] <= high)
    assert hits / 2000 == pytest.approx(0.9, abs=0.02)
