"""Forecasts from every day: means of weekdays, ETS, and how they are judged."""

import numpy as np
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from planner.catalog.rows import Floats
from planner.spend.forecasting.ets import ets
from planner.spend.forecasting.rolling import conformal_rank, errors, judge
from planner.spend.forecasting.tables import YARDSTICK, drift_of_months, of_bursts, same_weekdays, tables


def logs(days: int = 120, seed: int = 0) -> Floats:
    t = np.arange(days)
    return np.asarray(
        5.0 + 0.003 * t + np.where(t % 7 > 4, -0.5, 0.0) + np.random.default_rng(seed).normal(0, 0.1, days), np.float64
    )


def test_means_are_those_of_the_same_weekday() -> None:
    y = logs(60)
    table = same_weekdays(y, 10, 4)
    for origin in (9, 30, 59):
        for ahead in range(1, 11):
            same = [y[at] for at in range(origin, -1, -1) if (origin + ahead - at) % 7 == 0][:4]
            assert table[origin, ahead - 1] == pytest.approx(np.mean(same))
    assert table[2, 1] == y[2]


def test_the_drift_of_a_straight_line_is_its_slope() -> None:
    y = 2.0 * np.arange(80.0)
    table = same_weekdays(y, 20, 4) + drift_of_months(y, 20)
    assert drift_of_months(y, 3)[50].tolist() == [0.0, 0.0, 0.0]
    # All as the line goes on, but for the days ahead, which are damped by 0.98 each.
    for ahead in (1, 5, 7, 8, 20):
        damped = sum(0.98**day for day in range(1, ahead + 1))
        assert table[79, ahead - 1] == pytest.approx(2.0 * (79 + damped)), ahead


@pytest.mark.parametrize("trend", [False, True])
def test_ets_is_the_forecast_of_statsmodels_at_the_same_parameters(trend: bool) -> None:
    y = logs(100)
    model = ETSModel(
        y, error="add", trend="add" if trend else None, damped_trend=trend, seasonal="add", seasonal_periods=7,
        initialization_method="heuristic",
    )  # fmt: skip
    table = ets(y, 20, trend)
    asked = [0.2, *([0.02] if trend else []), 0.04, *([0.98] if trend else [])]
    near = model.smooth(np.array(asked)).forecast(20)
    assert table[-1] == pytest.approx(near, abs=0.25)
    chosen = [model.smooth(np.array(p)).forecast(20) for p in _grid(trend)]
    assert min(np.abs(table[-1] - one).max() for one in chosen) < 1e-9
    assert np.isnan(table[48]).all()
    assert np.isfinite(table[49:]).all()


def _grid(trend: bool) -> list[list[float]]:
    return [
        [a, *([b * a] if trend else []), g * (1 - a), *([phi] if trend else [])]
        for a in (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.8)
        for b in ((0.02, 0.1, 0.3) if trend else (0.0,))
        for g in (0.01, 0.05, 0.15, 0.4)
        for phi in ((0.9, 0.98) if trend else (1.0,))
    ]


def test_no_row_knows_what_came_after_it() -> None:
    y, other = logs(120), logs(120)
    other[90:] += 3.0
    before, after = tables(y, 14), tables(other, 14)
    for name, table in before.items():
        assert np.array_equal(table[:89], after[name][:89], equal_nan=True), name
        assert not np.array_equal(table[-1], after[name][-1]), name


def test_flat_and_short_series_have_forecasts() -> None:
    assert all(table[-1] == pytest.approx(np.full(9, 4.0)) for table in tables(np.full(40, 4.0), 9).values())
    assert set(tables(logs(12), 3)) == {YARDSTICK, "exponential smoothing", "damped Holt"}
    assert next(iter(of_bursts(logs(40), 3))) == YARDSTICK


def test_models_are_scored_against_the_seasonal_naive() -> None:
    actual = np.tile([1.0, 1, 1, 1, 1, 1, 8], 6) + np.arange(42.0) // 7
    rows = np.repeat(actual[:, None], 1, axis=1)
    perfect = np.append(actual[1:], 0.0)[:, None]
    weekly = np.append(actual[1:], 0.0)[:, None] - 1.0
    judged = judge(actual, {YARDSTICK: weekly, "perfect": perfect, "same as today": rows}, 0.9)
    assert judged.chosen == "perfect"
    assert [score.chosen for score in judged.scores] == [True, False, False]
    by = {score.model: score for score in judged.scores}
    assert by["perfect"].mase == 0.0
    assert by[YARDSTICK].mase == 1.0
    # Origins 6 to 40: 35 errors of 1 over what came on days 7 to 41.
    assert by[YARDSTICK].wape == pytest.approx(35.0 / actual[7:].sum())
    # Five weekends: up and down by 7, down by 6 of the weeks' rise; the last is up only.
    assert by["same as today"].mase == pytest.approx(np.abs(np.diff(actual)[6:]).sum() / 35.0)
    assert by["perfect"].coverage == 1.0


def test_what_is_no_better_is_not_shipped() -> None:
    actual = np.arange(30.0)
    flat, worse = np.full((30, 2), 5.0), np.full((30, 2), -50.0)
    assert judge(actual, {YARDSTICK: flat, "worse": worse, "as good": flat}, 0.9).chosen == YARDSTICK


def test_errors_end_with_the_days() -> None:
    wrong = errors(np.array([1.0, 2, 4]), np.zeros((3, 2)))
    assert np.array_equal(wrong, np.array([[2, 4], [4, np.nan], [np.nan, np.nan]]), equal_nan=True)
    assert [conformal_rank(n, 0.9) for n in (4, 9, 19, 99)] == [4, 9, 18, 90]
