"""Days that sources leave out, and how far a review can be trusted, source by source."""

import datetime
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from planner.outcome.review.sources import Gap, Health, Invoice, SourceRead
from planner.spend.months import Month
from planner.spend.store import Store

STEADY: Final = 0.9
"""A log of requests that has something on so large a share of its days is expected to have it on all."""
MANY_REJECTED: Final = 0.05
"""Share of rows, or of what they bill, from which on refused ones make a source broken."""
FAR_OFF: Final = 0.01
"""Share of an invoice from which on a difference makes a source broken."""
_SHOWN: Final = 5
_MONTHS: Final = 3
"""Months with missing days that are told one by one."""


def gaps_of(store: Store, reads: Sequence[SourceRead], month: Month) -> list[Gap]:
    """Days for which a bill or a log of requests has nothing, by source and month, in the order of `reads`.

    Of a bill, those between its first day and the end of `month`, the one under review, where that is over, else its
    last day. Of requests, those between its first day and its last, if it has some on nearly all of them: a service
    that is asked only on working days has no gaps.
    """
    days: dict[str, set[datetime.date]] = {}
    for source, day in store.rows(
        "SELECT DISTINCT source, day FROM (SELECT source, day FROM cells UNION ALL SELECT source, day FROM usage) "
        "WHERE day < ?",
        [store.as_of],
    ):
        days.setdefault(source, set()).add(day)
    gaps = []
    for read in reads:
        seen = days.get(read.name)
        if not seen or read.kind not in ("focus", "requests"):
            continue
        first, last = min(seen), max(seen)
        if read.kind == "focus" and month.end <= store.as_of:
            last = max(last, month.end - datetime.timedelta(days=1))
        elif read.kind == "requests" and len(seen) < STEADY * ((last - first).days + 1):
            continue
        gaps += _by_month(read.name, first, last, seen)
    return gaps


def refused_files(store: Store) -> dict[str, list[str]]:
    """Source → files, or rests of files, that could not be read."""
    found: dict[str, list[str]] = {}
    for source, file in store.rows("SELECT DISTINCT source, file FROM rejects WHERE row = 0 ORDER BY source, file"):
        found.setdefault(source, []).append(file)
    return found


def health_of(
    reads: Sequence[SourceRead], gaps: Sequence[Gap] = (), invoices: Sequence[Invoice] = (),
    refused: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> list[Health]:  # fmt: skip
    """How each source stands, in the order of `reads`: what is wrong with it, or that nothing is.

    Broken: nothing is kept, a file is refused, a twentieth or more of the rows or of an amount is, an invoice is off by
    1 % or more. A warning: any row is refused, an invoice is off by a cent, days are missing.
    """
    found = []
    for read in reads:
        told = [*_files(read.name, refused), *_rows(read), *_invoiced(read.name, invoices), *_missing(read.name, gaps)]
        found += told or [Health(status="ok", source=read.name, message=_sound(read))]
    return found


def _by_month(source: str, first: datetime.date, last: datetime.date, seen: set[datetime.date]) -> list[Gap]:
    missing: dict[Month, list[str]] = {}
    for offset in range((last - first).days + 1):
        day = first + datetime.timedelta(days=offset)
        if day not in seen:
            missing.setdefault(Month.of(day), []).append(day.isoformat())
    return [Gap(source=source, month=str(month), days=days) for month, days in sorted(missing.items())]


def _files(name: str, refused: Mapping[str, Sequence[str]]) -> list[Health]:
    files = refused.get(name, ())
    if not files:
        return []
    more = f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else ""
    message = f"not read, or not to the end: {', '.join(files[:_SHOWN])}{more}"
    return [Health(status="broken", source=name, message=message)]


def _rows(read: SourceRead) -> list[Health]:
    if read.kept == 0:
        why = f"{read.rejected:,} of {read.rows:,} rows were refused" if read.rejected else f"it has {read.rows:,} rows"
        return [Health(status="broken", source=read.name, message=f"no row counts: {why}")]
    if read.rejected:
        costly = any(abs(each.rejected) >= MANY_REJECTED * abs(each.read) > 0.0 for each in read.totals)
        status = "broken" if costly or read.rejected >= MANY_REJECTED * read.rows else "warning"
        amounts = ", ".join(
            f"{each.rejected:,.2f} of {each.read:,.2f} {each.currency}" for each in read.totals if each.rejected
        )
        message = f"{read.rejected:,} of {read.rows:,} rows were refused{f', {amounts}' if amounts else ''}"
        return [Health(status=status, source=read.name, message=message)]
    return []


def _invoiced(name: str, invoices: Sequence[Invoice]) -> list[Health]:
    return [
        Health(
            status="broken" if abs(each.difference) >= FAR_OFF * abs(each.invoiced) else "warning",
            source=name,
            message=f"the invoice of {each.month} is {each.invoiced:,.2f} {each.currency}, its rows are "
            f"{each.rows:,.2f}: {abs(each.difference):,.2f} too {'much' if each.difference > 0 else 'little'}",
        )
        for each in invoices
        if each.source == name and not each.agrees
    ]


def _missing(name: str, gaps: Sequence[Gap]) -> list[Health]:
    own = [gap for gap in gaps if gap.source == name]
    told = [f"{gap.month}: nothing on {_days(gap.days)}" for gap in own]
    if len(own) > _MONTHS:
        days = sum(len(gap.days) for gap in own)
        told = [f"nothing on {days:,} days in {len(own)} months from {own[0].days[0]} to {own[-1].days[-1]}"]
    return [Health(status="warning", source=name, message=each) for each in told]


def _days(days: Sequence[str]) -> str:
    one_run = (datetime.date.fromisoformat(days[-1]) - datetime.date.fromisoformat(days[0])).days == len(days) - 1
    if one_run and len(days) > 1:
        return f"{days[0]} to {days[-1]}"
    more = f" and {len(days) - _SHOWN} more days" if len(days) > _SHOWN else ""
    return f"{', '.join(days[:_SHOWN])}{more}"


def _sound(read: SourceRead) -> str:
    days = f", {read.first_day} to {read.last_day}" if read.first_day else ""
    return f"{read.kept:,} {'row counts' if read.kept == 1 else 'rows count'}{days}"
