"""Build against buy: parity, weighted factors, and the decision by net present value."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.estimate.finance.build_or_buy import decide, instead_usd, usd_at_parity, weighted_score
from planner.estimate.finance.levels import monthly_rate
from planner.estimate.finance.present_value import npv_usd

MONEY = st.floats(-1e5, 1e5)


def test_building_saves_what_the_pilot_is_worth() -> None:  # T-10.1
    build = np.array([-150_000.0] + [-5_000.0] * 12)
    buy = np.array([-30_000.0] + [-20_000.0] * 12)
    found = decide(build, buy, float(monthly_rate(0.10)))
    assert found.choice == "build"
    assert found.saved_usd == pytest.approx(51_007.32, abs=0.005)
    assert found.reason == "building has the larger net present value than buying"


@settings(max_examples=50)
@given(st.lists(st.tuples(MONEY, MONEY), min_size=2, max_size=12), st.floats(-0.05, 0.1))
def test_the_larger_npv_is_taken_and_sides_can_be_swapped(flows: list[tuple[float, float]], rate: float) -> None:
    build, buy = np.array(flows).T
    found, swapped = decide(build, buy, rate), decide(buy, build, rate)
    assert found.saved_usd == pytest.approx(-swapped.saved_usd)
    assert {found.choice, swapped.choice} in ({"build", "buy"}, {"either"})
    if found.choice == "build":
        assert npv_usd(build, rate) > npv_usd(buy, rate)


def test_nothing_is_chosen_on_an_unknown_cost() -> None:
    found = decide(np.array([-1.0, np.nan]), np.array([-1.0, -1.0]), 0.0)
    assert (found.choice, found.reason) == ("", "the net present value of building is unknown")


def test_the_same_either_way() -> None:
    assert decide(np.array([-3.0, 1.0]), np.array([-3.0, 1.0]), 0.1).choice == "either"


def test_float_noise_between_flows_is_no_change_of_sign() -> None:
    build = np.array([-100.0, -0.1 - 0.2, -0.3, 50.0])
    assert build[1] != -0.3
    assert instead_usd(build, np.array([0.0, -0.3, -0.3, -60.0])).tolist() == [-100.0, 0.0, 0.0, 110.0]


def test_equal_features_cost_more() -> None:
    assert usd_at_parity(100.0, np.array([1.0, 0.8])) == pytest.approx([100.0, 125.0])
    with pytest.raises(ValueError, match="feature parity of 0: the option does nothing that is wanted"):
        usd_at_parity(100.0, np.array([0.5, 0.0]))
    with pytest.raises(ValueError, match=r"feature parity is 1\.2"):
        usd_at_parity(100.0, 1.2)


def test_weighted_factors() -> None:
    scores = {
        "control": np.array([0.9, 0.3]),
        "speed to market": np.array([0.2, 1.0]),
        "skills": np.array([0.5, np.nan]),
    }
    assert weighted_score(scores, {"control": 3.0, "speed to market": 1.0, "skills": 0.0}) == pytest.approx(
        [(2.7 + 0.2) / 4, (0.9 + 1.0) / 4]
    )
    assert np.isnan(weighted_score(scores, {"control": 3.0, "speed to market": 1.0, "skills": 1.0})).tolist() == [
        False,
        True,
    ]


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="factor b has a score and no weight"):
        weighted_score({"a": 0.5, "b": 0.5}, {"a": 1.0})
    with pytest.raises(ValueError, match=r"score of a is 1\.5"):
        weighted_score({"a": 1.5}, {"a": 1.0})
    with pytest.raises(ValueError, match="weight of a is -1"):
        weighted_score({"a": 0.5}, {"a": -1.0})
    with pytest.raises(ValueError, match="no factor has a known weight"):
        weighted_score({"a": 0.5}, {"a": 0.0})
    with pytest.raises(ValueError, match="same months; given are build 2, buy 3"):
        decide(np.ones(2), np.ones(3), 0.0)
