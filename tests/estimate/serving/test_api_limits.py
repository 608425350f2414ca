"""Budgets and limits that an API puts on traffic."""

import numpy as np
import pytest

from planner.estimate.serving.api_limits import (
    RateLimit,
    hours_until_spent,
    needed_limit,
    share_within_budget,
    share_within_limit,
)


def test_a_budget_per_day_cuts_the_days_above_it() -> None:
    days = np.array([50.0, 150.0, 200.0])
    assert share_within_budget(days, 100.0) == pytest.approx(250.0 / 400.0)
    assert share_within_budget(days, 200.0) == 1.0
    assert share_within_budget(days, 0.0) == 0.0
    assert share_within_budget(np.zeros(3), 0.0) == 1.0


def test_hours_until_a_budget_is_spent() -> None:
    hours = np.array([0.0, 10.0, 20.0, 0.0, 10.0])
    assert hours_until_spent(hours, 20.0) == pytest.approx(2.5)
    assert hours_until_spent(hours, 0.0) == pytest.approx(1.0)
    assert hours_until_spent(hours, 30.0) == pytest.approx(4.0)
    assert np.isinf(hours_until_spent(hours, 40.0))


def test_the_tighter_of_two_limits_counts() -> None:
    rates = np.array([0.0, 1.0, 10.0])
    share = share_within_limit(rates, 500.0, RateLimit(300.0, 60_000.0))
    assert share == pytest.approx([1.0, 1.0, 0.2])
    assert share_within_limit(rates, 5.0, RateLimit(300.0, 60_000.0)) == pytest.approx([1.0, 1.0, 0.5])
    assert share_within_limit(rates, 5.0, RateLimit(300.0, np.inf)) == pytest.approx([1.0, 1.0, 0.5])


def test_an_unknown_limit_stays_unknown() -> None:
    assert np.isnan(share_within_limit(np.array([1.0]), 500.0, RateLimit(300.0))).all()


def test_the_least_limit_lets_the_whole_peak_through() -> None:
    least = needed_limit(5.0, 1000.0)
    assert (least.requests_per_minute, least.tokens_per_minute) == (300.0, 300_000.0)
    assert share_within_limit(np.array([5.0, 10.0]), 1000.0, least) == pytest.approx([1.0, 0.5])
