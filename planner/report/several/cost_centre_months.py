"""Spend month by month, and against the same months of the year before."""

import calendar
import math
from collections.abc import Iterable, Sequence

from planner.outcome.spending import SpendAmount, SpendDocument, Spending
from planner.report.data.cost_centre import MonthPart, MonthRow
from planner.report.names import clean, listed, plural, shorten
from planner.units import share_text, usd

SHOWN = 13
"""Months that are shown: this one and the twelve before it."""
NAMED = 6
"""Cost centres or teams that are told apart; the others are one."""
OTHERS = "others"
UNNAMED = "none named"
"""Spend of which its document says neither cost centre nor team."""


def months_of(spending: Spending, key: str) -> tuple[tuple[MonthRow, ...], tuple[str, ...]]:
    """The months up to today's, the first known one first, and those they are split into, the largest first."""
    documents = {one.month: one for one in spending.documents}
    last = spending.today[:7]
    window = [month for month in back_from(last, SHOWN) if month >= min(documents, default=last)]
    amounts = [one for one in spending.amounts if one.month in window]
    order = _largest(amounts, key)
    split: dict[str, dict[str, float]] = {}
    for one in amounts:
        who = _who(one, key)
        who = who if who in order else OTHERS
        month = split.setdefault(one.month, {})
        month[who] = month.get(who, 0.0) + one.usd
    spenders = (*order, *([OTHERS] if any(OTHERS in parts for parts in split.values()) else []))
    totals = by_month(spending.amounts)
    rows = [_row(month, documents, totals, split.get(month, {}), spenders) for month in window]
    return tuple(rows if documents else ()), spenders


def by_month(amounts: Iterable[SpendAmount]) -> dict[str, float]:
    """Month → what was spent, of the months in which anything is named."""
    found: dict[str, list[float]] = {}
    for one in amounts:
        found.setdefault(one.month, []).append(one.usd)
    return {month: math.fsum(values) for month, values in found.items()}


def earlier(month: str) -> str:
    """The same month a year before."""
    return f"{int(month[:4]) - 1:04d}{month[4:]}"


def back_from(month: str, count: int) -> list[str]:
    """So many months up to this one, the first first."""
    last = int(month[:4]) * 12 + int(month[5:7]) - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(last - count + 1, last + 1)]


def change_text(now: float | None, before: float | None) -> str:
    """`+12 %`; empty where a side is unknown or nothing was spent before."""
    if now is None or not before:
        return ""
    change = now / before - 1.0
    return f"{'+' if change > 0 else ''}{share_text(change)}"


def months_sentence(months: Sequence[MonthRow], spending: Spending) -> str:
    """What was spent this month, and which month was the dearest."""
    this = spending.today[:7]
    known = [row for row in months if row.spent_usd is not None]
    if not known:
        return "No committed document says what was spent: commit one of kind Spend for every month."
    row = next((row for row in known if row.month == this), None)
    if row is None:
        told = f"What was spent in {this} is unknown: no document tells. The newest is of {known[-1].month}"
    else:
        told = f"In {this} {row.spent} was spent{f' up to {row.counted}' if row.counted else ''}"
    top = max(known, key=lambda one: (one.spent_usd or 0.0, one.month))
    if len(known) > 1:
        told += f"; the dearest of {plural(len(known), 'known month')} was {top.month} with {top.spent}"
    missing = [row.month for row in months if row.spent_usd is None and row.month != this]
    gaps = f" Unknown in between: {listed(missing)}." if missing else ""
    return f"{told}.{gaps}"


def year_sentence(spending: Spending) -> str:
    """The months of this year and the last that both count to the same day, added up."""
    both, this, totals = alike_in_both(spending), spending.today[:7], by_month(spending.amounts)
    if not both:
        return (
            f"Year on year is not known: no month of {this[:4]} is counted to the same day as that of "
            f"{int(this[:4]) - 1}."
        )
    now, before = (math.fsum(totals.get(month, 0.0) for month in chosen) for chosen in (both, map(earlier, both)))
    change = change_text(now, before)
    return (
        f"Over {plural(len(both), 'month')} that {this[:4]} and {int(this[:4]) - 1} both count to the same day, "
        f"{usd(now)} was spent against {usd(before)}{f': {change}' if change else ''}."
    )


def alike_in_both(spending: Spending) -> list[str]:
    """The months of this year that are counted to the same day as the same month of the last."""
    documents = {one.month: one for one in spending.documents}
    this = spending.today[:7]
    return [
        month
        for month in sorted(documents)
        if month[:4] == this[:4] and month <= this
        and (old := documents.get(earlier(month))) is not None and _alike(documents[month], old)
    ]  # fmt: skip


def _row(
    month: str, documents: dict[str, SpendDocument], totals: dict[str, float], split: dict[str, float],
    spenders: Sequence[str],
) -> MonthRow:  # fmt: skip
    now, then = documents.get(month), documents.get(earlier(month))
    # A document without an amount says that nothing was spent.
    spent = None if now is None else totals.get(month, 0.0)
    before = None if then is None else totals.get(earlier(month), 0.0)
    comparable = now is not None and then is not None and _alike(now, then)
    parts = tuple(MonthPart(who, usd(split[who]), split[who]) for who in spenders if who in split)
    return MonthRow(
        month=month,
        spent=usd(spent),
        counted="" if now is None or is_whole(now) else clean(now.as_of),
        before=usd(before),
        change=change_text(spent, before) if comparable else "",
        spent_usd=spent,
        before_usd=before,
        parts=parts,
    )


def is_whole(document: SpendDocument) -> bool:
    """Whether a month is counted to its end."""
    year, month = int(document.month[:4]), int(document.month[5:7])
    return document.as_of >= f"{document.month}-{calendar.monthrange(year, month)[1]:02d}"


def _alike(now: SpendDocument, then: SpendDocument) -> bool:
    """Whether two years count a month to the same day: both to its end, or both as far as another."""
    ends = is_whole(now), is_whole(then)
    return all(ends) or (not any(ends) and now.as_of[5:] == then.as_of[5:])


def _who(amount: SpendAmount, key: str) -> str:
    return shorten(getattr(amount, key) or "", 40) or UNNAMED


def _largest(amounts: Sequence[SpendAmount], key: str) -> tuple[str, ...]:
    sums: dict[str, float] = {}
    for one in amounts:
        sums[_who(one, key)] = sums.get(_who(one, key), 0.0) + one.usd
    order = sorted(sums, key=lambda who: (-sums[who], who))
    return tuple(order if len(order) <= NAMED + 1 else order[:NAMED])
