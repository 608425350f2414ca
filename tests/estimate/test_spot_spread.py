"""Bands of spot runs: against simulated lives, and where nothing can go wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.catalog.rows import Floats
from planner.estimate.spot import certain_hours, expected_billed_hours
from planner.estimate.spot_spread import INDEPENDENT, MEASURED, billed_band, count_dispersion, ln_spread, sd_hours
from planner.units import Z90

SAVE, RESTART = 1 / 60, 10 / 60


def run(work: float, rate: float, interval: float = 0.5) -> tuple[Floats, Floats]:
    """Expected and lost hours."""
    w, tau, d, r = (np.array(value) for value in (work, interval, SAVE, RESTART))
    expected = expected_billed_hours(w, tau, d, r, np.array(rate))
    return expected, expected - certain_hours(w, tau, d)


def simulated(work: float, rate: float, runs: int = 2000) -> Floats:
    """Billed hours with exponential lives, checkpoints every half hour, run by run."""
    random = np.random.default_rng(7)
    billed = np.zeros(runs)
    for i in range(runs):
        left, restart = round(work / 0.5), 0.0
        while left:
            life = random.exponential(1 / rate)
            needed = restart + left * (0.5 + SAVE)
            billed[i] += min(life, needed)
            left -= left if life >= needed else max(int((life - restart) / (0.5 + SAVE)), 0)
            restart = RESTART
    return billed


@pytest.mark.parametrize(("work", "rate"), [(10.0, 0.25), (24.0, 0.1), (48.0, 0.5)])
def test_independent_preemptions_as_simulated(work: float, rate: float) -> None:
    billed = simulated(work, rate)
    expected, lost = run(work, rate)
    assert billed.mean() == pytest.approx(float(expected), rel=0.01)
    low, high = billed_band(expected, lost, rate, 0.0, INDEPENDENT)
    inside = (billed >= low - 1e-9) & (billed <= high)
    assert 0.86 <= inside.mean() <= 0.97


def test_without_preemptions_work_and_checkpoints_are_certain() -> None:
    expected, lost = run(10.0, 0.0)
    assert billed_band(expected, lost, 0.0) == pytest.approx((10 + 20 * SAVE, 10 + 20 * SAVE))
    assert [float(sd) for sd in sd_hours(expected, lost, 0.0)] == [0.0, 0.0]


def test_a_run_that_is_likely_spared_may_take_its_least() -> None:
    expected, lost = run(2.0, 0.1)
    low, high = billed_band(expected, lost, 0.1)
    assert low == pytest.approx(2 + 4 * SAVE)
    assert high > expected


@given(work=st.floats(0.5, 200.0), rate=st.floats(0.0, 2.0), interval=st.floats(0.05, 4.0), known=st.floats(0.0, 1.5))
def test_the_band_holds_the_mean(work: float, rate: float, interval: float, known: float) -> None:
    expected, lost = run(work, rate, interval)
    low, high = billed_band(expected, lost, rate, known)
    assert certain_hours(np.array(work), np.array(interval), np.array(SAVE)) <= low * (1 + 1e-9)
    assert low <= expected * (1 + 1e-9)
    assert expected <= high


def test_bursts_and_unknown_rates_widen_the_band() -> None:
    expected, lost = run(24.0, 0.25)

    def width(*known: object) -> float:
        low, high = billed_band(expected, lost, 0.25, *known)  # type: ignore[arg-type]
        return float(high - low)

    assert width(0.0, INDEPENDENT) < width(0.0, MEASURED) < width(0.5, MEASURED) < width(1.0, MEASURED)


def test_longer_runs_are_surer_and_riskier_zones_less_sure() -> None:
    sds = []
    for work, rate in ((2.0, 0.25), (24.0, 0.25), (200.0, 0.25), (200.0, 1.0)):
        expected, lost = run(work, rate)
        sds.append(float(ln_spread(expected, lost, sd_hours(expected, lost, rate, rate_cv=0.0)[0])))
    assert sds[0] > sds[1] > sds[2]
    assert sds[3] > sds[2]


def test_waits_make_the_wall_clock_less_sure_than_the_bill() -> None:
    expected, lost = run(10.0, 0.25)
    billed, wall = sd_hours(expected, lost, 0.25)
    assert wall > billed
    assert sd_hours(expected, lost, 0.25, wait_hours=0.0)[1] == pytest.approx(billed)


def test_dispersion_grows_from_one() -> None:
    hours = np.array([0.0, MEASURED.hours, 1e9])
    assert count_dispersion(hours) == pytest.approx([1.0, 1.0 + MEASURED.size / 2, 1.0 + MEASURED.size])
    assert count_dispersion(hours, INDEPENDENT) == pytest.approx([1.0, 1.0, 1.0])


def test_the_upper_end_of_the_lognormal_band_is_that_of_the_lost_hours() -> None:
    """4 certain hours and 1 that is exponentially distributed, whose 95 % quantile is ln 20 = 2.9957."""
    spread = ln_spread(np.array([5.0, 5.0]), np.array([1.0, 0.0]), np.array([1.0, 0.0]))
    assert 5.0 * np.exp(Z90 * spread) == pytest.approx([4.0 + np.log(20.0), 5.0], rel=1e-4)


def test_a_rare_loss_is_not_taken_for_none() -> None:
    rare = ln_spread(np.array(2.0), np.array(0.01), np.array(1.0))
    assert 0.01 < float(rare) < 0.05


def test_hopeless_runs_have_a_finite_spread() -> None:
    billed, wall = sd_hours(np.array([1e200, 1e3]), np.array([1e200, 999.999]), np.array([0.5, 50.0]))
    assert np.isfinite(billed).all()
    assert np.isfinite(wall).all()
