"""Small bills in the FOCUS format, written for tests, and read."""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.outcome.review.sources import SourceRead
from planner.scenario.spend_rules import DIMENSIONS, Told
from planner.scenario.spend_sources import Bill
from planner.spend.reading.context import Reading
from planner.spend.reading.focus import read_bill
from planner.spend.store import Store
from tests.spend.made import made

COLUMNS = (
    "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "BillingCurrency", "BillingAccountId",
    "BillingPeriodStart", "ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory", "ChargeClass", "ChargeFrequency",
    "ChargeDescription", "ConsumedQuantity", "ConsumedUnit", "PricingQuantity", "PricingUnit", "PricingCategory",
    "ProviderName", "RegionId", "ResourceId", "ResourceName", "ResourceType", "ServiceCategory", "ServiceName", "SkuId",
    "SkuMeter", "SkuPriceDetails", "SubAccountName", "Tags",
)  # fmt: skip


@dataclass(frozen=True)
class Got:
    """A bill that was read, and the store it went to."""

    read: SourceRead
    store: Store

    def rejects(self) -> list[tuple[Any, ...]]:
        """file, row, column, reason, value."""
        return self.store.rows('SELECT file, "row", "column", reason, value FROM rejects ORDER BY ALL')

    def cells(self, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        """These columns of the cells, in order."""
        return self.store.rows(f"SELECT {columns} FROM cells WHERE {where} ORDER BY ALL")

    def total(self) -> Any:
        """All that is billed, in USD."""
        return self.store.rows("SELECT sum(billed_usd) FROM cells")[0][0]


@cache
def catalog() -> Catalog:
    """The catalog, loaded once."""
    return load_catalog()


def charge(start: str = "2026-10-05T10:00:00Z", cost: object = "1.5", **others: object) -> dict[str, object]:
    """A row: an hour from `start`, unless `ChargePeriodEnd` says otherwise."""
    row: dict[str, object] = {
        "BilledCost": cost, "EffectiveCost": cost, "BillingCurrency": "USD", "BillingAccountId": "1",
        "ChargePeriodStart": start, "ChargePeriodEnd": _hour_later(start), "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based", "ConsumedQuantity": "1", "ConsumedUnit": "Hours", "ProviderName": "AWS",
        "ServiceName": "Compute", "ServiceCategory": "Compute", "BillingPeriodStart": f"{start[:7]}-01T00:00:00Z",
    }  # fmt: skip
    return row | others


def _hour_later(start: str) -> str:
    try:
        return (datetime.datetime.fromisoformat(start) + datetime.timedelta(hours=1)).isoformat()
    except ValueError:
        return "2026-10-05T11:00:00Z"


def as_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str] = COLUMNS) -> bytes:
    """The rows as a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def write(path: Path, rows: Iterable[Mapping[str, object]], columns: Sequence[str] = COLUMNS) -> Path:
    """The rows as a CSV file at this place."""
    path.write_bytes(as_csv(rows, columns))
    return path


@contextmanager
def got(
    *files: Path, told: Mapping[str, Told] | None = None, zone: str = "UTC",
    as_of: datetime.date = datetime.date(2026, 11, 20), rates: Mapping[str, float] | None = None, **source: Any,
) -> Iterator[Got]:  # fmt: skip
    """A bill of these files, read; the currencies that have a rate are USD and EUR at 1.25 unless said otherwise."""
    with made(time_zone=zone, as_of=as_of, dimensions=(*DIMENSIONS, *(set(told or {}) - set(DIMENSIONS)))) as store:
        reading = Reading(
            catalog(), {name: (told or {}).get(name, Told()) for name in store.dimensions},
            {"EUR": 1.25} if rates is None else rates,
        )  # fmt: skip
        bill = Bill(focus="bill.csv", **source)
        yield Got(read_bill(store, reading, bill, "bill", files), store)


def reconciles(read: SourceRead) -> bool:
    """Whether rows and amounts add up, these to a millionth."""
    rows = read.kept + read.duplicate + read.replaced + read.future + read.rejected == read.rows
    return rows and all(
        abs(each.read - each.kept - each.duplicate - each.replaced - each.future - each.rejected) < 1e-6
        for each in read.totals
    )
