"""Changes, extremes and volatility, against plain Python over the same prices."""

import math
import statistics
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from planner.catalog.prices.history import record
from planner.catalog.prices.history_files import open_history
from planner.catalog.prices.trends import WINDOWS, trends
from tests.catalog.prices.price_histories import NOW, at, filled

DAY = timedelta(days=1)


def test_changes_are_against_the_last_price_before_the_window(tmp_path: Path) -> None:
    for hours, usd in ((30 * 24 + 1, 10.0), (8 * 24, 16.0), (25, 25.0), (23, 40.0), (0, 20.0)):
        record(tmp_path, [at(usd)], NOW - timedelta(hours=hours), NOW)
    found = trends(open_history(tmp_path), {}, NOW)
    assert {name: values[0] for name, values in found.change.items()} == pytest.approx(
        {"24h": 20 / 25 - 1, "7d": 20 / 16 - 1, "30d": 20 / 10 - 1}
    )
    assert (found.lowest[0], found.highest[0], found.sightings[0]) == (10.0, 40.0, 5)
    assert str(found.highest_at[0]) == "2026-11-29T13:00:00.000000"


def test_what_was_not_seen_is_unknown_and_not_zero(tmp_path: Path) -> None:
    filled(tmp_path / "young", [20.0], DAY)
    young = trends(open_history(tmp_path / "young"), {}, NOW)
    assert all(math.isnan(values[0]) for values in young.change.values())
    assert math.isnan(young.volatility[0])
    filled(tmp_path / "old", [20.0, 20.0], DAY)
    # Nothing was seen for ten days: the last price says nothing about the last day or week.
    old = trends(open_history(tmp_path / "old"), {}, NOW + 10 * DAY)
    assert math.isnan(old.change["24h"][0])
    assert math.isnan(old.change["7d"][0])


def test_extremes_are_dated_by_their_first_sighting(tmp_path: Path) -> None:
    filled(tmp_path, [3.0, 5.0, 3.0, 5.0], DAY)
    found = trends(open_history(tmp_path), {}, NOW)
    assert [str(when[0])[:10] for when in (found.lowest_at, found.highest_at)] == ["2026-11-27", "2026-11-28"]


def test_all_keys_agree_with_brute_force(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    seen: dict[str, dict[datetime, float]] = {name: {} for name in "abc"}
    for hours in sorted(rng.choice(40 * 24, 25, replace=False).tolist(), reverse=True):
        moment = NOW - timedelta(hours=hours)
        rows = {name: float(rng.uniform(2, 30)) for name in seen if rng.random() < 0.6}
        for name, usd in rows.items():
            seen[name][moment] = usd
        record(tmp_path, [at(usd, region=name) for name, usd in rows.items()], moment, NOW)
    found = trends(open_history(tmp_path), {}, NOW)
    assert [key[2] for key in found.keys] == sorted(seen)
    for row, key in enumerate(found.keys):
        prices = seen[key[2]]
        last = max(prices)
        assert found.usd_per_hour[row] == prices[last]
        for name, length in WINDOWS.items():
            before = [moment for moment in prices if moment <= NOW - length]
            known = before and last > NOW - length
            expected = prices[last] / prices[max(before)] - 1 if known else math.nan
            assert found.change[name][row] == pytest.approx(expected, nan_ok=True)
        assert found.volatility[row] == pytest.approx(_volatility(prices))


def _volatility(prices: dict[datetime, float]) -> float:
    closes = {moment.date(): prices[moment] for moment in sorted(prices)}
    days = sorted(closes)
    return statistics.stdev(
        math.log(closes[later] / closes[day]) / math.sqrt((later - day).days) for day, later in pairwise(days)
    )
