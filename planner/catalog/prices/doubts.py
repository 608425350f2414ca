"""What in a snapshot can be read and is hardly so: told at its line, and counted all the same."""

import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from planner.catalog.names import suggest
from planner.catalog.prices.merging import JUMP
from planner.catalog.prices.snapshot import Snapshot
from planner.catalog.regional import ANY
from planner.catalog.rows import PLAIN, Catalog

SHOWN: Final = 8
"""Doubts that are told by line; more are counted."""
_SLACK: Final = 1e-9


def doubts(snapshot: Snapshot, file: Path, bundled: Catalog) -> tuple[str, ...]:
    """What is to be doubted, as `file:line: what`, the first lines first; `bundled` is the catalog without it.

    A region that its provider has nowhere else, and a price ten times that of the same machine and tier in all regions
    of the bundled list, or a tenth of it. A marketplace has whatever regions its hosts have.
    """
    if not snapshot.rows:
        return (f"{file}: holds no price: those of the catalog count",)
    found = sorted([*_regions(snapshot, bundled), *_prices(snapshot, bundled)])
    told = [f"{file}:{line}: {what}" for line, what in found[:SHOWN]]
    return (*told, f"{file}: {len(found) - SHOWN:,} lines more like these") if len(found) > SHOWN else tuple(told)


def _regions(snapshot: Snapshot, bundled: Catalog) -> Iterator[tuple[int, str]]:
    """The first line of each region that the bundled list does not have."""
    offers = bundled.offers
    mine = (offers.service == PLAIN) & ~offers.marketplace
    known: dict[str, set[str]] = defaultdict(set)
    for at, region in set(zip(offers.provider[mine].tolist(), offers.region[mine].tolist(), strict=True)):
        known[offers.providers[at]].add(region)
    told: set[tuple[str, str]] = set()
    for line, row in zip(snapshot.lines, snapshot.rows, strict=True):
        regions = known.get(row.provider, set()) - {ANY}
        if not regions or row.region in regions or row.region == ANY or (row.provider, row.region) in told:
            continue
        told.add((row.provider, row.region))
        near = suggest(row.region, sorted(regions))
        yield (
            line,
            f"{row.provider} has no region {row.region!r} in the bundled list"
            f"{f': did you mean {near!r}?' if near else ''}",
        )


def _prices(snapshot: Snapshot, bundled: Catalog) -> Iterator[tuple[int, str]]:
    """Lines whose price is tenfold off all of the same machine and tier."""
    offers = bundled.offers
    span: dict[tuple[str, str, str], tuple[float, float]] = {}
    rows = np.flatnonzero((offers.service == PLAIN) & (offers.confidence != "quoted"))
    columns = (offers.provider, offers.instance, offers.tier, offers.price_usd_per_hour)
    for at, instance, tier, usd in zip(*(column[rows].tolist() for column in columns), strict=True):
        key = (offers.providers[at], instance.casefold(), tier)
        low, high = span.get(key, (math.inf, 0.0))
        span[key] = (min(low, usd), max(high, usd))
    for line, row in zip(snapshot.lines, snapshot.rows, strict=True):
        listed = span.get((row.provider, row.instance.casefold(), row.tier))
        if listed is None:
            continue
        low, high = listed
        if row.usd_per_hour >= JUMP * high * (1 - _SLACK) or row.usd_per_hour <= low / JUMP * (1 + _SLACK):
            many = row.usd_per_hour > high
            what = "ten times" if many else "a tenth of"
            yield (
                line,
                f"{row.usd_per_hour:g} USD per hour is {what} what the bundled list has for {row.provider} "
                f"{row.instance} ({row.tier}), or {'more' if many else 'less'}: {low:g}"
                f"{'' if low == high else f' to {high:g}'}",
            )
