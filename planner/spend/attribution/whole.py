"""Which months are there as a whole."""

import datetime
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from planner.spend.months import Month
from planner.spend.store import Store

_DAY: Final = datetime.timedelta(days=1)


def whole_months(store: Store, months: Sequence[Month]) -> frozenset[Month]:
    """Those of these months that are over and that every source covers, by `allocated`.

    A source that charges anything in a month covers it where it began by the first day and goes on to the last. One
    that charges on some days only is missed after a silence longer than its longest so far. Of a month without charges
    nothing is known.
    """
    sources: dict[str, list[datetime.date]] = {}
    for source, day in store.rows("SELECT DISTINCT source, day FROM allocated ORDER BY source, day"):
        sources.setdefault(source, []).append(day)
    return frozenset(month for month in months if month.end <= store.as_of and _covered(month, sources.values()))


def _covered(month: Month, sources: Iterable[Sequence[datetime.date]]) -> bool:
    covered = [
        days[0] < month.first + _silence(days) and days[-1] + _silence(days) >= month.end
        for days in sources
        if any(month.first <= day < month.end for day in days)
    ]
    return bool(covered) and all(covered)


def _silence(days: Sequence[datetime.date]) -> datetime.timedelta:
    """The longest time from one of these sorted days to the next."""
    return max((after - before for before, after in pairwise(days)), default=_DAY)
