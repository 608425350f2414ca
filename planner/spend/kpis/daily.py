"""Cost and units of a unit cost, day by day."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.catalog.rows import Floats
from planner.spend.kpis.trend import WEEKS
from planner.spend.months import Month
from planner.spend.spans import Span, before_of, span_of
from planner.spend.store import Store


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a month's figures, those of the month before and trends are of."""

    first: datetime.date
    now: Span
    before: Span | None
    charged: datetime.date | None
    """First day with a charge at all."""

    @property
    def days(self) -> int:
        """From the first to the last of the month's."""
        return (self.now.end - self.first).days

    def array(self, rows: Iterable[tuple[Any, ...]], column: int = 1) -> Floats:
        """(days,) of rows that begin with a day of the window; 0 where there is none or the column is NULL."""
        found = [(row[0], row[column]) for row in rows if row[column] is not None]
        values = np.zeros(self.days)
        if found:
            at = (np.array([day for day, _ in found], "datetime64[D]") - np.datetime64(self.first)).astype(int)
            np.add.at(values, at, [float(value) for _, value in found])
        return values

    def part(self, values: Floats, span: Span) -> Floats:
        """Those of a span's days."""
        at = (span.first - self.first).days
        return values[at : at + span.days]

    def weekly(self, values: Floats, since: datetime.date | None) -> Floats:
        """Sums of seven days, the last ones ending with the month's; NaN for weeks that begin before `since`.

        `values` is (..., days), the result (..., weeks).
        """
        weeks = min(WEEKS, self.days // 7)
        last = values[..., self.days - 7 * weeks :]
        sums = np.asarray(last.reshape(*values.shape[:-1], weeks, 7).sum(axis=-1), np.float64)
        begins = np.datetime64(self.now.end) - 7 * np.arange(weeks, 0, -1)
        known = np.zeros(weeks, bool) if since is None else begins >= np.datetime64(since)
        return np.where(known, sums, np.nan)


def window_of(store: Store, month: Month) -> Window:
    """The days up to the month's last one so far: 26 weeks, or more where the month before is earlier."""
    now, before = span_of(store, month), before_of(store, month)
    ((charged,),) = store.rows("SELECT min(day) FROM allocated")
    first = min(now.end - datetime.timedelta(weeks=WEEKS), month.later(-1).first)
    return Window(first, now, before, charged)


def since_of(rows: Sequence[tuple[Any, ...]]) -> datetime.date | None:
    """The first day of rows that begin with one."""
    return min((row[0] for row in rows), default=None)
