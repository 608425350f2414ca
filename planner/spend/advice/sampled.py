"""Hosts whose GPUs were sampled, with what the bill says they cost while they were."""

from collections.abc import Sequence
from typing import Final

from planner.spend.advice.history import RECENT_DAYS, History
from planner.spend.sums import total

HOST: Final = "lower(regexp_extract({column}, '[^/:]+$'))"
"""A host's or resource's own name: what stands after the last / or : of it."""
HOURS: Final = f"""
WITH sampled AS (
    SELECT {HOST.format(column="host")} AS host, hour, max(busy) AS busy, max(coalesce(sm_active, busy)) AS load,
        max(peak_memory_gib) AS peak_gib, max(memory_gib) AS memory_gib, {total("gpus")} AS gpus
    FROM gpu_samples WHERE hour >= ? AND hour < ? AND host <> ''
    GROUP BY ALL
), spans AS (
    SELECT host, min(hour) AS first, max(hour) AS last FROM sampled GROUP BY host
), names AS (
    SELECT resource, min(host) AS host FROM (
        SELECT DISTINCT resource, {HOST.format(column="resource")} AS host FROM gpu_hourly
        UNION SELECT DISTINCT resource, {HOST.format(column="resource_name")} FROM cells
    ) SEMI JOIN spans USING (host) WHERE resource <> '' AND host <> '' GROUP BY resource
), billed AS (
    SELECT s.host, hour, max(provider) AS provider, max(gpu) AS gpu, max(model) AS model,
        {total("gpu_hours")} AS gpu_hours, {total("effective_usd")} AS usd
    FROM gpu_hourly g JOIN names n ON n.resource = g.resource JOIN spans s ON s.host = n.host
    WHERE hour >= ? AND hour < ? AND hour BETWEEN s.first AND s.last AND lower(pricing_category) <> 'committed'
    GROUP BY ALL
)"""
"""`sampled` and `billed`, by host and hour, from the first sample of a host to its last.

A host is a resource of the bill by its id or its name. Committed hours are left out: they are paid for whether used or
not.
"""


_ITEMS: Final = f"""
WITH names AS (
    SELECT DISTINCT resource, {HOST.format(column="resource")} AS host FROM gpu_hourly
    UNION SELECT DISTINCT resource, {HOST.format(column="resource_name")} FROM cells
)
SELECT DISTINCT run FROM gpu_hourly JOIN names USING (resource)
WHERE list_contains(?, names.host) AND run <> '' AND hour >= ? AND hour < ? ORDER BY run"""
_STANDING: Final = f"""
WITH mine AS (
    SELECT DISTINCT resource FROM gpu_hourly WHERE gpu = ? AND run = '' AND (? = '' OR model = ?) AND resource <> ''
        AND hour >= ? AND hour < ?
)
SELECT {HOST.format(column="resource")} AS host FROM mine
UNION SELECT {HOST.format(column="resource_name")} FROM cells SEMI JOIN mine USING (resource) ORDER BY host"""


def items_of(history: History, hosts: Sequence[str]) -> frozenset[str]:
    """What a saving on hosts touches: the hosts, and the runs that the bill has on them."""
    runs = history.store.rows(_ITEMS, [list(hosts), *history.window(RECENT_DAYS)])
    return frozenset({*(f"resource {host}" for host in hosts), *(f"run {run}" for (run,) in runs)})


def standing(history: History, gpu: str, model: str) -> frozenset[str]:
    """Hosts with a card that had no run, of a model or, where that is empty, of all, as `items_of` names them."""
    rows = history.store.rows(_STANDING, [gpu, model, model, *history.window(RECENT_DAYS)])
    return frozenset(f"resource {host}" for (host,) in rows if host)


def bounds(history: History, days: int) -> list[object]:
    """Parameters of `HOURS`."""
    return [*history.window(days), *history.window(days)]
