"""Where a daily series goes, and how wide the band has to be."""

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.spend.forecasting.outlook import outlook

FIRST = np.datetime64("2025-10-01")
AHEAD = 30


def made(seed: int, days: int, growth: float = 0.002, noise: float = 0.12, persists: float = 0.0) -> Floats:
    """Spend that grows, rests at weekends, and errs from day to day together where `persists`."""
    rng, t = np.random.default_rng(seed), np.arange(days)
    error = rng.normal(0.0, noise, days)
    for day in range(1, days):
        error[day] += persists * error[day - 1]
    return np.asarray(100.0 * np.exp(growth * t + error) * np.where(t % 7 > 4, 0.6, 1.0), np.float64)


def in_bursts(seed: int, days: int) -> Floats:
    """Runs of some days, with some days without one between."""
    rng, values, at = np.random.default_rng(seed), np.zeros(days), 0
    while at < days:
        at += int(rng.geometric(0.2))
        length = int(rng.integers(1, 4))
        values[at : at + length] = rng.lognormal(5.0, 0.4)
        at += length
    return values


def coverage(series: list[Floats], days: int) -> tuple[float, float]:
    """Share of days, and of sums over the days ahead, that lie in the 90 % band."""
    inside, sums = [], []
    for values in series:
        ahead = outlook(values[:days], FIRST, AHEAD)
        low, high = np.quantile(ahead.samples, [0.05, 0.95], axis=0)
        inside.append(np.mean((values[days:] >= low) & (values[days:] <= high)))
        low, high = np.quantile(ahead.samples.sum(axis=1), [0.05, 0.95])
        sums.append(low <= values[days:].sum() <= high)
    return float(np.mean(inside)), float(np.mean(sums))


def test_trend_and_season_are_forecast_better_than_by_the_seasonal_naive() -> None:
    own, naive = 0.0, 0.0
    for seed in range(4):
        values = made(seed, 200 + AHEAD)
        ahead = outlook(values[:200], FIRST, AHEAD)
        assert ahead.model != "seasonal naive"
        chosen = ahead.scores[0]
        assert chosen.chosen
        assert chosen.model == ahead.model
        assert chosen.mase is not None
        assert chosen.mase < 1.0
        own += np.abs(ahead.point - values[200:]).sum()
        naive += np.abs(np.resize(values[193:200], AHEAD) - values[200:]).sum()
    assert own < 0.85 * naive


def test_what_beats_nothing_is_the_seasonal_naive() -> None:
    weekly = np.tile([10.0, 10, 10, 10, 10, 4, 3], 12)
    ahead = outlook(weekly, FIRST, 14)
    assert ahead.model == "seasonal naive"
    assert ahead.point == pytest.approx(weekly[:14])
    assert np.quantile(ahead.samples, 0.95, axis=0) == pytest.approx(weekly[:14], rel=1e-6)


def test_the_band_holds_what_comes() -> None:
    inside, sums = coverage([made(seed, 60 + AHEAD, persists=0.5) for seed in range(25)], 60)
    assert 0.8 <= inside <= 0.98
    assert sums >= 0.8


@pytest.mark.real
@pytest.mark.parametrize("days", [40, 90, 365])
@pytest.mark.parametrize("growth", [0.0, 0.002])
@pytest.mark.parametrize("persists", [0.0, 0.8])
def test_the_band_holds_what_comes_over_many_seeds(days: int, growth: float, persists: float) -> None:
    noise = 0.12 if persists == 0.0 else 0.08
    inside, sums = coverage([made(seed, days + AHEAD, growth, noise, persists) for seed in range(60)], days)
    assert 0.8 <= inside <= 0.98
    assert 0.8 <= sums <= 1.0


@pytest.mark.real
def test_the_band_of_bursts_holds_sums() -> None:
    inside, sums = coverage([in_bursts(seed, 365 + AHEAD) for seed in range(60)], 365)
    assert inside >= 0.85
    assert 0.75 <= sums <= 1.0


def test_bursts_go_on_at_their_mean() -> None:
    values = in_bursts(3, 365)
    ahead = outlook(values, FIRST, AHEAD)
    assert ahead.samples.sum(axis=1).mean() == pytest.approx(AHEAD * values[-180:].mean(), rel=0.3)
    assert np.median(ahead.samples) == 0.0


@pytest.mark.parametrize("days", [14, 60, 200])
def test_a_spike_wrecks_nothing(days: int) -> None:
    values = made(1, days)
    spiked = values.copy()
    spiked[days - 9] += 50_000.0
    plain, odd = (outlook(series, FIRST, AHEAD) for series in (values, spiked))
    assert odd.point.sum() == pytest.approx(plain.point.sum(), rel=0.3)
    assert np.quantile(odd.samples.sum(axis=1), 0.95) < 2.0 * np.quantile(plain.samples.sum(axis=1), 0.95)
    assert "unusual day" in odd.note


def test_a_new_level_is_believed_within_weeks() -> None:
    values = made(2, 200, growth=0.0)
    values[170:] *= 2.0
    ahead = outlook(values, FIRST, 28)
    assert ahead.point.mean() == pytest.approx(values[170:198].mean(), rel=0.2)


def test_a_fee_on_the_first_is_due_again() -> None:
    values = made(5, 90)
    first = np.arange(FIRST, FIRST + 90).astype("datetime64[M]").astype("datetime64[D]") == np.arange(FIRST, FIRST + 90)
    ahead = outlook(values + 2000.0 * first, FIRST, AHEAD)
    assert np.argmax(ahead.point) == int((np.datetime64("2026-01-01") - FIRST).astype(int)) - 90
    assert ahead.point.max() == pytest.approx(2130.0, rel=0.05)
    assert "every month" in ahead.note


def test_nothing_is_below_zero_unless_credits_made_it_so() -> None:
    falling = np.maximum(100.0 - np.arange(60.0), 2.0) + np.random.default_rng(0).normal(0.0, 1.0, 60).clip(-1, 1)
    assert outlook(falling, FIRST, 60).samples.min() >= 0.0
    rng = np.random.default_rng(1)
    credited = rng.normal(1.0, 5.0, 90)
    ahead = outlook(credited, FIRST, 30)
    assert np.isfinite(ahead.samples).all()
    assert credited.min() - 1.0 <= ahead.samples.min() < 0.0


def test_few_days_have_a_wide_band_and_fewer_none() -> None:
    ahead = outlook(np.array([0.0, 0, 100, 104, 99, 103]), FIRST, AHEAD)
    assert ahead.model == "naive with drift"
    # Four days with spend: the drift, 1 a day, goes on for three.
    assert ahead.point.tolist()[:5] == [104.0, 105.0, 106.0, 106.0, 106.0]
    low, high = np.quantile(ahead.samples, [0.05, 0.95], axis=0)
    assert high[0] - low[0] > 10.0
    assert high[-1] - low[-1] > 3.0 * (high[0] - low[0])
    assert ahead.scores == ()
    two = outlook(np.array([100.0, 120.0]), FIRST, 5)
    assert two.point.tolist() == [120.0] * 5
    assert np.isnan(two.samples).all()
    none = outlook(np.zeros(0), FIRST, 5)
    assert np.isnan(none.point).all()
    assert none.note == "no day to go by"
    assert outlook(np.zeros(50), FIRST, 5).samples.max() == 0.0


@pytest.mark.parametrize("horizon", [0, 1, 400])
@pytest.mark.parametrize("days", [1, 5, 9, 30])
def test_any_horizon_has_paths(days: int, horizon: int) -> None:
    ahead = outlook(made(0, days), FIRST, horizon)
    assert ahead.point.shape == (horizon,)
    assert ahead.samples.shape == (1000, horizon)
    assert np.isfinite(ahead.point).all()


def test_the_same_days_have_the_same_forecast() -> None:
    values = made(8, 80)
    one, two = outlook(values, FIRST, 40), outlook(values.copy(), FIRST, 40)
    assert one.samples.tobytes() == two.samples.tobytes()
    assert one.scores == two.scores
    dear = outlook(values * 1000.0, FIRST, 40)
    assert dear.point == pytest.approx(one.point * 1000.0)


def test_errors_of_a_path_hang_together() -> None:
    values = made(9, 300, growth=0.0, noise=0.08, persists=0.8)
    samples = outlook(values, FIRST, AHEAD).samples
    together = samples.sum(axis=1).std()
    alone = np.sqrt((samples.std(axis=0) ** 2).sum())
    assert together > 1.3 * alone
