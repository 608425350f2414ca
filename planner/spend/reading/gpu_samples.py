"""Exports of nvidia-smi, DCGM and Prometheus → `gpu_samples`, by the hour and host."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.errors import InputError
from planner.gpu_metrics.columns import METRICS
from planner.gpu_metrics.measuring import step_of
from planner.gpu_metrics.minutes import Spans
from planner.gpu_metrics.reading import SpansRead, read_spans
from planner.outcome.review.sources import SourceRead
from planner.scenario.spend_sources import GpuSamples
from planner.source import InvalidInput
from planner.source.excerpt import quoted, visible
from planner.spend.reading.cards import Cards
from planner.spend.reading.context import Reading
from planner.spend.reading.moments import future_from, local_day
from planner.spend.reading.naming import listed
from planner.spend.reading.refusals import FileFaults, Refusals
from planner.spend.reading.spelling import plain_text
from planner.spend.store import Store

NO_OTHER_NAMES: Final = "figures of GPUs are found by the names that exporters give them: `columns` is not read here"
_MINUTES: Final = 60
_PORT: Final = re.compile(r":\d{1,5}$")
"""Of an exporter, which Prometheus writes after the name of an instance."""
_HOURLY: Final = "gpu_hours_sampled"


@dataclass(frozen=True, slots=True)
class _Hour:
    """One card in one hour; shares are means of its spans, None where a figure was not exported."""

    hour: dt.datetime
    host: str
    own: str
    gpu: str
    busy: float | None
    sm_active: float | None
    peak_memory_gib: float | None
    memory_gib: float | None
    minutes: float
    """Of the hour that rows stand for: each stands for the time until the next is due."""


def read_gpu_samples(
    store: Store, reading: Reading, source: GpuSamples, name: str, files: Sequence[Path]
) -> SourceRead:
    """Add how busy GPUs were to `gpu_samples`.

    A row for each hour, host and kind of card: `gpus` cards, and the `minutes` that were sampled, their mean. Of a card
    that several files or sources have in the same hour, the fuller one counts. Raises InvalidInput for files without a
    time or a figure of a GPU.
    """
    if source.columns:
        raise InputError(NO_OTHER_NAMES)
    refusals, cards = Refusals(name), Cards(reading.catalog)
    rows = future = unusable = 0
    found: list[_Hour] = []
    notes: set[str] = set()
    for path in files:
        shown = visible(reading.name_of(path))
        faults = FileFaults(shown, refusals, header=1)
        try:
            read = read_spans(path, faults, future_from(store))
        except InvalidInput as error:
            if any(problem.code == "log-columns" for problem in error.problems):
                raise
            refusals.file(shown, faults.broken() or "cannot be read")
            continue
        rows, future, unusable = rows + read.rows, future + read.adding.late, unusable + read.unusable
        found += _hours(read, cards)
        notes |= _notes(read)
    refusals.store(store)
    _lay(store, found)
    days = sorted(local_day(store, one.hour).isoformat() for one in found)
    if cards.unknown:
        notes.add(f"cards that the catalog does not have, or has several of: {listed(sorted(cards.unknown))}")
    return SourceRead(
        name=name, kind="gpu_samples", files=len(files), rows=rows, kept=rows - future - unusable, future=future,
        rejected=unusable, first_day=days[0] if days else "", last_day=days[-1] if days else "", notes=sorted(notes),
    )  # fmt: skip


def _hours(read: SpansRead, cards: Cards) -> Iterator[_Hour]:
    width = read.adding.minutes.width_minutes
    for own, spans in zip(read.adding.gpus.known, read.spans, strict=True):
        if not len(spans.slots):
            continue
        step = min(step_of([spans], width), float(_MINUTES))
        hours = spans.slots * width // _MINUTES
        for hour in np.unique(hours):
            here = hours == hour
            peak, whole = _memory(spans, here)
            yield _Hour(
                hour=dt.datetime(1970, 1, 1) + dt.timedelta(hours=int(hour)), host=_PORT.sub("", plain_text(own.host)),
                own=plain_text(own.uuid or own.index), gpu=cards.find(own.card)[0],
                busy=_mean(spans, here, "kernel"), sm_active=_mean(spans, here, "sm_active"),
                peak_memory_gib=peak, memory_gib=whole, minutes=min(float(here.sum()) * step, float(_MINUTES)),
            )  # fmt: skip


def _figure(table: Floats, here: Bools, name: str) -> Floats:
    values: Floats = table[METRICS.index(name)][here]
    return values[~np.isnan(values)]


def _mean(spans: Spans, here: Bools, name: str) -> float | None:
    values = _figure(spans.means, here, name)
    return float(values.mean()) if len(values) else None


def _memory(spans: Spans, here: Bools) -> tuple[float | None, float | None]:
    """GiB: the highest in use, and what the card has; without that, what is used and what is free."""
    used, free, total = (_figure(spans.highest, here, f"{name}_mib") for name in ("used", "free", "total"))
    whole = total.max() if len(total) else None
    if whole is None and len(used) and len(free):
        both = spans.means[METRICS.index("used_mib")][here] + spans.means[METRICS.index("free_mib")][here]
        whole = None if np.isnan(both).all() else np.nanmax(both)
    return float(used.max()) / 1024 if len(used) else None, None if whole is None else float(whole) / 1024


def _lay(store: Store, found: Sequence[_Hour]) -> None:
    """Join the hours to those that are there, card by card, and make `gpu_samples` of all."""
    import pyarrow as pa

    names = list(_Hour.__dataclass_fields__)
    table = pa.table(
        {name: [getattr(one, name) for one in found] for name in names},
        schema=pa.schema([
            ("hour", pa.timestamp("us")), ("host", pa.string()), ("own", pa.string()), ("gpu", pa.string()),
            *((name, pa.float64()) for name in names[4:]),
        ]),
    )  # fmt: skip
    store.connection.register("hours_made", table)
    store.connection.execute(
        f"""CREATE TABLE IF NOT EXISTS {_HOURLY} AS SELECT * FROM hours_made LIMIT 0;
        CREATE OR REPLACE TABLE {_HOURLY} AS SELECT * FROM (SELECT * FROM {_HOURLY} UNION ALL SELECT * FROM hours_made)
        QUALIFY row_number() OVER (PARTITION BY hour, host, own ORDER BY minutes DESC, gpu DESC, busy, sm_active,
            peak_memory_gib, memory_gib) = 1;
        DELETE FROM gpu_samples;
        INSERT INTO gpu_samples BY NAME
        SELECT hour, host, gpu, count(*)::DOUBLE AS gpus,
            sum(busy * minutes ORDER BY own) / sum(minutes ORDER BY own) FILTER (busy IS NOT NULL) AS busy,
            sum(sm_active * minutes ORDER BY own) / sum(minutes ORDER BY own) FILTER (sm_active IS NOT NULL)
                AS sm_active,
            max(peak_memory_gib) AS peak_memory_gib, max(memory_gib) AS memory_gib,
            sum(minutes ORDER BY own) / count(*) AS minutes
        FROM {_HOURLY} GROUP BY hour, host, gpu ORDER BY hour, host, gpu"""
    )
    store.connection.unregister("hours_made")


def _notes(read: SpansRead) -> set[str]:
    notes = set()
    if any(not own.host for own in read.adding.gpus.known):
        notes.add("GPUs without a host cannot be joined to the bill")
    if not read.adding.figures & {"kernel", "sm_active"}:
        notes.add("how busy GPUs were is not in the file")
    if read.adding.foreign:
        notes.add(f"metrics that are not read: {listed(sorted(read.adding.foreign), quoted)}")
    return notes
