"""The tables of a review, in DuckDB: what readers fill, and everything else asks."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from planner.errors import SetupError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MISSING: Final = "reviewing spend needs DuckDB and statsmodels: pip install 'finetune-planner[spend]'"
MEMORY_LIMIT_MB: Final = 1200
"""What DuckDB may keep in memory; the rest of 2 GiB is for the process itself. More goes to a temporary folder."""
MONEY: Final = "DECIMAL(28, 9)"
"""Amounts are decimals, so that sums are exact."""
_COLUMNS: Final = {
    # What was charged, summed up by day and by all that tells charges apart. One column per dimension follows.
    "cells": f"""
        day DATE, source VARCHAR, provider VARCHAR, billing_account VARCHAR, sub_account VARCHAR, service VARCHAR,
        service_category VARCHAR, category VARCHAR, class VARCHAR, pricing_category VARCHAR, commitment_status VARCHAR,
        region VARCHAR, resource VARCHAR, resource_name VARCHAR, resource_type VARCHAR, sku VARCHAR, meter VARCHAR,
        gpu VARCHAR, description VARCHAR, unit VARCHAR, run VARCHAR, scenario VARCHAR,
        billed_usd {MONEY}, effective_usd {MONEY}, list_usd {MONEY}, contracted_usd {MONEY},
        quantity DOUBLE, gpu_hours DOUBLE, rows BIGINT""",
    # The same after attribution; an amount that is split stands once for each that has a part of it.
    "allocated": f"""
        day DATE, rule VARCHAR, source VARCHAR, provider VARCHAR, billing_account VARCHAR, sub_account VARCHAR,
        service VARCHAR, service_category VARCHAR, category VARCHAR, class VARCHAR, pricing_category VARCHAR,
        commitment_status VARCHAR, region VARCHAR, resource VARCHAR, resource_name VARCHAR, resource_type VARCHAR,
        sku VARCHAR, meter VARCHAR, gpu VARCHAR, description VARCHAR, unit VARCHAR, run VARCHAR, scenario VARCHAR,
        billed_usd {MONEY}, effective_usd {MONEY}, list_usd {MONEY}, quantity DOUBLE, gpu_hours DOUBLE""",
    # The rules of the scenario: what `allocated.rule` stands for.
    "rules": "rule VARCHAR, dimension VARCHAR, way VARCHAR",
    # GPU-hours that were billed, hour by hour (UTC): what advice on reservations and schedules is computed on.
    "gpu_hourly": """
        hour TIMESTAMP, provider VARCHAR, region VARCHAR, gpu VARCHAR, pricing_category VARCHAR, resource VARCHAR,
        run VARCHAR, gpu_hours DOUBLE, effective_usd DOUBLE, list_usd DOUBLE""",
    "runs": """
        run VARCHAR, job VARCHAR, scenario VARCHAR, version VARCHAR, method VARCHAR, stack VARCHAR, gpu VARCHAR,
        gpu_count DOUBLE, provider VARCHAR, region VARCHAR, tier VARCHAR, started TIMESTAMP, ended TIMESTAMP,
        status VARCHAR, epochs DOUBLE, samples DOUBLE, tokens DOUBLE, metric VARCHAR, value DOUBLE,
        higher_is_better BOOLEAN, cost_usd DOUBLE, cost_from VARCHAR, storage_gib DOUBLE, egress_gib DOUBLE,
        day DATE, place VARCHAR""",
    "histories": "run VARCHAR, step DOUBLE, epoch DOUBLE, hours DOUBLE, loss DOUBLE, value DOUBLE, samples DOUBLE",
    "usage": """
        hour TIMESTAMP, day DATE, source VARCHAR, deployment VARCHAR, requests DOUBLE, failed DOUBLE,
        input_tokens DOUBLE, output_tokens DOUBLE, cached_tokens DOUBLE, repeats DOUBLE, repeated_tokens DOUBLE,
        cost_usd DOUBLE, latency_p95_ms DOUBLE""",
    "rejects": 'source VARCHAR, file VARCHAR, row BIGINT, "column" VARCHAR, reason VARCHAR, value VARCHAR',
    "users": "month DATE, users BIGINT, actions BIGINT",
    "gpu_samples": """
        hour TIMESTAMP, host VARCHAR, gpu VARCHAR, gpus DOUBLE, busy DOUBLE, sm_active DOUBLE, peak_memory_gib DOUBLE,
        memory_gib DOUBLE, minutes DOUBLE""",
    "deployments": """
        deployment VARCHAR, gpu VARCHAR, gpu_count DOUBLE, replicas DOUBLE, started TIMESTAMP, ended TIMESTAMP,
        requests DOUBLE, failed DOUBLE, latency_p95_ms DOUBLE, place VARCHAR""",
}
"""Table → its columns. Unknown text is '' and an unknown number NULL, never 0. Times are UTC; `day` and `month` are in
the review's time zone.

Of `runs`, `metric` is the name of what was measured and `value` what it reached; `status` is ok, failed, preempted,
stopped or running; `cost_from` is bill, log or catalog; `place` is file:row. Of `histories` a row is an evaluation,
`hours` since the start. Of `usage`, `repeats` are requests whose prompt was sent before. `users` has distinct people of
a month, NULL where nobody logs them, and `actions`, its conversations: a row for each set of values of the dimensions,
and one for all (every dimension NULL). Of `gpu_samples`, busy and sm_active are shares of time, means over the hour and
the host's cards.
"""
DIMENSIONED: Final = ("cells", "allocated", "gpu_hourly", "runs", "usage", "users", "deployments")
"""Tables with one more VARCHAR column for each dimension of the review."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open review: its tables, and what days and names mean in it."""

    connection: DuckDBPyConnection
    dimensions: tuple[str, ...]
    """team, project, model, tenant, feature and the scenario's own, in this order."""
    time_zone: str
    as_of: datetime.date
    """Nothing that starts on this day, in the time zone, or later has happened yet."""

    def begin(self, day: datetime.date) -> datetime.datetime:
        """When a day begins, in UTC and without a zone: how tables have times."""
        begins = datetime.datetime.combine(day, datetime.time(), ZoneInfo(self.time_zone))
        return begins.astimezone(datetime.UTC).replace(tzinfo=None)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows that a query gives."""
        return self.connection.execute(sql, list(values)).fetchall()


@contextmanager
def open_store(dimensions: tuple[str, ...], time_zone: str, as_of: datetime.date) -> Iterator[Store]:
    """Empty tables in a temporary folder, which goes with them; raises SetupError where DuckDB is missing.

    The connection opens files by the paths it is given, loads no extension that is not there and knows no network.
    """
    try:
        import duckdb  # an extra of its own
    except ImportError as error:
        raise SetupError(MISSING) from error
    with tempfile.TemporaryDirectory(prefix="planner-spend-") as folder:
        connection = duckdb.connect(
            str(Path(folder) / "review.duckdb"),
            config={
                "memory_limit": f"{MEMORY_LIMIT_MB}MB",
                "temp_directory": str(Path(folder) / "spilled"),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "allow_community_extensions": False,
                "preserve_insertion_order": False,
            },
        )
        try:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET enable_progress_bar = false")
            further = "".join(f', "{name}" VARCHAR' for name in dimensions)  # "group" is a name like any other
            made = [
                f"CREATE TABLE {table} ({columns}{further if table in DIMENSIONED else ''})"
                for table, columns in _COLUMNS.items()
            ]
            # One by one each would be written to the disk before the next.
            connection.execute(f"BEGIN; {'; '.join(made)}; COMMIT")
            yield Store(connection, dimensions, time_zone, as_of)
        finally:
            connection.close()
