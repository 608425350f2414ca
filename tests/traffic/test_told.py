"""Traffic in numbers, and the shapes of a week."""

import math
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.scenario.traffic import Shape
from planner.traffic import SHAPES, TokenLengths, Traffic, told_traffic, weekly_weights
from planner.traffic.shapes import _named, sharpened


def told(**changes: Any) -> Traffic:
    given: dict[str, Any] = {
        "input_tokens": TokenLengths.told(800),
        "output_tokens": TokenLengths.told(200),
        "requests_per_s": 2.0,
    }
    return told_traffic(**(given | changes))


def test_month_of_730_hours() -> None:
    assert told().requests_per_month == pytest.approx(2 * 3600 * 730)
    assert told(requests_per_s=None, requests_per_month=2_628_000).mean_requests_per_s == pytest.approx(1.0)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_keeps_the_mean(shape: str) -> None:
    found = told(shape=shape)
    assert found.mean_requests_per_s == pytest.approx(2.0)
    assert found.peak_requests_per_s == pytest.approx(found.requests_per_s.max())
    assert (found.requests_per_s > 0).all()


def test_shapes_are_those_of_scenarios() -> None:
    assert set(SHAPES) == set(get_args(Shape)) == set(_named())


def test_a_day_or_a_week_of_weights() -> None:
    day = [0.0] * 12 + [1.0] * 12
    week = weekly_weights(day)
    assert week.reshape(7, 24).tolist() == [[0.0] * 12 + [2.0] * 12] * 7
    assert weekly_weights(list(range(168))).argmax() == 167


@pytest.mark.parametrize("shape", [[1.0] * 23, [0.0] * 24, [-1.0] + [1.0] * 23, [math.nan] * 24, "sawtooth"])
def test_no_shape(shape: Any) -> None:
    with pytest.raises(ValueError, match="shape"):
        weekly_weights(shape)


@given(st.floats(1.05, 6))
def test_the_peak_told_sharpens_the_shape(peak: float) -> None:
    weights = sharpened(weekly_weights("daytime"), peak)
    assert weights.mean() == pytest.approx(1.0)
    assert weights.max() == pytest.approx(peak, rel=1e-6)
    assert (np.argsort(weights, kind="stable") == np.argsort(weekly_weights("daytime"), kind="stable")).all()


def test_peak_that_no_power_reaches_is_the_peak_all_the_same() -> None:
    found = told(shape="flat", peak_requests_per_s=9.0)
    assert found.peak_requests_per_s == 9.0
    assert found.requests_per_s.tolist() == [2.0] * 168


def test_weights_of_your_own_stay() -> None:
    found = told(shape=[1.0] * 23 + [2.0], peak_requests_per_s=20.0)
    assert found.requests_per_s.max() / found.requests_per_s.min() == pytest.approx(2.0)
    assert found.peak_requests_per_s == 20.0


def test_what_was_not_told_is_unknown_or_said_to_be_assumed() -> None:
    found = told()
    assert math.isnan(found.repeat_share)
    assert math.isnan(found.failed_share)
    assert math.isnan(found.active_users_per_month)
    assert math.isnan(found.shared_prefix_tokens)
    assert found.turns == 1
    said = " ".join(found.assumptions)
    assert all(word in said for word in ("daytime", "Poisson", "alone"))
    assert told(turns=1.0, burstiness_cv2=2.0, shape=[1.0] * 24).assumptions == ()


def test_told_repeats_hold_for_any_time() -> None:
    found = told(repeat_share=0.2)
    assert found.repeat_share == found.repeat_share_within(60) == 0.2


def test_tokens_of_a_month_count_the_history() -> None:
    found = told(turns=3.0)
    assert found.input_tokens_per_month == pytest.approx(found.requests_per_month * (800 + 1000))
    assert found.output_tokens_per_month == pytest.approx(found.requests_per_month * 200)
    alone = told(turns=3.0, carries_history=False)
    assert alone.turns == 3
    assert alone.conversation.carries_history is False
    assert alone.input_tokens_per_month == pytest.approx(alone.requests_per_month * 800)


def test_no_traffic_at_all() -> None:
    found = told(requests_per_s=0.0, peak_requests_per_s=0.0)
    assert found.requests_per_month == found.input_tokens_per_month == found.peak_requests_per_s == 0.0
    assert math.isnan(found.peak_to_mean)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"requests_per_month": 5.0}, "one of requests_per_s and requests_per_month"),
        ({"requests_per_s": -1.0}, "at least 0"),
        ({"peak_requests_per_s": 1.0}, "below the mean"),
        ({"shared_prefix_tokens": 900.0}, "longer than the mean input"),
    ],
)
def test_numbers_that_contradict_each_other(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        told(**changes)


def test_nobody_changes_it() -> None:
    with pytest.raises(ValueError, match="read-only"):
        told().requests_per_s[0] = 1.0
