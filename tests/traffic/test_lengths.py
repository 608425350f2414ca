"""Tokens of a request as a distribution."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.traffic import TokenLengths
from planner.traffic.lengths import lognormal_sigma


def test_lognormal_through_mean_and_p95() -> None:
    """sigma 0.8 and mean 400: median 400·exp(−0.32), p95 400·exp(1.64485·0.8 − 0.32), p99 …2.32635…"""
    p95 = 400 * math.exp(1.6448536 * 0.8 - 0.32)
    lengths = TokenLengths.told(400, p95)
    assert lengths.p50 == pytest.approx(400 * math.exp(-0.32), rel=1e-6)
    assert lengths.p99 == pytest.approx(400 * math.exp(2.3263479 * 0.8 - 0.32), rel=1e-6)
    assert lengths.sigma == pytest.approx(0.8, rel=1e-6)
    assert math.isnan(lengths.most)


def test_without_p95_the_typical_spread_is_assumed() -> None:
    assert TokenLengths.told(400).sigma == pytest.approx(0.8)


def test_a_sample_of_the_distribution_has_its_mean_and_p95() -> None:
    lengths = TokenLengths.told(1000, 2500)
    drawn = np.random.default_rng(1).lognormal(math.log(lengths.p50), lengths.sigma, 400_000)
    assert drawn.mean() == pytest.approx(1000, rel=0.01)
    assert np.quantile(drawn, [0.95, 0.99]) == pytest.approx([lengths.p95, lengths.p99], rel=0.02)


@given(st.floats(1, 1e6), st.floats(1.0, 3.8))
def test_sigma_is_that_of_the_p95(mean: float, ratio: float) -> None:
    sigma = lognormal_sigma(mean, mean * ratio)
    assert math.exp(1.6448536269514722 * sigma - sigma**2 / 2) == pytest.approx(ratio, rel=1e-6)


def test_a_tail_that_no_lognormal_has_takes_the_heaviest() -> None:
    assert lognormal_sigma(100, 1000) == pytest.approx(1.6448536)


def test_unknown_stays_unknown() -> None:
    assert math.isnan(TokenLengths.unknown().sigma)
