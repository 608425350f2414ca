"""A log of requests → `Traffic`."""

import datetime as dt
import stat
from pathlib import Path
from typing import Final

from planner.source import InvalidInput
from planner.traffic.fast_rows import FastRows
from planner.traffic.faults import Faults
from planner.traffic.figures import LogRead, traffic_of
from planner.traffic.header import check_names, csv_reader
from planner.traffic.keyed import CAPACITY
from planner.traffic.log_file import LogFile
from planner.traffic.measuring import Measuring
from planner.traffic.raw_rows import CsvReader, JsonReader
from planner.traffic.times import Clock
from planner.traffic.traffic import Traffic
from planner.traffic.typed_rows import Typing
from planner.units import share_text

MOST_UNUSABLE: Final = 0.05
"""Share of the rows that may be unusable; with more the log is refused."""


def read_traffic(
    path: Path,
    shown: str | None = None,
    *,
    start: dt.datetime | None = None,
    most_unusable: float = MOST_UNUSABLE,
    capacity: int = CAPACITY,
) -> Traffic:
    """The traffic of a log, CSV or JSON lines, plain or packed by gzip; streamed.

    `shown` is its name in messages. Times that are relative need the `start` they count seconds from. Up to
    `capacity` requests with a prompt's hash, with a conversation and with a user are kept, beyond that a part of
    them. Raises InvalidInput with every problem where the log cannot be read, has no requests or where more than
    `most_unusable` of its rows cannot be used; else problems are warnings of the traffic.
    """
    faults = Faults(str(path) if shown is None else shown)
    _check_regular(path, faults)
    file = LogFile(path, faults)
    typing = Typing(faults, Clock(None if start is None else start.timestamp()))
    measuring = Measuring(faults, capacity)
    rows = _read(file, typing, measuring)
    unusable = rows - typing.usable
    if typing.clock.naive_line and typing.clock.zoned_line:
        naive, zoned = typing.clock.naive_line, typing.clock.zoned_line
        faults.file(
            "log-time", f"times with a zone (line {zoned}) and without one (line {naive}) in one log",
            "write the zone to every time: what a time without one means is not known", max(naive, zoned),
        )  # fmt: skip
    if not rows and not faults.refused:
        faults.file("log-row", "has no rows", "a log has one row per request")
    elif rows and unusable > most_unusable * rows:
        share = share_text(unusable / rows, 1)
        faults.file("log-row", f"{unusable:,} of {rows:,} rows cannot be used ({share})")
    elif rows and not measuring.requests:
        faults.file("log-tokens", "no row is a request with input and output tokens")
    if faults.refused:
        raise InvalidInput(faults.problems(fatal=True), {})
    return traffic_of(measuring, typing, LogRead(file.digest, rows, unusable))


def _check_regular(path: Path, faults: Faults) -> None:
    """A pipe would never end, and a folder never begin."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        faults.file("log-file", f"cannot be read: {said}")
    else:
        if not stat.S_ISREG(mode):
            faults.file("log-file", "is a folder, not a file" if stat.S_ISDIR(mode) else "is no regular file")
    if faults.refused:
        raise InvalidInput(faults.problems(fatal=True), {})


def _read(file: LogFile, typing: Typing, measuring: Measuring) -> int:
    """Count all blocks; the rows that there were, usable or not."""
    reader: CsvReader | JsonReader | None = None
    fast: FastRows | None = None
    for first, block in file.blocks():
        at, part = first, block
        if reader is None:
            if file.json_lines:
                reader = JsonReader(file.faults)
            else:
                at, part, reader = csv_reader(first, block, file.faults)
                fast = None if reader is None else FastRows.over(reader)
            if reader is None:
                return 0
        found = None if fast is None else fast.block(at, part, typing)
        if found is None:
            found = typing.block(reader.rows(at, part))
        if found is not None:
            measuring.add(found)
        if isinstance(reader, JsonReader) and first == 1 and reader.names:
            check_names(list(reader.names), reader.known, 1, file.faults)
        if file.faults.refused:
            break
    return 0 if reader is None else reader.count
