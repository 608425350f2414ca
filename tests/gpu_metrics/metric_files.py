"""Files of metrics for the tests beside this file."""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

MONDAY = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
SMI = (
    "timestamp, name, index, utilization.gpu [%], utilization.memory [%], memory.used [MiB], memory.total [MiB], "
    "power.draw [W]"
)
PLAIN = "timestamp,host,gpu,gpu_util,sm_active,dram_active,memory_used,memory_total,power_w,name"
H100 = "NVIDIA H100 80GB HBM3"
Work = Callable[[dt.datetime, int], tuple[float, float, float, float, float]]
"""Time and GPU → load in percent, SM and DRAM shares, MiB in use, W."""


def plain_rows(
    work: Work, *, hours: float, step_minutes: float = 10, gpus: int = 1, host: str = "a", card: str = H100,
    total_mib: float = 81559,
) -> Iterator[str]:  # fmt: skip
    """Rows below `PLAIN`, from Monday 2026-11-02 on."""
    for number in range(round(hours * 60 / step_minutes)):
        now = MONDAY + dt.timedelta(minutes=number * step_minutes)
        for gpu in range(gpus):
            util, sm, dram, used, power = work(now, gpu)
            yield f"{now:%Y-%m-%dT%H:%M:%SZ},{host},{gpu},{util},{sm},{dram},{used},{total_mib},{power},{card}"


def steady(util: float, sm: float, dram: float, used: float, power: float = 300) -> Work:
    """The same at all times on all GPUs."""
    return lambda _now, _gpu: (util, sm, dram, used, power)


def in_hours(first: int, end: int, busy: Work, weekdays: bool = True) -> Work:
    """Busy from an hour of the day to another, of weekdays alone; else idle with 500 MiB in use."""

    def work(now: dt.datetime, gpu: int) -> tuple[float, float, float, float, float]:
        on = first <= now.hour < end and (not weekdays or now.weekday() < 5)
        return busy(now, gpu) if on else (0, 0, 0, 500, 100)

    return work


def text_file(folder: Path, lines: Iterable[str], header: str = PLAIN, name: str = "metrics.csv") -> Path:
    """A file of these lines below a header."""
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


def json_file(folder: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    """A file of JSON lines."""
    path = folder / "metrics.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path
