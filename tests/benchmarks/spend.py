"""How long a large bill takes to read, check, rid of duplicates, sum up and attribute, and in how much memory.

The bill is made by DuckDB: hourly charges of 1,100 resources, with what 30 columns FOCUS bills have, and a second file
that has the last two weeks again. It is read in a process of its own, whose largest size is told. Nothing is asserted:
machines differ. `python -m tests.benchmarks.spend [--rows 10000000] [--form parquet|csv]`; `--json FILE` also writes
the figures.
"""

import argparse
import datetime
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb

from planner.catalog.loader import load_catalog
from planner.scenario.spend_rules import DIMENSIONS, Attribution, Rule, Told
from planner.scenario.spend_sources import Bill
from planner.spend.attribution import allocate
from planner.spend.reading.context import Reading
from planner.spend.reading.focus import read_bill
from planner.spend.store import open_store

RESOURCES: Final = 1100
AGAIN_HOURS: Final = 14 * 24
"""Last hours, which the second file has too."""
AS_OF: Final = datetime.date(2026, 12, 1)
RULES: Final = [
    Rule(name="west", where={"region": "us-west-2", "sub_account": "account-?"}, fixed={"research": 0.5, "ads": 0.5}),
    Rule(name="shared", proportional="cost"),
]
"""One for charges whose team is known too, and one for all that tells none."""
_AMOUNT: Final = "((i * 7919 + hour * 104729) % 100000)::DECIMAL(18, 4)"
_CHARGES: Final = f"""
SELECT '123456789012' AS BillingAccountId, 'Example' AS BillingAccountName, 'account-' || (i % 20) AS SubAccountId,
    'Account ' || (i % 20) AS SubAccountName, 'USD' AS BillingCurrency, date_trunc('month', at_) AS BillingPeriodStart,
    date_trunc('month', at_) + INTERVAL 1 MONTH AS BillingPeriodEnd, at_ AS ChargePeriodStart,
    at_ + INTERVAL 1 HOUR AS ChargePeriodEnd, 'Usage' AS ChargeCategory, NULL::VARCHAR AS ChargeClass,
    'Usage-Based' AS ChargeFrequency, '$' || (i % 40) || ' per hour' AS ChargeDescription,
    {_AMOUNT} * 0.0001 AS BilledCost, {_AMOUNT} * 0.00009 AS EffectiveCost, {_AMOUNT} * 0.00012 AS ListCost,
    1.0::DECIMAL(18, 6) AS ConsumedQuantity, 'Hours' AS ConsumedUnit, 1.0::DECIMAL(18, 6) AS PricingQuantity,
    'Hours' AS PricingUnit, CASE WHEN i % 5 = 0 THEN 'Dynamic' ELSE 'Standard' END AS PricingCategory,
    'AWS' AS ProviderName, region AS RegionId,
    'arn:aws:ec2:' || region || ':instance/i-' || printf('%017d', i) AS ResourceId, 'node-' || i AS ResourceName,
    'Compute' AS ServiceCategory, 'Amazon Elastic Compute Cloud' AS ServiceName, 'SKU' || (i % 50) AS SkuId,
    CASE WHEN machine <> '' THEN '{{"InstanceType": "' || machine || '"}}' END AS SkuPriceDetails,
    CASE WHEN i % 10 > 0 THEN '{{"team": "' || team || '", "project": "p' || (i % 30) || '", "model": "m' || (i % 20)
        || '", "run": "r' || (i % 300) || '"}}' END AS Tags
FROM (SELECT hour, TIMESTAMP '2026-10-31' - to_hours(hour::INTEGER) AS at_ FROM range($hours) t(hour)) CROSS JOIN (
    SELECT i, ['p5.48xlarge', 'g5.12xlarge', 'm5.xlarge', ''][i % 4 + 1] AS machine,
    ['research', 'product', 'platform', 'ads'][i % 4 + 1] AS team,
    ['us-east-1', 'eu-central-1', 'us-west-2'][i % 3 + 1] AS region FROM range({RESOURCES}) r(i))
"""


def make(folder: Path, rows: int, form: str) -> tuple[list[Path], Decimal]:
    """Write the bill, `rows` in all and some of them twice; gives the files and what is billed once."""
    again = min(AGAIN_HOURS, rows // RESOURCES // 2)
    hours = rows // RESOURCES - again
    files = [folder / f"bill.{form}", folder / f"again.{form}"]
    with duckdb.connect(config={"memory_limit": "1GB", "preserve_insertion_order": False}) as base:
        base.execute("SET enable_progress_bar = false")
        for file, many in zip(files, (hours, again), strict=True):
            query = _CHARGES.replace("$hours", str(many))
            base.execute(f"COPY ({query}) TO '{file}' (FORMAT {form}{', HEADER' if form == 'csv' else ''})")
        amount = f"SELECT sum({_AMOUNT} * 0.0001) FROM range({hours}) h(hour) CROSS JOIN range({RESOURCES}) r(i)"
        found = base.execute(amount).fetchone()
    assert found is not None
    return files, found[0]


def measure(files: list[Path], billed: Decimal) -> dict[str, Any]:
    """Read and attribute the bill in this process, and tell what it took."""
    catalog = load_catalog()
    reading = Reading(catalog, {name: Told() for name in DIMENSIONS}, {})
    with open_store(DIMENSIONS, "Europe/Berlin", AS_OF) as store:
        start, cpu = time.perf_counter(), time.process_time()
        read = read_bill(store, reading, Bill(focus="bill"), "bill", files)
        found: dict[str, Any] = {
            "rows": read.rows, "kept": read.kept, "duplicate": read.duplicate,
            "read_s": time.perf_counter() - start, "read_cpu_s": time.process_time() - cpu,
        }  # fmt: skip
        (cells, total), *_ = store.rows("SELECT count(*), sum(billed_usd) FROM cells")
        found |= {"cells": cells, "read_agrees": total == billed}
        start, cpu = time.perf_counter(), time.process_time()
        allocate(store, Attribution(rules=RULES))
        (total,), *_ = store.rows("SELECT sum(billed_usd) FROM allocated")
        found |= {
            "allocate_s": time.perf_counter() - start, "allocate_cpu_s": time.process_time() - cpu,
            "allocate_agrees": total == billed,
        }  # fmt: skip
    scale = 1024 if sys.platform != "darwin" else 1
    return found | {"peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 2**20}


def main() -> None:
    """Make a bill, read it in a process of its own, and print what that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--form", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        files, billed = make(Path(name), given.rows, given.form)
        size = sum(file.stat().st_size for file in files)
        # A fresh process, so that its largest size is the reading's alone.
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found = pool.apply(measure, (files, billed))
    print(f"{given.form}, {size / 2**20:,.0f} MiB")
    for what, value in found.items():
        shown = value if isinstance(value, bool) else f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
        print(f"{what:16} {shown}")
    if given.json:
        given.json.write_text(
            json.dumps({"form": given.form, "bytes": size} | found, indent=2) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
