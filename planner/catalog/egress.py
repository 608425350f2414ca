"""What a provider charges for GB sent to the internet: prices by tier of a month's traffic, and what is given away."""

import re
from dataclasses import dataclass

from planner.catalog.regional import Place, Regional, regional
from planner.catalog.tables import Table

_GB = {"GB": 1.0, "TB": 1024.0}
"""Providers' price lists end their first 10 TB at 10,240 GB."""
_SIZE = r"(\d+)\s*(GB|TB)"
_ALL = re.compile(r"all")
_FIRST = re.compile(rf"first {_SIZE}(?: after {_SIZE} free)?")
_NEXT = re.compile(rf"next {_SIZE}")
_RANGE = re.compile(r"(\d+)-(\d+)\s*(GB|TB)")
_OVER = re.compile(rf"over {_SIZE}")


@dataclass(frozen=True, slots=True)
class Egress:
    """Prices of sent GB by place; of a provider that names no tiers all columns are alike."""

    from_gb: tuple[float, ...]
    """GB of a month from which each column of prices counts."""
    usd_per_gb: tuple[Regional, ...]
    """One for each of these; what is given away is priced as what follows it."""
    free_gb: Regional
    """GB of a month that are given away."""

    def at(self, place: Place) -> tuple[float, ...]:
        """Whether prices are known there (1 or 0), GB given away, USD per GB of each tier."""
        prices = [tier.at(place) for tier in self.usd_per_gb]
        return (float(prices[0][1]), self.free_gb.at(place)[0], *(usd for usd, _ in prices))


def read_egress(table: Table) -> Egress:
    """Read the rows `egress_internet` of `storage_network.csv`.

    A place whose first row starts above 0 gives away what lies below it. The last tier has no end.
    """
    columns = (table.columns[name] for name in ("provider", "region", "kind", "tier"))
    price = table.floats("price", blank=False).tolist()
    named = [
        (row, (provider, region), words, price[row])
        for row, (provider, region, kind, words) in enumerate(zip(*columns, strict=True))
        if kind == "egress_internet"
    ]
    steps: dict[Place, list[tuple[float, float]]] = {}
    free: dict[Place, float] = {}
    for place in dict.fromkeys(place for _, place, _, _ in named):
        mine = sorted(((row, words, usd) for row, at, words, usd in named if at == place), key=_rank)
        steps[place], free[place] = _tiers(table, mine)
    starts = tuple(sorted({0.0, *(start for tiers in steps.values() for start, _ in tiers)}))
    prices = tuple(regional({place: _in_force(tiers, start) for place, tiers in steps.items()}) for start in starts)
    return Egress(starts, prices, regional(free))


def _rank(row: tuple[int, str, float]) -> tuple[bool, float]:
    """Order of tiers: from the first on; those that name no start as they stand in the file."""
    span = _span(row[1], 0.0)
    return _FIRST.fullmatch(row[1]) is None, 0.0 if span is None or _NEXT.fullmatch(row[1]) else span[0]


def _tiers(table: Table, rows: list[tuple[int, str, float]]) -> tuple[list[tuple[float, float]], float]:
    """Start in GB and USD per GB of the tiers of one place, and what it gives away."""
    found: list[tuple[float, float]] = []
    free = reached = 0.0
    for row, words, usd in rows:
        span = _span(words, reached)
        if span is None:
            table.complain(row, f"tier {words!r} is none of: all, first N TB, next N TB, N-M TB, over N TB")
            continue
        start, end, given = span
        if not found:
            free, start = max(given, start), 0.0
        elif start != reached:
            table.complain(row, f"tier {words!r} does not start where the one before it ends, at {reached:g} GB")
        found.append((start, usd))
        reached = end
    return found or [(0.0, float("nan"))], free


def _span(words: str, reached: float) -> tuple[float, float, float] | None:
    """Start, end and free allowance of a tier in GB; None where it is no tier."""
    endless = float("inf")
    if _ALL.fullmatch(words):
        return 0.0, endless, 0.0
    if m := _FIRST.fullmatch(words):
        given = float(m[3]) * _GB[m[4]] if m[3] else 0.0
        return 0.0, given + float(m[1]) * _GB[m[2]], given
    if m := _NEXT.fullmatch(words):
        return reached, reached + float(m[1]) * _GB[m[2]], 0.0
    if m := _RANGE.fullmatch(words):
        return float(m[1]) * _GB[m[3]], float(m[2]) * _GB[m[3]], 0.0
    if m := _OVER.fullmatch(words):
        return float(m[1]) * _GB[m[2]], endless, 0.0
    return None


def _in_force(tiers: list[tuple[float, float]], gb: float) -> float:
    """USD per GB at a point of the month's traffic."""
    return [usd for start, usd in tiers if start <= gb][-1]
