"""Lists of deployments → `deployments`."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from planner.outcome.review.sources import SourceRead
from planner.scenario.spend_sources import Deployments
from planner.spend.reading.cards import Cards
from planner.spend.reading.context import Reading
from planner.spend.reading.layouts import layouts_of
from planner.spend.reading.moments import future_from, local_day
from planner.spend.reading.naming import Wanted, listed
from planner.spend.reading.records import Record, Records
from planner.spend.reading.refusals import Refusals
from planner.spend.reading.run_columns import COLUMNS as OF_RUNS
from planner.spend.reading.spelling import dimensions_of
from planner.spend.reading.values import Values
from planner.spend.store import Store

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "deployment": ("deployment", "deployment_id", "deployment_name", "endpoint", "endpoint_name", "service", "name",
                   "id"),
    "replicas": ("replicas", "instances", "replica_count", "n_replicas", "nodes"),
    "started": (*OF_RUNS["started"], "deployed_at"),
    "requests": ("requests", "request_count", "num_requests", "total_requests", "invocations"),
    "failed": ("failed", "failed_requests", "failures", "errors", "error_count"),
    "latency_p95_ms": ("latency_p95_ms", "p95_latency_ms", "latency_ms_p95", "p95_ms", "latency_ms"),
    **{name: OF_RUNS[name] for name in ("gpu", "instance", "gpu_count", "ended", "model", "team", "project", "tenant",
                                        "feature")},
}  # fmt: skip
NEEDED: Final = ("deployment",)


def read_deployments(
    store: Store, reading: Reading, source: Deployments, name: str, files: Sequence[Path]
) -> SourceRead:
    """Add deployments to `deployments`; the same one from the same start counts once, as the last row has it.

    `gpu_count` is of one replica. Raises InvalidInput for columns that are missing.
    """
    refusals, cards = Refusals(name), Cards(reading.catalog)
    found: dict[tuple[str, dt.datetime | None], dict[str, Any]] = {}
    rows = duplicate = future = 0
    unread: set[str] = set()
    for layout in layouts_of(reading, files, Wanted.of(COLUMNS, reading.told, source.columns), NEEDED, refusals):
        unread |= set(layout.unread)
        for record in Records(layout, refusals):
            row, wrong = _row(record, reading, cards)
            for column, reason, value in wrong:
                refusals.row(record.file, record.row, record.named.get(column, column), reason, value)
            if wrong:
                continue
            rows += 1
            if row["started"] is not None and row["started"] >= future_from(store):
                future += 1
                continue
            key = (row["deployment"], row["started"])
            duplicate += key in found
            found[key] = row
    rejected = refusals.count
    refusals.store(store)
    duplicate += _lay(store, list(found.values()))
    days = sorted(local_day(store, one["started"]).isoformat() for one in found.values() if one["started"])
    notes = [f"columns that are not read: {listed(sorted(unread))}"] if unread else []
    if cards.unknown:
        notes.append(f"cards that the catalog does not have, or has several of: {listed(sorted(cards.unknown))}")
    return SourceRead(
        name=name, kind="deployments", files=len(files), rows=rows + rejected, kept=rows - duplicate - future,
        duplicate=duplicate, future=future, rejected=rejected, first_day=days[0] if days else "",
        last_day=days[-1] if days else "", notes=notes,
    )  # fmt: skip


def _row(record: Record, reading: Reading, cards: Cards) -> tuple[dict[str, Any], list[tuple[str, str, Any]]]:
    values = Values(record)
    started, ended = values.moment("started"), values.moment("ended")
    gpu, count = cards.find(values.text("gpu"))
    if not gpu and (instance := values.text("instance")):
        gpu, count = cards.of_instance(instance)
    told = values.number("gpu_count")
    requests, failed = values.number("requests"), values.number("failed")
    row: dict[str, Any] = {
        "deployment": values.text("deployment"), "gpu": gpu, "gpu_count": count if told is None else told,
        "replicas": values.number("replicas"), "started": started, "ended": ended,
        "requests": requests, "failed": failed,
        "latency_p95_ms": values.number("latency_p95_ms"), "place": record.place,
    } | dimensions_of(record.cells, reading.told)  # fmt: skip
    if not row["deployment"]:
        values.wrong.append(("deployment", "the row names no deployment", ""))
    if started is not None and ended is not None and ended < started:
        values.wrong.append(("ended", f"is before the start, {started:%Y-%m-%dT%H:%M:%SZ}", record.cells["ended"]))
    if requests is not None and failed is not None and failed > requests:
        values.wrong.append(("failed", "more requests failed than there were", failed))
    return row, values.wrong


def _lay(store: Store, rows: list[dict[str, Any]]) -> int:
    """Write them; how many an earlier source had, in whose place they come."""
    import pyarrow as pa

    if not rows:
        return 0
    rows = sorted(rows, key=lambda row: (row["deployment"], row["started"] or dt.datetime.min))
    kinds = {"started": pa.timestamp("us"), "ended": pa.timestamp("us")}
    numbers = ("gpu_count", "replicas", "requests", "failed", "latency_p95_ms")
    table = pa.table(
        {
            name: pa.array(
                [row[name] for row in rows], kinds.get(name, pa.float64() if name in numbers else pa.string())
            )
            for name in rows[0]
        }
    )
    store.connection.register("deployments_made", table)
    (earlier,) = store.rows(
        """WITH gone AS (SELECT rowid FROM deployments d WHERE EXISTS (SELECT 1 FROM deployments_made m
        WHERE m.deployment = d.deployment AND m.started IS NOT DISTINCT FROM d.started)) SELECT count(*) FROM gone"""
    )[0]
    store.connection.execute(
        """DELETE FROM deployments d WHERE EXISTS (SELECT 1 FROM deployments_made m
        WHERE m.deployment = d.deployment AND m.started IS NOT DISTINCT FROM d.started);
        INSERT INTO deployments BY NAME SELECT * FROM deployments_made"""
    )
    store.connection.unregister("deployments_made")
    return int(earlier)
