"""Prices that moved enough to tell somebody: drops, surges, and prices out of line with their own past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import numpy as np

from planner.catalog.prices.forecast import closes
from planner.catalog.prices.history_files import History
from planner.catalog.prices.row import Key
from planner.catalog.prices.series import PriceSeries, read_series
from planner.catalog.prices.trends import trends
from planner.catalog.rows import Floats

Kind = Literal["drop", "surge", "anomaly"]
FEWEST: Final = 7
"""Days with a price that an anomaly is judged by, the newest included: as many as DOMAIN's vector has."""
_NORMAL: Final = 0.6745
"""MAD of a standard normal distribution."""
_MEAN: Final = 1.2533
"""Standard deviation over mean absolute deviation of a normal distribution: sqrt(pi/2)."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a move is told. A move must pass both the ratio and the floor, so that cents make no noise."""

    drop: float = 0.10
    """Relative fall over the window."""
    surge: float = 0.20
    """Relative rise over the window."""
    window: timedelta = timedelta(hours=24)
    floor_usd_per_gpu_hour: float = 0.02
    """Least absolute move, per card."""
    z: float = 3.5
    """Modified z from which a price is out of line (DOMAIN 10)."""
    anomaly: float = 0.05
    """Least relative distance of such a price from its median."""
    past: timedelta = timedelta(days=30)
    """Past that a price is held against for its z."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One price that moved."""

    kind: Kind
    key: Key
    gpu: str
    usd_per_hour: float
    seen_at: datetime
    """UTC."""
    reference_usd_per_hour: float
    """The price before the window (drop, surge) or the median of the past (anomaly)."""
    change: float
    """Relative, against the reference."""
    z: float
    """Modified z against the past; NaN where it is not judged."""


def modified_z(values: Floats) -> Floats:
    """Robust distances from the median: 0.6745*(x - median)/MAD; where MAD = 0, (x - median)/(1.2533*mean|x - median|).

    DOMAIN 10, after Iglewicz and Hoaglin (1993). All zero where all values are equal. Shape as given.
    """
    away = values - np.median(values)
    mad = float(np.median(np.abs(away)))
    if mad > 0:
        return np.asarray(_NORMAL * away / mad, np.float64)
    mean = float(np.mean(np.abs(away)))
    return np.asarray(away / (_MEAN * mean) if mean > 0 else np.zeros_like(away), np.float64)


def alerts(
    history: History, wanted: Mapping[str, Sequence[object]], now: datetime, limits: Thresholds = Thresholds()
) -> list[Alert]:
    """What is to be told about the prices that are wanted: the largest move first.

    A price that fell or rose is told as that alone, with its z; an anomaly is a price out of line with its past that
    did not move that far within the window.
    """
    moved = trends(history, wanted, now, {"window": limits.window})
    past = read_series(history, wanted, now, now - limits.past)
    scores = {series.key: _score(series, now, limits) for series in past}
    change, before = moved.change["window"], moved.reference_usd_per_hour["window"]
    found = []
    for at, key in enumerate(moved.keys):
        price, floor = float(moved.usd_per_hour[at]), limits.floor_usd_per_gpu_hour * int(moved.gpu_count[at])
        z, median = scores.get(key, (float("nan"), float("nan")))
        kind: Kind
        # Unknown changes and scores are NaN, and no comparison with them holds.
        if abs(price - before[at]) >= floor and (change[at] < -limits.drop or change[at] > limits.surge):
            kind, reference = ("drop" if change[at] < 0 else "surge"), float(before[at])
        elif abs(z) > limits.z and abs(price - median) >= floor and abs(price / median - 1.0) >= limits.anomaly:
            kind, reference = "anomaly", median
        else:
            continue
        seen = moved.seen_at[at].astype("datetime64[s]").item()
        found.append(Alert(kind, key, moved.gpu[at], price, seen, reference, price / reference - 1.0, z))
    return sorted(found, key=lambda alert: (-abs(np.log1p(alert.change)), alert.key))


def _score(series: PriceSeries, now: datetime, limits: Thresholds) -> tuple[float, float]:
    """Modified z of the newest price among the last ones of each day, and their median; NaN where too few or old."""
    days, prices = closes(series.seen_at, series.usd_per_hour)
    today = np.datetime64(now.date())
    fresh = today - days[-1] <= np.timedelta64(limits.window)
    if not fresh or len(prices) < FEWEST:
        return float("nan"), float("nan")
    return float(modified_z(prices)[-1]), float(np.median(prices))
