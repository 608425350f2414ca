"""Forecasts: the recursion against statsmodels, what wins on which series, and how often the band holds."""

import math

import numpy as np
import pytest

from planner.catalog.prices.forecast import Forecast, closes, daily, forecast
from planner.catalog.prices.smoothing import MODELS, damped_states, drift, weekly
from planner.catalog.rows import Floats
from planner.errors import InputError

START = np.datetime64("2026-01-01T12:00:00", "us")


def told(prices: Floats, horizon: int = 7) -> Forecast:
    return forecast(START + np.arange(len(prices)) * np.timedelta64(1, "D"), np.asarray(prices, float), horizon)


def test_damped_holt_is_that_of_statsmodels() -> None:
    # statsmodels 0.15: Holt(y, damped_trend=True, initialization_method="known", initial_level=y[0],
    # initial_trend=0).fit(smoothing_level=.5, smoothing_trend=.3, damping_trend=.9, optimized=False).forecast(3)
    y = np.array([10.0, 11.5, 12.1, 11.9, 13.4, 14.2, 13.8, 15.1, 16.0, 15.7])
    level, trend, _ = damped_states(y, np.array([0.5]), np.array([0.3]), np.array([0.9]))
    ahead = [level[-1, 0] + sum(0.9**k for k in range(1, h + 1)) * trend[-1, 0] for h in (1, 2, 3)]
    assert ahead == pytest.approx([16.326833305896937, 16.69510943858466, 17.026557958003607], abs=1e-8)


def test_drift_and_weekly_by_hand() -> None:
    assert drift(np.array([1.0, 2.0, 4.0]), 2).tolist() == [[1.0, 1.0], [3.0, 4.0], [5.5, 7.0]]
    y = np.arange(10.0)
    assert weekly(y, 8)[-1].tolist() == [3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 3.0]


@pytest.mark.parametrize("name", MODELS)
def test_no_forecast_knows_what_came_after(name: str) -> None:
    y = np.random.default_rng(2).normal(size=40)
    other = np.concatenate([y[:25], -5.0 * y[25:]])
    assert MODELS[name](y, 5)[:25] == pytest.approx(MODELS[name](other, 5)[:25])


def test_a_trend_that_holds_beats_naive_and_noise_does_not() -> None:
    rng = np.random.default_rng(4)
    falling = told(np.exp(-0.01 * np.arange(60) + rng.normal(0, 0.002, 60)))
    assert falling.model in ("drift", "damped Holt")
    assert falling.mase[falling.model] < 0.5
    assert falling.chance_dearer[-1] < 0.3
    flat = told(np.full(60, 3.0))
    assert flat.model == "naive"
    # Nothing says how far it may move.
    assert np.isnan([*flat.low, *flat.high]).all()
    once = np.full(60, 3.0)
    once[30] = 3.3
    held = told(once)
    assert (held.low < 3.0).all()
    assert (held.high > 3.0).all()
    # 60 quiet days do not prove that none is loud: (0+1)/(n+2).
    assert 0.0 < flat.chance_dearer[0] < 0.03


def test_what_does_not_beat_naive_is_not_used() -> None:
    for seed in range(10):
        found = told(np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.03, 50))))
        assert found.mase[found.model] <= 1.0
        assert found.model == "naive" or found.mase[found.model] < 1.0


def test_few_days_drift_with_a_band_from_differences() -> None:
    # Steps +-0.1: mean absolute step 0.1; h=1, n-1=4 steps: t(0.95, 3 df) = 2.35336
    y = np.array([0.0, 0.1, 0.0, 0.1, 0.0])
    found = told(np.exp(y), 1)
    reach = 2.3533634 * 1.2533 * 0.1 * math.sqrt(1 + 1 / 4)
    assert (found.model, found.days) == ("drift", 5)
    assert [float(np.log(found.low[0])), float(np.log(found.high[0]))] == pytest.approx([-reach, reach])


def test_too_few_days_say_how_many_are_needed() -> None:
    with pytest.raises(InputError, match="2 days with a price; a forecast needs at least 3"):
        told(np.array([1.0, 2.0]))


def test_the_band_holds_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    inside = []
    for _ in range(100):
        walk = np.exp(np.cumsum(rng.normal(0, 0.03, 51)))
        found = told(walk[:50], 1)
        inside.append(found.low[0] <= walk[50] <= found.high[0])
    assert 0.84 <= np.mean(inside) <= 0.97


def test_days_without_a_price_keep_the_last() -> None:
    seen = np.array(["2026-01-01T01", "2026-01-01T20", "2026-01-04T05"], "datetime64[us]")
    prices = np.array([1.0, 2.0, 3.0])
    assert closes(seen, prices)[1].tolist() == [2.0, 3.0]
    assert daily(seen, prices).tolist() == [2.0, 2.0, 2.0, 3.0]


def test_wild_prices_stay_numbers() -> None:
    found = told(np.array([1e-6, 1e6, 1e-6, 1e6]), 60)
    assert all(np.isfinite(values).all() for values in (found.median, found.low, found.high))
