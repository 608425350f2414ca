"""What a run was at each epoch or evaluation."""

import datetime as dt
import json
import math
from dataclasses import dataclass
from typing import Any, Final

from planner.spend.reading.moments import moment_of
from planner.spend.reading.run_columns import HISTORY
from planner.spend.reading.values import Values
from planner.traffic.times import TimeError

MOST_ENTRIES: Final = 100_000
"""Of one run."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One evaluation; `hours` since the start."""

    step: float | None
    epoch: float | None
    hours: float | None
    loss: float | None
    value: float | None
    samples: float | None


def history_of(values: Values, started: dt.datetime, metric: str) -> tuple[Entry, ...]:
    """The entries in the order of their steps, epochs or hours; those without loss and value are left out.

    A history is a list of objects: epoch or step, loss or eval_loss, value or the metric's own name, hours, samples.
    """
    written = values.record.cells.get("history")
    if isinstance(written, str):
        try:
            written = json.loads(written)
        except (ValueError, RecursionError):
            values.wrong.append(("history", "is no list in JSON", written))
            return ()
    if written is None:
        return ()
    if not isinstance(written, list) or len(written) > MOST_ENTRIES:
        reason = f"has more than {MOST_ENTRIES:,} entries" if isinstance(written, list) else "is no list"
        values.wrong.append(("history", reason, str(written)[:200]))
        return ()
    found = []
    for at, one in enumerate(written):
        if not isinstance(one, dict):
            values.wrong.append((f"history[{at}]", "is no object", str(one)[:200]))
        else:
            found.append(_entry(values, at, one, started, metric))
    known = [entry for entry in found if entry.loss is not None or entry.value is not None]
    return tuple(sorted(known, key=lambda e: tuple(0.0 if x is None else x for x in (e.step, e.epoch, e.hours))))


def _entry(values: Values, at: int, one: dict[str, Any], started: dt.datetime, metric: str) -> Entry:
    names = dict(HISTORY)
    if metric:
        names["value"] = (metric, f"eval_{metric}", *HISTORY["value"])

    def number(field: str) -> float | None:
        for name in names[field]:
            if one.get(name) is not None:
                if isinstance(one[name], float) and not math.isfinite(one[name]):
                    return None  # a loss that diverged
                return values.checked(f"history[{at}].{name}", one[name], negative=field in ("loss", "value"))
        return None

    hours = number("hours")
    if hours is None and (seconds := number("seconds")) is not None:
        hours = seconds / 3600
    if hours is None:
        hours = _since(values, at, one, started)
    return Entry(number("step"), number("epoch"), hours, number("loss"), number("value"), number("samples"))


def _since(values: Values, at: int, one: dict[str, Any], started: dt.datetime) -> float | None:
    for name in HISTORY["time"]:
        if one.get(name) is not None:
            try:
                hours = (moment_of(one[name]) - started).total_seconds() / 3600
            except TimeError as error:
                values.wrong.append((f"history[{at}].{name}", error.message, one[name]))
                return None
            if hours < 0:
                values.wrong.append((f"history[{at}].{name}", "is before the start", one[name]))
                return None
            return hours
    return None
