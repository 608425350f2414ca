"""Spend by day and by everything that anomalies are looked for in, and the series that it is summed up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.errors import InputError
from planner.spend.baseline.monthly import Days
from planner.spend.conditions import quoted
from planner.spend.store import Store

ALONE: Final = ("team", "model", "tenant")
"""Dimensions that are looked at by themselves, where there are any of them."""
MOST_CELLS: Final = 4000
"""Combinations that are kept apart, the dearest; the others are in the totals of their team only."""
MOST_SERIES: Final = 80
"""Series of a dimension that are looked at, the dearest."""
MOST_PAIRS: Final = 400
_DAILY: Final = 0.9
"""Share of days with a row from which on a source without any has a hole."""
_LATE: Final = 14
"""Days at the end that a source may be late by."""

USED: Final = "coalesce(category, '') <> 'Credit' AND coalesce(\"class\", '') <> 'Correction'"
"""Charges that count: a refund is no drop in what is used, nor a correction of an earlier month a spike."""
_SPLIT: Final = "('fixed', 'proportional', 'activity')"
Key = tuple[tuple[str, str], ...]
"""Dimensions and their values, in order; empty for the total."""
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A series that is looked at."""

    key: Key
    cells: Mask
    """(C,) which cells it is the sum of."""
    values: Floats
    """(D,)"""


@dataclass(frozen=True, slots=True)
class Cube:
    """Daily spend of cells."""

    days: Days
    """(D,)"""
    values: Floats
    """(C, D); days that a source has nothing for are as the weeks around them."""
    candidates: tuple[Candidate, ...]
    """The total first."""
    pairs: tuple[Candidate, ...]
    """Tenants model by model, where there are both: looked at for leaks only, which one tenant has in one model."""

    def series(self, place: int) -> Candidate:
        """The candidate, or after them the pair, at this place."""
        own = len(self.candidates)
        return self.candidates[place] if place < own else self.pairs[place - own]


def cube(store: Store, by: Sequence[str]) -> Cube:
    """All series by `by` together and model by model, by each of it, and by team, model and tenant alone.

    Days are all before `store.as_of` from the first to the last with a charge; credits and corrections are left out.
    Raises InputError for an unknown column.
    """
    columns = [name for (name, *_) in store.rows("DESCRIBE allocated")]
    unknown = sorted(set(by) - set(columns))
    if unknown:
        message = f"anomalies: {unknown[0]} is neither a dimension nor a column; there are {', '.join(sorted(columns))}"
        raise InputError(message)
    names = list(dict.fromkeys([*by, *(name for name in ALONE if name in columns)]))
    first, last = store.rows(f"SELECT min(day), max(day) FROM allocated WHERE day < ? AND {USED}", [store.as_of])[0]
    if first is None:
        return Cube(np.array([], "datetime64[D]"), np.zeros((0, 0)), (), ())
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1, dtype="datetime64[D]")
    keys, values = _cells(store, names, days)
    groups = [(), *((name,) for name in names)]
    if len(by) > 1:
        groups.append(tuple(by))
    if "model" in names and "model" not in by:
        groups.append((*by, "model"))
    pair = ("tenant", "model")
    apart = set(pair) <= set(names) and pair not in groups
    made = {
        group: _candidates(keys, values, tuple(names.index(name) for name in group), group)
        for group in (*groups, *([pair] if apart else []))
    }
    pairs = [one for one in made.pop(pair) if all(value for _, value in one.key)] if apart else []
    candidates = (one for found in made.values() for one in found[:MOST_SERIES])
    return Cube(days, values, tuple(candidates), tuple(pairs[:MOST_PAIRS]))


def _cells(store: Store, names: list[str], days: Days) -> tuple[list[tuple[str, ...]], Floats]:
    """Values of the dimensions of every cell, and (C, D) what it cost."""
    columns = ", ".join(quoted(name) for name in names)
    told = ", ".join(_told(store, name) for name in names)
    kept = ", ".join(
        quoted(name)
        if name == "team"
        else f"CASE WHEN place <= {MOST_CELLS} THEN {quoted(name)} ELSE '' END AS {quoted(name)}"
        for name in names
    )
    rows = store.rows(
        f"WITH daily AS (SELECT coalesce(source, '') AS bill, {told}, day, sum(effective_usd) AS usd "
        f"FROM allocated WHERE day < ? AND {USED} GROUP BY ALL HAVING usd IS NOT NULL), "
        f"ranked AS (SELECT bill, {columns}, row_number() OVER (ORDER BY sum(abs(usd)) DESC, bill, {columns}) "
        f"AS place FROM daily GROUP BY bill, {columns}), "
        f"kept AS (SELECT bill, {kept}, day, place, usd FROM daily JOIN ranked USING (bill, {columns})), "
        f"cells AS (SELECT bill, {columns}, day, min(place) AS place, sum(usd)::DOUBLE AS usd FROM kept "
        f"GROUP BY bill, {columns}, day) "
        f"SELECT bill, {columns}, list(day ORDER BY day), list(usd ORDER BY day) FROM cells "
        f"GROUP BY bill, {columns} ORDER BY min(place)",
        [store.as_of],
    )
    keys: list[tuple[str, ...]] = []
    values = np.zeros((len(rows), len(days)))
    sources: dict[str, list[int]] = {}
    for place, (source, *key, seen, usd) in enumerate(rows):
        keys.append(tuple(key))
        values[place, (np.array(seen, "datetime64[D]") - days[0]).astype(int)] = usd
        sources.setdefault(source, []).append(place)
    for places in sources.values():
        values[places] = _without_holes(values[places])
    return keys, values


def _told(store: Store, name: str) -> str:
    """The value of a dimension; '' where a rule split the amount by it.

    Shares of what is split move with what others use, and whole months at a time: that is nobody's anomaly.
    """
    own = f"coalesce({quoted(name)}, '')"
    if name in store.dimensions:
        own = (
            f"CASE WHEN rule IN (SELECT rule FROM rules WHERE dimension = '{name}' AND way IN {_SPLIT}) THEN '' "
            f"ELSE {own} END"
        )
    return f"{own} AS {quoted(name)}"


def _without_holes(values: Floats) -> Floats:
    """Cells of one source; days that it has nothing for, though nearly all others, are as the weeks around them."""
    present = np.any(values != 0.0, axis=0)
    seen = np.flatnonzero(present)
    if not len(seen):
        return values
    first, last = int(seen[0]), int(seen[-1])
    if len(seen) < max(_DAILY * (last - first + 1), 2 * _LATE):
        return values
    end = len(present) if len(present) - 1 - last <= _LATE else last + 1
    filled = values.copy()
    for hole in np.flatnonzero(~present[first:end]) + first:
        around = [at for at in (hole - 7, hole - 14, hole + 7, hole + 14) if first <= at <= last and present[at]]
        if around:
            filled[:, hole] = np.median(values[:, around], axis=1)
    return filled


def _candidates(
    keys: list[tuple[str, ...]], values: Floats, places: tuple[int, ...], names: Sequence[str]
) -> list[Candidate]:
    grouped: dict[tuple[str, ...], list[int]] = {}
    for cell, key in enumerate(keys):
        grouped.setdefault(tuple(key[place] for place in places), []).append(cell)
    if places and all(not any(key) for key in grouped):
        return []
    found = []
    for key, cells in grouped.items():
        if places and not any(key):
            continue
        mask = np.zeros(len(keys), np.bool_)
        mask[cells] = True
        found.append(Candidate(tuple(zip(names, key, strict=True)), mask, values[cells].sum(axis=0)))
    found.sort(key=lambda one: (-float(np.abs(one.values).sum()), one.key))
    return found
