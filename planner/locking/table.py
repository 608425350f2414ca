"""Offers as lines of text: one line for all regions in which the same machine has the same price."""

import csv
import io
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from planner.catalog.prices.row import TIERS
from planner.catalog.rows import Gpu, Offers
from planner.source.excerpt import shortened
from planner.units import earliest_day

COLUMNS: Final = (
    "provider", "service", "instance", "tier", "gpu", "gpus", "host_gib", "vcpus", "usd_per_hour", "as_of",
    "confidence", "marks", "regions",
)  # fmt: skip
ON_DEMAND, SPOT = TIERS[:2]
COMMITTED: Final = TIERS[2:]
"""Tiers that one commits to for years."""
MARKS: Final = ("marketplace", "retired", "derived_spot")
"""What else is said of a price."""
CONFIDENCE: Final = ("high", "medium", "low", "quoted")
SEPARATOR: Final = "; "
"""Between regions, whose names may hold spaces."""
SHOWN: Final = 60
"""Characters of a cell that a message repeats."""
DEAREST: Final = 1e6
"""USD per hour above which a price is a slip."""
MOST_CARDS: Final = 1024
"""Cards in one machine."""
_NUMBER: Final = re.compile(r"(?:\d{1,20}(?:\.\d{1,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)
Key = tuple[str, str, str, str, str]
"""Provider, service, instance, region, tier: what makes an offer the same offer."""


@dataclass(frozen=True, slots=True)
class Priced:
    """One offer as a lock holds it."""

    provider: str
    service: str
    instance: str
    region: str
    tier: str
    gpu: str
    gpus: int
    host_gib: float
    """NaN where unknown."""
    vcpus: float
    usd_per_hour: float
    as_of: str
    confidence: str
    marks: tuple[str, ...]

    @property
    def key(self) -> Key:
        """What makes it the same offer as another."""
        return (self.provider, self.service, self.instance, self.region, self.tier)


class LineError(ValueError):
    """A line that is no offer: which, counted from 1 with the header, and why."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def priced(offers: Offers, gpus: tuple[Gpu, ...]) -> list[Priced]:
    """The offers of a catalog or market, one by one."""
    marks = zip(*(getattr(offers, mark).tolist() for mark in MARKS), strict=True)
    columns = (
        offers.provider.tolist(), offers.service.tolist(), offers.instance.tolist(), offers.region.tolist(),
        offers.tier.tolist(), offers.gpu.tolist(), offers.gpu_count.tolist(), offers.memory_gib.tolist(),
        offers.vcpus.tolist(), offers.price_usd_per_hour.tolist(), offers.as_of.tolist(), offers.confidence.tolist(),
        marks,
    )  # fmt: skip
    return [
        Priced(
            offers.providers[provider], service, instance, region, tier, gpus[gpu].id, count, host, vcpus, price, as_of,
            confidence, tuple(mark for mark, is_so in zip(MARKS, marked, strict=True) if is_so),
        )
        for provider, service, instance, region, tier, gpu, count, host, vcpus, price, as_of, confidence, marked in zip(
            *columns, strict=True
        )
    ]  # fmt: skip


def write_table(offers: Iterable[Priced]) -> str:
    """The offers as CSV, sorted, so that a later one differs only in the lines that moved."""
    regions: dict[tuple[str, ...], list[str]] = {}
    for one in offers:
        cells = (
            one.provider, one.service, one.instance, one.tier, one.gpu, str(one.gpus), number_text(one.host_gib),
            number_text(one.vcpus), number_text(one.usd_per_hour), one.as_of, one.confidence, " ".join(one.marks),
        )  # fmt: skip
        regions.setdefault(cells, []).append(one.region)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line, places in sorted(regions.items()):
        writer.writerow((*line, SEPARATOR.join(sorted(places))))
    return text.getvalue()


def read_table(text: str) -> list[Priced]:
    """The offers of such a text; raises LineError at the first line that is none."""
    reader = csv.reader(io.StringIO(text), strict=True)
    found: dict[Key, Priced] = {}
    try:
        if tuple(next(reader, ())) != COLUMNS:
            raise LineError(1, f"the first line must name the columns: {','.join(COLUMNS)}")
        for cells in reader:
            for one in _offers(cells, reader.line_num):
                if one.key in found:
                    raise LineError(reader.line_num, f"{one.provider} {one.instance} {one.region} is given twice")
                found[one.key] = one
    except csv.Error as error:
        raise LineError(max(reader.line_num, 1), f"is no line of a table: {error}") from error
    return list(found.values())


def _offers(cells: list[str], line: int) -> list[Priced]:
    if len(cells) != len(COLUMNS):
        raise LineError(line, f"{len(cells)} cells where {len(COLUMNS)} columns are named")
    row = dict(zip(COLUMNS, cells, strict=True))
    price = read_number(row["usd_per_hour"], "usd_per_hour", line)
    if not 0 < price <= DEAREST:
        raise LineError(line, f"usd_per_hour {shortened(row['usd_per_hour'], SHOWN)!r} is no price")
    for name, allowed in (("tier", TIERS), ("confidence", CONFIDENCE)):
        if row[name] not in allowed:
            raise LineError(line, f"{name} {shortened(row[name], SHOWN)!r} is not one of {', '.join(allowed)}")
    for name in ("provider", "service", "instance", "gpu"):
        if not row[name]:
            raise LineError(line, f"{name} is empty")
    if not is_date(row["as_of"]):
        raise LineError(line, f"as_of {shortened(row['as_of'], SHOWN)!r} is not a date")
    if not re.fullmatch(r"[1-9]\d{0,3}", row["gpus"], re.ASCII) or int(row["gpus"]) > MOST_CARDS:
        raise LineError(line, f"gpus {shortened(row['gpus'], SHOWN)!r} is no number of cards")
    given = row["marks"].split()
    marks = tuple(mark for mark in MARKS if mark in given)
    if len(marks) != len(given):
        raise LineError(line, f"marks {shortened(row['marks'], SHOWN)!r} are not some of {', '.join(MARKS)}")
    regions = row["regions"].split(SEPARATOR)
    if not all(region.strip() for region in regions):
        raise LineError(line, f"regions {shortened(row['regions'], SHOWN)!r} name no region, or an empty one")
    return [
        Priced(
            row["provider"], row["service"], row["instance"], region, row["tier"], row["gpu"],
            int(row["gpus"]), read_number(row["host_gib"], "host_gib", line),
            read_number(row["vcpus"], "vcpus", line), price, row["as_of"], row["confidence"], marks,
        )
        for region in regions
    ]  # fmt: skip


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number; empty for unknown."""
    return "" if math.isnan(value) else f"{value:.0f}" if value == round(value) and value < 1e15 else repr(value)


def read_number(text: str, name: str, line: int) -> float:
    """The number in a cell, NaN for an empty one; raises LineError for what is none, or below zero."""
    if not text:
        return math.nan
    value = float(text) if _NUMBER.fullmatch(text) else math.inf
    if math.isinf(value):
        raise LineError(line, f"{name} {shortened(text, SHOWN)!r} is not a number")
    return value


def is_date(text: str) -> bool:
    """Whether a cell is a date: YYYY, YYYY-MM or YYYY-MM-DD."""
    if not _DATE.fullmatch(text):
        return False
    try:
        earliest_day(text)
    except ValueError:
        return False
    return True
