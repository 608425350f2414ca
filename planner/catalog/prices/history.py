"""A history of prices that only grows: what was seen when, recorded once and never rewritten.

A recording is one new Parquet file. Two at once disturb nobody, as each has a file of its own; a price that both hold
counts once when it is read.
"""

from __future__ import annotations

import hashlib
import math
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from planner.catalog.prices.history_files import COLUMNS, History, connect, open_history
from planner.catalog.prices.row import Key, PriceRow
from planner.errors import InputError
from planner.files import place

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far a clock may be ahead of ours before what it dates is refused."""
_SHOWN: Final = 5
_Price = tuple[str, str, str, int, str, str, float, str, str, str]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording did."""

    added: int
    known: int
    """Prices that the history held already, seen at the same time."""
    conflicting: tuple[Key, ...]
    """Keys for which the history holds another price of the same time: it stays."""
    late: int
    """Of those added: seen before the newest price of their key, so put in between."""
    file: Path | None
    """The new file; None where there was nothing to add."""


def record(folder: Path, rows: Iterable[PriceRow], seen_at: datetime, now: datetime) -> Recorded:
    """Append what was seen at one time to the history in a folder, which is made where it is missing.

    Recording the same again adds nothing. Raises InputError for a time ahead of `now`, for a price that is none, for
    two prices of one key, and where the folder holds what is no history.
    """
    seen = _utc(seen_at)
    if seen > _utc(now) + CLOCK_SKEW:
        message = (
            f"prices seen at {seen:%Y-%m-%d %H:%M} UTC, but it is {_utc(now):%Y-%m-%d %H:%M} UTC: "
            "not recorded; set the clock right, or the date of the snapshot"
        )
        raise InputError(message)
    wanted = _once(rows)
    history = open_history(folder, create=True)
    held, newest = _held(history, seen)
    new = {key: price for key, price in wanted.items() if key not in held}
    conflicting = tuple(key for key in wanted if key in held and held[key] != wanted[key][6])
    late = sum(key in newest and newest[key] > seen for key in new)
    known = len(wanted) - len(new) - len(conflicting)
    file = _append(folder, [new[key] for key in sorted(new)], seen) if new else None
    return Recorded(len(new), known, conflicting, late, file)


def record_dated(folder: Path, rows: Iterable[PriceRow], now: datetime, *, asked_now: bool) -> Recorded:
    """Append rows by the day that each was seen: those of today at `now` if they were asked for now, else at 0:00 UTC.

    So a price that a snapshot only carries along is no new sighting. Raises as `record` does.
    """
    seen: dict[datetime, list[PriceRow]] = {}
    for row in rows:
        day = datetime.combine(_day(row), time(), UTC)
        seen.setdefault(now if asked_now and day.date() == now.astimezone(UTC).date() else day, []).append(row)
    total = Recorded(0, 0, (), 0, None)
    for moment in sorted(seen):
        one = record(folder, seen[moment], moment, now)
        total = Recorded(
            total.added + one.added, total.known + one.known, total.conflicting + one.conflicting,
            total.late + one.late, one.file or total.file,
        )  # fmt: skip
    return total


def _day(row: PriceRow) -> date:
    try:
        return date.fromisoformat(row.as_of)
    except ValueError as error:
        message = f"{' '.join(row.key)}: {row.as_of!r} is no day (YYYY-MM-DD): nothing recorded"
        raise InputError(message) from error


def _utc(moment: datetime) -> datetime:
    """In UTC and whole seconds, without a zone, as the files hold it; a time without a zone is taken as UTC."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _once(rows: Iterable[PriceRow]) -> dict[Key, _Price]:
    found: dict[Key, _Price] = {}
    wrong = []
    for row in rows:
        price: _Price = (
            row.provider, row.instance, row.gpu, row.gpu_count, row.region, row.tier, row.usd_per_hour, row.market,
            row.confidence, row.source,
        )  # fmt: skip
        if not (math.isfinite(row.usd_per_hour) and row.usd_per_hour > 0):
            wrong.append(f"{' '.join(row.key)}: {row.usd_per_hour} is no price; it must be finite and above 0")
        elif row.key in found and found[row.key][6] != row.usd_per_hour:
            wrong.append(f"{' '.join(row.key)}: two prices at once, {found[row.key][6]} and {row.usd_per_hour}")
        found.setdefault(row.key, price)
    if wrong:
        more = [f"and {len(wrong) - _SHOWN:,} more"] if len(wrong) > _SHOWN else []
        raise InputError("\n".join([*wrong[:_SHOWN], *more, "nothing recorded"]))
    return found


def _held(history: History, seen: datetime) -> tuple[Mapping[Key, float], Mapping[Key, datetime]]:
    """Prices of that very time, and the newest time of every key."""
    found = history.select(
        "SELECT provider, instance, region, tier, epoch_us(max(seen_at)) AS newest, "
        "coalesce(min(usd_per_hour) FILTER (seen_at = ?), 'nan'::DOUBLE) AS held "
        "FROM prices GROUP BY ALL",
        [seen],
    )
    keys = list(zip(*(found[name].tolist() for name in ("provider", "instance", "region", "tier")), strict=True))
    start = datetime(1970, 1, 1)
    newest = {key: start + timedelta(microseconds=at) for key, at in zip(keys, found["newest"].tolist(), strict=True)}
    held = {key: price for key, price in zip(keys, found["held"].tolist(), strict=True) if not math.isnan(price)}
    return held, newest


def _append(folder: Path, prices: Sequence[_Price], seen: datetime) -> Path:
    # The name follows from the content: whoever records the same at the same moment writes the same file.
    digest = hashlib.sha256(repr((seen, prices)).encode()).hexdigest()[:16]
    path = folder / f"{seen:%Y-%m}" / f"{seen:%Y%m%dT%H%M%SZ}-{digest}.parquet"
    place({path: _parquet([(seen, *price) for price in prices])})
    return path


def _parquet(rows: Sequence[tuple[object, ...]]) -> bytes:
    """The rows as a Parquet file; they come sorted by key, and are laid by card so that a reader can skip."""
    import numpy as np

    columns = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
    kinds = {"TIMESTAMP": "datetime64[us]", "INTEGER": "int32", "DOUBLE": "float64", "VARCHAR": "object"}
    arrays = {
        name: np.array([row[at] for row in rows], dtype=kinds[type_])
        for at, (name, type_) in enumerate(COLUMNS.items())
    }
    with closing(connect()) as base, tempfile.TemporaryDirectory() as apart:
        file = Path(apart) / "prices.parquet"
        base.register("arrays", arrays)
        base.execute(f"CREATE TEMP TABLE prices ({columns})")
        base.execute("INSERT INTO prices SELECT * FROM arrays")
        base.execute(
            "COPY (SELECT * FROM prices ORDER BY gpu, gpu_count, provider, instance, region, tier) "
            f"TO '{str(file).replace(chr(39), chr(39) * 2)}' (FORMAT parquet, COMPRESSION zstd)"
        )
        return file.read_bytes()
