"""Prices over time: which keys a history holds, and the course of each of those wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from planner.catalog.prices.history_files import History
from planner.catalog.prices.row import Key
from planner.catalog.rows import Floats

Times = npt.NDArray[np.datetime64]
FILTERS: Final = ("provider", "instance", "region", "tier", "gpu", "gpu_count")
"""Columns by which prices are picked."""


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """The course of one price: N sightings, oldest first."""

    key: Key
    gpu: str
    gpu_count: int
    market: str
    confidence: str
    """Of the newest sighting."""
    seen_at: Times
    """(N,), UTC, strictly rising, microseconds."""
    usd_per_hour: Floats
    """(N,), the whole machine."""


def condition(
    wanted: Mapping[str, Sequence[object]], now: datetime, since: datetime | None = None
) -> tuple[str, list[object]]:
    """A WHERE clause and its values: prices seen until `now` whose columns hold one of the values asked for."""
    parts, values = ["seen_at <= ?"], [naive(now)]
    if since is not None:
        parts, values = [*parts, "seen_at >= ?"], [*values, naive(since)]
    for column, allowed in wanted.items():
        if column not in FILTERS:
            raise ValueError(column)
        parts.append(f"{column} IN ({', '.join('?' * len(allowed))})")
        values.extend(allowed)
    return " AND ".join(parts), values


def naive(moment: datetime) -> Any:  # noqa: ANN401 - any value of a query
    """The moment as the files hold it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo is not None else moment


def read_series(
    history: History, wanted: Mapping[str, Sequence[object]], now: datetime, since: datetime | None = None
) -> list[PriceSeries]:
    """The course of every price that is wanted from `since` until `now`, by key; DuckDB reads those rows alone.

    Where two files hold one key at one time, the lower price counts.
    """
    where, values = condition(wanted, now, since)
    found = history.select(
        "SELECT provider, instance, region, tier, seen_at, min(usd_per_hour) AS usd_per_hour, any_value(gpu) AS gpu, "
        "any_value(gpu_count) AS gpu_count, min(market) AS market, min(confidence) AS confidence "
        f"FROM prices WHERE {where} GROUP BY provider, instance, region, tier, seen_at "
        "ORDER BY provider, instance, region, tier, seen_at",
        values,
    )
    columns = [found[name] for name in ("provider", "instance", "region", "tier")]
    if not len(columns[0]):
        return []
    changed = np.zeros(len(columns[0]) - 1, bool)
    for column in columns:
        changed |= column[1:] != column[:-1]
    starts = [0, *(np.flatnonzero(changed) + 1).tolist()]
    series = []
    for start, end in zip(starts, [*starts[1:], len(columns[0])], strict=True):
        key: Key = (columns[0][start], columns[1][start], columns[2][start], columns[3][start])
        last = end - 1
        series.append(
            PriceSeries(
                key, found["gpu"][last], int(found["gpu_count"][last]), found["market"][last],
                found["confidence"][last], found["seen_at"][start:end], found["usd_per_hour"][start:end],
            )
        )  # fmt: skip
    return series


def nearest_keys(history: History, key: Key, most: int = 5) -> list[Key]:
    """Keys that the history holds, those most like `key` first: the same instance, then the same provider."""
    found = history.select("SELECT DISTINCT provider, instance, region, tier FROM prices ORDER BY ALL")
    held: list[Key] = list(
        zip(*(found[name].tolist() for name in ("provider", "instance", "region", "tier")), strict=True)
    )
    alike = _likeness(key)
    return sorted(held, key=lambda other: (-alike(other), other))[:most]


def _likeness(key: Key) -> Callable[[Key], float]:
    weights = (2.0, 4.0, 1.0, 1.0)
    memo: dict[tuple[int, str], float] = {}

    def of(at: int, text: str) -> float:
        if (at, text) not in memo:
            memo[at, text] = SequenceMatcher(None, key[at], text).ratio()
        return memo[at, text]

    return lambda other: sum(weight * of(at, other[at]) for at, weight in enumerate(weights))


def ahead(history: History, now: datetime) -> int:
    """How many prices are dated after now, which no query counts."""
    return int(history.select("SELECT count(*)::BIGINT AS n FROM prices WHERE seen_at > ?", [naive(now)])["n"][0])
