"""Costs of one prediction, user and revenue dollar; where there are none, that is said."""

import numpy as np
import pytest

from planner.estimate.finance.breakdown import cost_breakdown
from planner.estimate.finance.unit_economics import trend_per_month, unit_economics


def test_by_the_month() -> None:
    found = unit_economics(
        np.array([600.0, 500.0, 400.0]),
        revenue_usd=np.full(3, 1000.0),
        predictions=np.array([100.0, 100.0, 200.0]),
        users=np.array([10.0, 20.0, 40.0]),
    )
    assert found.usd_per_prediction.tolist() == [6.0, 5.0, 2.0]
    assert found.usd_per_user.tolist() == [60.0, 25.0, 10.0]
    assert found.usd_per_revenue_usd == pytest.approx([0.6, 0.5, 0.4])
    assert found.margin_share == pytest.approx([0.4, 0.5, 0.6])
    assert found.margin_usd_per_user == pytest.approx([40.0, 25.0, 15.0])
    assert found.margin_trend_per_month == pytest.approx(0.1)
    assert found.usd_per_prediction_trend_per_month == pytest.approx(-2.0)
    assert found.unknown == ()


def test_months_without_revenue_are_unknown_and_said_to_be() -> None:
    found = unit_economics(
        np.array([5.0, 5.0, np.nan, 5.0, 5.0]),
        revenue_usd=np.array([0.0, 0.0, 10.0, 10.0, np.nan]),
        predictions=np.array([1.0, 0.0, 1.0, 0.0, 1.0]),
        users=np.array([1.0, 1.0, 1.0, 1.0, 1.0]),
    )
    assert found.margin_share == pytest.approx([np.nan, np.nan, np.nan, 0.5, np.nan], nan_ok=True)
    assert found.margin_usd_per_user == pytest.approx([-5.0, -5.0, np.nan, 5.0, np.nan], nan_ok=True)
    assert np.isnan(found.margin_trend_per_month)
    assert found.unknown == (
        "revenue not known in month 5: margin and cost per revenue dollar are unknown there",
        "revenue 0 in months 1 to 2: margin and cost per revenue dollar are unknown there",
        "predictions 0 in 2 months, the first of them 2: cost per prediction is unknown there",
        "cost not known in month 3",
        "fewer than 3 known months: the trend of the margin is unknown",
        "fewer than 3 known months: the trend of the cost per prediction is unknown",
    )


def test_what_is_not_given_is_not_known() -> None:
    found = unit_economics(np.ones((2, 4)), users=np.full((2, 4), 2.0))
    assert found.usd_per_user.tolist() == [[0.5] * 4] * 2
    assert np.isnan(found.margin_share).all()
    assert "revenue not known: margin and cost per revenue dollar are unknown" in found.unknown


def test_a_trend_is_that_of_least_squares() -> None:
    values = np.array([[3.0, 1.0, np.nan, 4.0, 9.0], [1.0, 2.0, np.nan, np.nan, np.nan]])
    months = np.array([0.0, 1.0, 3.0, 4.0])
    assert trend_per_month(values)[0] == pytest.approx(np.polyfit(months, [3.0, 1.0, 4.0, 9.0], 1)[0])
    assert np.isnan(trend_per_month(values)[1])


def test_a_breakdown() -> None:
    found = cost_breakdown({"training": 30.0, "inference": 60.0, "licences": 10.0}, predictions=1000.0, users=0.0)
    assert found.categories == ("training", "inference", "licences")
    assert found.share.tolist() == [0.3, 0.6, 0.1]
    assert found.usd_per_prediction.tolist() == [0.03, 0.06, 0.01]
    assert np.isnan(found.usd_per_user).all()
    assert np.isnan(found.usd_per_revenue_usd).all()


def test_an_unknown_category_makes_all_shares_unknown() -> None:
    found = cost_breakdown({"a": np.array([1.0, 2.0]), "b": np.nan}, predictions=1.0, users=1.0, revenue_usd=1.0)
    assert np.isnan(found.share).all()
    assert found.usd_per_user[0].tolist() == [1.0, 2.0]


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="same months; given are cost 3, revenue 2"):
        unit_economics(np.ones(3), revenue_usd=np.ones(2))
    with pytest.raises(ValueError, match="users is -1"):
        unit_economics(np.ones(2), users=-np.ones(2))
    with pytest.raises(ValueError, match="one category"):
        cost_breakdown({})
