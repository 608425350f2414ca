"""A file of exported metrics → `GpuMetrics`."""

import datetime as dt
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.gpu_metrics.adding import Adding, Rows
from planner.gpu_metrics.csv_rows import CsvMetrics
from planner.gpu_metrics.doubting import assumptions_of, doubts_of
from planner.gpu_metrics.identities import MOST_GPUS, TooManyGpusError
from planner.gpu_metrics.idle import IDLE_BELOW, host_of, idle_by_hour
from planner.gpu_metrics.json_rows import ONE_LINE, JsonMetrics
from planner.gpu_metrics.measuring import overall_of, step_of, use_of
from planner.gpu_metrics.minutes import MOST_SPANS, Spans, TooManySpansError
from planner.gpu_metrics.use import GpuMetrics
from planner.source import InvalidInput
from planner.source.excerpt import quoted
from planner.traffic.faults import Faults
from planner.traffic.log_file import LogFile
from planner.units import share_text

MOST_UNUSABLE: Final = 0.05
"""Share of the rows that may be unusable; with more the file is refused."""


def read_gpu_metrics(path: Path, shown: str | None = None, *, idle_below: float = IDLE_BELOW) -> GpuMetrics:
    """How the GPUs of a file were used: CSV or JSON lines, plain or packed by gzip; streamed.

    `shown` is its name in messages; under a load of `idle_below`, a share of 0 to 1, a GPU counts as idle. Figures are
    those of DCGM (docs.nvidia.com/datacenter/dcgm, field identifiers) and of `nvidia-smi --query-gpu`. Raises
    InvalidInput with every problem where the file cannot be read, or more than 5 % of its rows cannot be used; else
    problems are warnings.
    """
    faults = Faults(str(path) if shown is None else shown)
    read = read_spans(path, faults)
    return _measured(read.adding, list(read.spans), read.digest, faults, idle_below)


@dataclass(frozen=True, slots=True)
class SpansRead:
    """The GPUs of a file and what each did, span by span."""

    adding: Adding
    spans: tuple[Spans, ...]
    """By the number of the GPU in `adding.gpus.known`."""
    digest: str
    rows: int
    """Seen, whether they can be used or not."""
    unusable: int


def read_spans(path: Path, faults: Faults, before: dt.datetime | None = None) -> SpansRead:
    """A file span by span; rows from `before`, a time in UTC, on are only counted.

    Problems go to `faults`; raises InvalidInput for a file that cannot be used.
    """
    _check_regular(path, faults)
    limit = None if before is None else round(before.replace(tzinfo=dt.UTC).timestamp() * 1e6)
    file, adding = LogFile(path, faults), Adding(faults, before=limit)
    spans: list[Spans] = []
    apart = 0
    try:
        apart = _read(file, adding)
        spans = [] if faults.refused else adding.minutes.spans(len(adding.gpus.known))
    except TooManyGpusError:
        faults.file("log-file", f"has more than {MOST_GPUS:,} GPUs", "export some of them at a time")
    except TooManySpansError:
        faults.file("log-file", f"has more than {MOST_SPANS:,} hours of figures", "export some weeks or GPUs of it")
    _judge(adding, apart, faults)
    if faults.refused:
        raise InvalidInput(faults.problems(fatal=True), {})
    return SpansRead(adding, tuple(spans), file.digest, adding.rows + apart, adding.unusable + apart)


def _measured(adding: Adding, every: list[Spans], digest: str, faults: Faults, idle_below: float) -> GpuMetrics:
    here = [at for at, spans in enumerate(every) if len(spans.slots)]
    known, spans = [adding.gpus.known[at] for at in here], [every[at] for at in here]
    width = adding.minutes.width_minutes
    step, steps = step_of(spans, width), [step_of([one], width) for one in spans]
    uses = tuple(
        use_of(own, one, own_step, width, idle_below) for own, one, own_step in zip(known, spans, steps, strict=True)
    )
    hosts = dict.fromkeys(own.host for own in known)
    first = min(int(one.slots[0]) for one in spans) * width * 60
    last = max(int(one.slots[-1]) for one in spans) * width * 60
    return GpuMetrics(
        gpus=uses,
        hosts=tuple(
            host_of(name, [at for at, own in enumerate(known) if own.host == name], spans, width, steps, idle_below)
            for name in hosts
        ),
        first=dt.datetime.fromtimestamp(first, dt.UTC), last=dt.datetime.fromtimestamp(last + step * 60, dt.UTC),
        step_minutes=step, samples=adding.minutes.samples, idle_below=idle_below,
        idle_by_hour=idle_by_hour(spans, width, idle_below), overall=overall_of(uses, spans), digest=digest,
        assumptions=assumptions_of(adding, step), doubts=doubts_of(uses, (last - first) / 3600 + step / 60),
        warnings=faults.problems(fatal=False),
    )  # fmt: skip


def _judge(adding: Adding, apart: int, faults: Faults) -> None:
    """Whether there is enough to measure."""
    rows, unusable = adding.rows + apart, adding.unusable + apart
    if faults.refused:
        return
    clock = adding.clock
    if clock.naive_line and clock.zoned_line:
        faults.file(
            "log-time", f"times with a zone (line {clock.zoned_line}) and without one (line {clock.naive_line})",
            "write the zone to every time", max(clock.naive_line, clock.zoned_line),
        )  # fmt: skip
    if not rows:
        faults.file("log-row", "has no rows", f"a file has one row per GPU and time; of Prometheus, {ONE_LINE}")
    elif unusable > MOST_UNUSABLE * rows:
        faults.file("log-row", f"{unusable:,} of {rows:,} rows cannot be used ({share_text(unusable / rows, 1)})")
    elif not adding.minutes.samples and not adding.late:
        foreign = ", ".join(quoted(name) for name in list(adding.foreign)[:12])
        named = f"; its metrics are {foreign}" if foreign else ""
        faults.file("log-value", f"has no figure of a GPU{named}", "export DCGM_FI_DEV_GPU_UTIL and others of DCGM")
    elif adding.foreign:
        named = ", ".join(quoted(name) for name in list(adding.foreign)[:12])
        faults.remark("log-columns", f"metrics that are not read: {named}")


def _check_regular(path: Path, faults: Faults) -> None:
    """A pipe would never end, and a folder never begin."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        faults.file("log-file", f"cannot be read: {getattr(error, 'strerror', None) or error}")
    else:
        if not stat.S_ISREG(mode):
            faults.file("log-file", "is a folder, not a file" if stat.S_ISDIR(mode) else "is no regular file")
    if faults.refused:
        raise InvalidInput(faults.problems(fatal=True), {})


def _read(file: LogFile, adding: Adding) -> int:
    """Add all blocks; the rows that cannot be taken apart."""
    reader: CsvMetrics | JsonMetrics | None = None
    for first, block in file.blocks():
        if reader is None:
            reader = JsonMetrics(file.faults) if file.json_lines else CsvMetrics(file.faults)
        for rows in _blocks(reader, first, block):
            adding.add(rows)
        if file.faults.refused:
            break
    return 0 if reader is None else reader.count


def _blocks(reader: CsvMetrics | JsonMetrics, first: int, block: bytes) -> Iterator[Rows]:
    if isinstance(reader, JsonMetrics):
        yield from reader.rows(first, block)
    elif (rows := reader.rows(first, block)) is not None:
        yield rows
