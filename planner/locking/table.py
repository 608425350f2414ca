"""Offers as lines of text: one line for all regions in which the same machine has the same price."""

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from planner.catalog.ages import earliest_day
from planner.catalog.rows import Gpu, Offers

COLUMNS: Final = (
    "provider", "service", "instance", "tier", "gpu", "gpus", "host_gib", "vcpus", "usd_per_hour", "as_of",
    "confidence", "marks", "regions",
)  # fmt: skip
TIERS: Final = ("on_demand", "spot")
MARKS: Final = ("marketplace", "retired", "derived_spot")
"""What else is said of a price."""
CONFIDENCE: Final = ("high", "medium", "low", "quoted")
SEPARATOR: Final = "; "
"""Between regions, whose names may hold spaces."""
DEAREST: Final = 1e6
"""USD per hour above which a price is a slip."""
Key = tuple[str, str, str, str, bool]
"""Provider, service, instance, region, spot: what makes an offer the same offer."""


@dataclass(frozen=True, slots=True)
class Priced:
    """One offer as a lock holds it."""

    provider: str
    service: str
    instance: str
    region: str
    spot: bool
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
        return (self.provider, self.service, self.instance, self.region, self.spot)


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
        offers.spot.tolist(), offers.gpu.tolist(), offers.gpu_count.tolist(), offers.memory_gib.tolist(),
        offers.vcpus.tolist(), offers.price_usd_per_hour.tolist(), offers.as_of.tolist(), offers.confidence.tolist(),
        marks,
    )  # fmt: skip
    return [
        Priced(
            offers.providers[provider], service, instance, region, spot, gpus[gpu].id, count, host, vcpus, price, as_of,
            confidence, tuple(mark for mark, is_so in zip(MARKS, marked, strict=True) if is_so),
        )
        for provider, service, instance, region, spot, gpu, count, host, vcpus, price, as_of, confidence, marked in zip(
            *columns, strict=True
        )
    ]  # fmt: skip


def write_table(offers: Iterable[Priced]) -> str:
    """The offers as CSV, sorted, so that a later one differs only in the lines that moved."""
    regions: dict[tuple[str, ...], list[str]] = {}
    for one in offers:
        cells = (
            one.provider, one.service, one.instance, TIERS[one.spot], one.gpu, str(one.gpus), _number(one.host_gib),
            _number(one.vcpus), _number(one.usd_per_hour), one.as_of, one.confidence, " ".join(one.marks),
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
    reader = csv.reader(io.StringIO(text))
    if tuple(next(reader, ())) != COLUMNS:
        raise LineError(1, f"the first line must name the columns: {','.join(COLUMNS)}")
    found: dict[Key, Priced] = {}
    for cells in reader:
        for one in _offers(cells, reader.line_num):
            if one.key in found:
                raise LineError(reader.line_num, f"{one.provider} {one.instance} {one.region} is given twice")
            found[one.key] = one
    return list(found.values())


def _offers(cells: list[str], line: int) -> list[Priced]:
    if len(cells) != len(COLUMNS):
        raise LineError(line, f"{len(cells)} cells where {len(COLUMNS)} columns are named")
    row = dict(zip(COLUMNS, cells, strict=True))
    price = _read_number(row["usd_per_hour"], "usd_per_hour", line)
    if not 0 < price <= DEAREST:
        raise LineError(line, f"usd_per_hour {row['usd_per_hour']!r} is no price")
    for name, allowed in (("tier", TIERS), ("confidence", CONFIDENCE)):
        if row[name] not in allowed:
            raise LineError(line, f"{name} {row[name]!r} is not one of {', '.join(allowed)}")
    try:
        earliest_day(row["as_of"])
    except (ValueError, TypeError) as error:
        raise LineError(line, f"as_of {row['as_of']!r} is not a date") from error
    if not row["gpus"].isdigit() or not 0 < int(row["gpus"]) <= 1024:
        raise LineError(line, f"gpus {row['gpus']!r} is no number of cards")
    marks = tuple(mark for mark in MARKS if mark in row["marks"].split())
    return [
        Priced(
            row["provider"], row["service"], row["instance"], region, row["tier"] == "spot", row["gpu"],
            int(row["gpus"]), _read_number(row["host_gib"], "host_gib", line),
            _read_number(row["vcpus"], "vcpus", line), price, row["as_of"], row["confidence"], marks,
        )
        for region in row["regions"].split(SEPARATOR)
    ]  # fmt: skip


def _number(value: float) -> str:
    """The shortest text that reads back as the same number; empty for unknown."""
    return "" if math.isnan(value) else f"{value:.0f}" if value == round(value) and value < 1e15 else repr(value)


def _read_number(text: str, name: str, line: int) -> float:
    try:
        value = float(text) if text else math.nan
    except ValueError:
        value = math.inf
    if math.isinf(value) or value < 0:
        raise LineError(line, f"{name} {text!r} is not a number")
    return value
