"""The band of a saving and the word for it."""

import numpy as np
import pytest

from planner.spend.advice.found import Touched
from planner.spend.advice.spread import MANY, band_usd, confidence


def test_the_band_is_that_of_the_normal_law_where_parts_are_many() -> None:
    parts = np.random.default_rng(1).exponential(10.0, 400)
    low, high = band_usd(parts)
    half = 1.6448536 * parts.std() * 20.0
    assert low == pytest.approx(parts.sum() - half, rel=0.02)
    assert high == pytest.approx(parts.sum() + half, rel=0.02)
    many = np.tile(parts, MANY // 400 + 1)
    low, high = band_usd(many)
    assert low is not None
    assert high is not None
    assert high - low == pytest.approx(2 * 1.6448536 * parts.std() * np.sqrt(len(many)))


def test_equal_parts_have_no_spread_and_two_say_nothing() -> None:
    assert band_usd(np.full(5, 2.0)) == pytest.approx((10.0, 10.0))
    assert band_usd(np.array([1.0, 2.0])) == (None, None)


def test_the_same_every_time() -> None:
    parts = np.array([1.0, 5.0, -2.0, 8.0])
    assert band_usd(parts) == band_usd(parts.copy())


def test_words() -> None:
    assert confidence(np.full(12, 1.0)) == "high"
    assert confidence(np.full(12, 1.0), "medium") == "medium"
    assert confidence(np.full(4, 1.0)) == "medium"
    assert confidence(np.full(3, 1.0)) == "low"
    assert confidence(np.array([100.0] + [-1.0] * 19)) == "low"


def test_whose_money_is_the_same() -> None:
    card = Touched(cards=frozenset({"aws h100"}), whole_cards=True)
    run, other = (Touched(frozenset({f"run {k}"}), frozenset({"aws h100"})) for k in "ab")
    assert card.overlaps(run)
    assert run.overlaps(card)
    assert not run.overlaps(other)
    assert run.overlaps(run)
