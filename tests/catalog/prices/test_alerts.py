"""Drops, surges and prices out of line; noise is not told."""

import math
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from planner.catalog.prices.alerts import Thresholds, alerts, modified_z
from planner.catalog.prices.history_files import open_history
from tests.catalog.prices.price_histories import NOW, filled

DAY = timedelta(days=1)
USUAL = Thresholds()


def kinds(folder: Path, limits: Thresholds = USUAL) -> list[tuple[str, float]]:
    return [(one.kind, round(one.change, 4)) for one in alerts(open_history(folder), {}, NOW, limits)]


def test_modified_z_is_that_of_domain() -> None:
    # T-10.4
    assert modified_z(np.array([100, 102, 98, 101, 99, 103, 160.0]))[-1] == pytest.approx(19.898, abs=5e-4)


def test_modified_z_without_deviation_takes_the_mean_one() -> None:
    # median 5, MAD 0, mean absolute deviation 7/8: 7/(1.2533*0.875)
    assert modified_z(np.array([5.0] * 7 + [12.0]))[-1] == pytest.approx(7 / (1.2533 * 0.875))
    assert modified_z(np.full(8, 5.0)).tolist() == [0.0] * 8


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([20.0, 17.9], [("drop", -0.105)]),
        ([20.0, 18.1], []),
        ([20.0, 24.2], [("surge", 0.21)]),
        ([20.0, 23.8], []),
        ([20.0, 20.0], []),
        ([20.0], []),
    ],
)
def test_a_move_is_told_beyond_its_threshold(
    tmp_path: Path, prices: list[float], expected: list[tuple[str, float]]
) -> None:
    assert kinds(filled(tmp_path, prices, DAY)) == expected


def test_thresholds_and_window_are_yours(tmp_path: Path) -> None:
    filled(tmp_path, [20.0, 19.5, 19.0], DAY)
    assert kinds(tmp_path, Thresholds(drop=0.04)) == []
    assert kinds(tmp_path, Thresholds(drop=0.04, window=2 * DAY)) == [("drop", -0.05)]


def test_cents_are_noise_whatever_their_share(tmp_path: Path) -> None:
    # 8 cards at 1 cent each: half of it is less than 2 cents per card.
    filled(tmp_path, [0.08, 0.04], DAY)
    assert kinds(tmp_path) == []
    assert kinds(tmp_path, Thresholds(floor_usd_per_gpu_hour=0.004)) == [("drop", -0.5)]


def test_a_price_out_of_line_is_told_once_and_needs_days(tmp_path: Path) -> None:
    # A rise of 10 % is no surge, but these prices never moved by more than 1 %.
    steady = [20.0, 20.1, 20.0, 19.9, 20.1, 20.0]
    filled(tmp_path / "short", [*steady[:5], 22.0], DAY)
    filled(tmp_path / "long", [*steady, 22.0], DAY)
    assert kinds(tmp_path / "short") == []
    (alert,) = alerts(open_history(tmp_path / "long"), {}, NOW)
    assert (alert.kind, alert.reference_usd_per_hour) == ("anomaly", 20.0)
    assert alert.change == pytest.approx(0.1)
    assert alert.z > 3.5
    assert kinds(tmp_path / "long", Thresholds(anomaly=0.15)) == []


def test_an_old_price_is_no_news(tmp_path: Path) -> None:
    filled(tmp_path, [20.0] * 7 + [10.0], DAY)
    assert [one.kind for one in alerts(open_history(tmp_path), {}, NOW)] == ["drop"]
    assert alerts(open_history(tmp_path), {}, NOW + 3 * DAY) == []


def test_a_surge_without_a_past_has_no_score(tmp_path: Path) -> None:
    (alert,) = alerts(open_history(filled(tmp_path, [20.0, 30.0], DAY)), {}, NOW)
    assert math.isnan(alert.z)
