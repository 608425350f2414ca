"""How prices moved: change over a day, a week and a month, lowest and highest, and how much they swing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from planner.catalog.prices.history_files import History
from planner.catalog.prices.row import Key
from planner.catalog.prices.series import Times, condition, naive
from planner.catalog.rows import Floats

WINDOWS: Final[Mapping[str, timedelta]] = {
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
_KEY: Final = "provider, instance, region, tier"


@dataclass(frozen=True, slots=True)
class Trends:
    """N keys, sorted; every column has N entries, prices are USD per hour for the whole machine."""

    keys: tuple[Key, ...]
    gpu: tuple[str, ...]
    gpu_count: npt.NDArray[np.int64]
    usd_per_hour: Floats
    """The newest price."""
    seen_at: Times
    """When it was seen, UTC."""
    change: Mapping[str, Floats]
    """Window → relative change (-0.1: a tenth cheaper); NaN where it is unknown."""
    reference_usd_per_hour: Mapping[str, Floats]
    """Window → the price that the change is against; NaN where there is none."""
    lowest: Floats
    lowest_at: Times
    """When the lowest price was first seen."""
    highest: Floats
    highest_at: Times
    volatility: Floats
    """Standard deviation of daily log changes; NaN below three days with a price."""
    sightings: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """Number of keys."""
        return len(self.keys)


def trends(
    history: History, wanted: Mapping[str, Sequence[object]], now: datetime,
    windows: Mapping[str, timedelta] = WINDOWS,
) -> Trends:  # fmt: skip
    """How every price that is wanted moved until `now`.

    A change is that of the newest price against the last one seen at or before the window's start. It is unknown
    where there is none, and where nothing was seen since: an old price says nothing about the last day. Daily changes
    are those between the last prices of days with a sighting; one over g days counts as its g-th root of time,
    ln(p2/p1)/sqrt(g), as for a random walk.
    """
    where, values = condition(wanted, now)
    starts = {name: naive(now) - length for name, length in windows.items()}
    against = "".join(
        f", coalesce(arg_max(usd_per_hour, seen_at) FILTER (seen_at <= ?), 'nan'::DOUBLE) AS before_{at}"
        for at in range(len(starts))
    )
    query = f"""
        WITH wanted AS (
            SELECT {_KEY}, seen_at, min(usd_per_hour) AS usd_per_hour, any_value(gpu) AS gpu,
                any_value(gpu_count) AS gpu_count
            FROM prices WHERE {where} GROUP BY {_KEY}, seen_at
        ), closes AS (
            SELECT {_KEY}, seen_at::DATE AS day, arg_max(usd_per_hour, seen_at) AS price FROM wanted GROUP BY ALL
        ), steps AS (
            SELECT {_KEY}, ln(price / lag(price) OVER run) / sqrt(day - lag(day) OVER run) AS step
            FROM closes WINDOW run AS (PARTITION BY {_KEY} ORDER BY day)
        ), swings AS (
            SELECT {_KEY}, coalesce(stddev_samp(step), 'nan'::DOUBLE) AS volatility FROM steps GROUP BY {_KEY}
        ), moves AS (
            SELECT {_KEY}, arg_max(gpu, seen_at) AS gpu, arg_max(gpu_count, seen_at)::BIGINT AS gpu_count,
                arg_max(usd_per_hour, seen_at) AS usd_per_hour, max(seen_at) AS seen_at,
                min(usd_per_hour) AS lowest, arg_min(seen_at, (usd_per_hour, seen_at)) AS lowest_at,
                max(usd_per_hour) AS highest, arg_min(seen_at, (-usd_per_hour, seen_at)) AS highest_at,
                count(*)::BIGINT AS sightings{against}
            FROM wanted GROUP BY {_KEY}
        )
        SELECT * FROM moves JOIN swings USING ({_KEY}) ORDER BY {_KEY}
    """
    found = history.select(query, [*values, *starts.values()])
    latest, seen = found["usd_per_hour"], found["seen_at"]
    before = {
        name: np.where(seen > np.datetime64(start), found[f"before_{at}"], np.nan)
        for at, (name, start) in enumerate(starts.items())
    }
    columns = [found[name].tolist() for name in ("provider", "instance", "region", "tier")]
    return Trends(
        keys=tuple(zip(*columns, strict=True)),
        gpu=tuple(found["gpu"].tolist()),
        gpu_count=found["gpu_count"],
        usd_per_hour=latest,
        seen_at=seen,
        change={name: latest / reference - 1.0 for name, reference in before.items()},
        reference_usd_per_hour=before,
        lowest=found["lowest"],
        lowest_at=found["lowest_at"],
        highest=found["highest"],
        highest_at=found["highest_at"],
        volatility=found["volatility"],
        sightings=found["sightings"],
    )
