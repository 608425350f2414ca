"""Attributed spend as daily series: what budgets, forecasts and anomalies look at."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from planner.catalog.rows import Floats
from planner.spend.conditions import condition, quoted
from planner.spend.store import Store

Measure = Literal["effective_usd", "billed_usd", "list_usd", "gpu_hours", "quantity"]


@dataclass(frozen=True, slots=True)
class Series:
    """Daily sums, without a hole between the first day of any and the last."""

    days: np.ndarray[tuple[int], np.dtype[np.datetime64]]
    """(D,) days in the review's time zone."""
    keys: tuple[tuple[str, ...], ...]
    """Values of the dimensions that the series are by, sorted; '' where nothing is told."""
    values: Floats
    """(K, D); 0 on a day without a row."""

    def total(self) -> Floats:
        """(D,) over all keys."""
        return np.asarray(self.values.sum(axis=0), np.float64)


def daily(
    store: Store, by: Sequence[str] = (), measure: Measure = "effective_usd",
    where: Mapping[str, str | list[str]] | None = None, until: datetime.date | None = None,
) -> Series:  # fmt: skip
    """Daily sums of attributed spend, by dimensions or columns of `allocated`.

    Days are those from the first one with any row of the table to the day before `until` (default: the last with any).
    """
    columns = [name for (name, *_) in store.rows("DESCRIBE allocated")]
    asked, values = condition(where, columns)
    first, last = store.rows("SELECT min(day), max(day) FROM allocated")[0]
    if first is None:
        return Series(np.array([], "datetime64[D]"), (), np.zeros((0, 0)))
    end = until or last + datetime.timedelta(days=1)
    days = np.arange(np.datetime64(first), np.datetime64(end), dtype="datetime64[D]")
    names = ", ".join(quoted(name) for name in by)
    group = f"{names}, day" if by else "day"
    sql = (
        f"SELECT {group}, sum({measure})::DOUBLE FROM allocated WHERE {asked} AND day < ? GROUP BY {group} "
        f"HAVING sum({measure}) IS NOT NULL"
    )
    found: dict[tuple[str, ...], list[tuple[Any, float]]] = {}
    for row in store.rows(sql, [*values, end]):
        key = tuple("" if value is None else str(value) for value in row[: len(by)])
        found.setdefault(key, []).append((row[-2], row[-1]))
    keys = tuple(sorted(found))
    table = np.zeros((len(keys), len(days)))
    for place, key in enumerate(keys):
        at = (np.array([day for day, _ in found[key]], "datetime64[D]") - days[0]).astype(int)
        table[place, at] = [amount for _, amount in found[key]]
    return Series(days, keys, table)
