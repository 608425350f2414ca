"""A history of prices that only grows: what was seen when, recorded once and never rewritten.

A recording is one new Parquet file. Two at once disturb nobody, as each has a file of its own; a price that both hold
counts once when it is read.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from planner.catalog.prices.history_files import COLUMNS, History, connect, open_history
from planner.catalog.prices.row import Key, PriceRow
from planner.errors import InputError
from planner.files import place, why_not_written

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far a clock may be ahead of ours before what it dates is refused."""
_ERRNO: Final = re.compile(r'"errno":"(\d{1,5})"')
_SHOWN: Final = 5
_KEY: Final = "provider, instance, region, tier"
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


class Recording:
    """Prices to be recorded: each list is checked when it is added, all are written together or none is."""

    def __init__(self, folder: Path, now: datetime) -> None:
        """A recording into the history in a folder; raises InputError where the folder holds what is no history."""
        self._folder, self._now = folder, _utc(now)
        self._history = open_history(folder, create=True)
        self._newest = _newest(self._history)
        self._held: dict[datetime, dict[Key, float]] = {}
        self._files: dict[Path, list[tuple[object, ...]]] = {}

    def add(self, rows: Iterable[PriceRow], seen_at: datetime) -> Recorded:
        """What was seen at one time; what the history or this recording has already adds nothing.

        Raises InputError for a time ahead of now, for a price that is none, and for two prices of one key.
        """
        seen = _utc(seen_at)
        if seen > self._now + CLOCK_SKEW:
            message = (
                f"prices seen at {seen:%Y-%m-%d %H:%M} UTC, but it is {self._now:%Y-%m-%d %H:%M} UTC: "
                "not recorded; set the clock right, or the date of the snapshot"
            )
            raise InputError(message)
        wanted = _once(rows)
        if seen not in self._held:
            self._held[seen] = _held(self._history, seen)
        held = self._held[seen]
        new = {key: price for key, price in wanted.items() if key not in held}
        conflicting = tuple(key for key in wanted if key in held and held[key] != wanted[key][6])
        late = sum(key in self._newest and self._newest[key] > seen for key in new)
        known = len(wanted) - len(new) - len(conflicting)
        for key, price in new.items():
            held[key] = price[6]
            self._newest[key] = max(seen, self._newest.get(key, seen))
        return Recorded(len(new), known, conflicting, late, self._keep([new[key] for key in sorted(new)], seen))

    def add_dated(self, rows: Iterable[PriceRow], *, asked_now: bool) -> Recorded:
        """Rows by the day that each was seen: those of today at now if they were asked for now, else at 0:00 UTC.

        So a price that a snapshot only carries along is no new sighting. Raises as `add` does, for all days at once.
        """
        seen: dict[datetime, list[PriceRow]] = {}
        total, wrong = Recorded(0, 0, (), 0, None), []
        for row in rows:
            day = datetime.combine(_day(row), time())
            seen.setdefault(self._now if asked_now and day.date() == self._now.date() else day, []).append(row)
        for moment in sorted(seen):
            try:
                one = self.add(seen[moment], moment)
            except InputError as error:
                wrong.append(str(error))
                continue
            total = Recorded(
                total.added + one.added, total.known + one.known, total.conflicting + one.conflicting,
                total.late + one.late, one.file or total.file,
            )  # fmt: skip
        if wrong:
            raise InputError("\n".join(wrong))
        return total

    def write(self) -> None:
        """Put all of it into the history; raises InputError where it cannot be written, and is then what it was."""
        apart = f" in {tempfile.gettempdir()}, the folder for temporary files"
        try:
            contents = {path: _parquet(rows) for path, rows in self._files.items()}
            apart = ""
            place(contents)
        except OSError as error:
            left = "; what is in it is as it was" if self._history.files else ""
            message = f"{self._folder}: the history cannot be written: {why_not_written(error)}{apart}{left}"
            raise InputError(message) from error
        self._files.clear()

    def _keep(self, prices: Sequence[_Price], seen: datetime) -> Path | None:
        if not prices:
            return None
        # The name follows from the content: whoever records the same at the same moment writes the same file.
        digest = hashlib.sha256(repr((seen, prices)).encode()).hexdigest()[:16]
        path = self._folder / f"{seen:%Y-%m}" / f"{seen:%Y%m%dT%H%M%SZ}-{digest}.parquet"
        self._files[path] = [(seen, *price) for price in prices]
        return path


def record(folder: Path, rows: Iterable[PriceRow], seen_at: datetime, now: datetime) -> Recorded:
    """Append what was seen at one time to the history in a folder, which is made where it is missing.

    Raises as `Recording` does, and records nothing then.
    """
    recording = Recording(folder, now)
    done = recording.add(rows, seen_at)
    recording.write()
    return done


def record_dated(folder: Path, rows: Iterable[PriceRow], now: datetime, *, asked_now: bool) -> Recorded:
    """Append rows by the day that each was seen, as `Recording.add_dated` says; raises as it does."""
    recording = Recording(folder, now)
    done = recording.add_dated(rows, asked_now=asked_now)
    recording.write()
    return done


def _day(row: PriceRow) -> date:
    try:
        return date.fromisoformat(row.as_of)
    except ValueError as error:
        message = f"{' '.join(row.key)}: {row.as_of!r} is no day (YYYY-MM-DD)"
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
        raise InputError("\n".join([*wrong[:_SHOWN], *more]))
    return found


def _held(history: History, seen: datetime) -> dict[Key, float]:
    """Prices of that very time."""
    found = history.select(
        f"SELECT {_KEY}, min(usd_per_hour) AS held FROM prices WHERE seen_at = ? GROUP BY {_KEY}", [seen]
    )
    return dict(zip(_keys(found), found["held"].tolist(), strict=True))


def _newest(history: History) -> dict[Key, datetime]:
    """When each key was seen last."""
    found = history.select(f"SELECT {_KEY}, epoch_us(max(seen_at)) AS newest FROM prices GROUP BY {_KEY}")
    start = datetime(1970, 1, 1)
    seen = [start + timedelta(microseconds=at) for at in found["newest"].tolist()]
    return dict(zip(_keys(found), seen, strict=True))


def _keys(found: Mapping[str, Any]) -> list[Key]:
    return list(zip(*(found[name].tolist() for name in ("provider", "instance", "region", "tier")), strict=True))


def _parquet(rows: Sequence[tuple[object, ...]]) -> bytes:
    """The rows as a Parquet file; they come sorted by key, and are laid by card so that a reader can skip."""
    import duckdb
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
        try:
            base.execute(
                "COPY (SELECT * FROM prices ORDER BY gpu, gpu_count, provider, instance, region, tier) "
                f"TO '{str(file).replace(chr(39), chr(39) * 2)}' (FORMAT parquet, COMPRESSION zstd)"
            )
        except duckdb.IOException as error:
            # DuckDB tells what the system said within its own text.
            code = _ERRNO.search(str(error))
            raise (OSError(int(code[1]), os.strerror(int(code[1]))) if code else OSError(str(error))) from error
        return file.read_bytes()
