"""Neighbours in the table: the same way with a lever and without it, quantised and plain, on spot and on demand."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Ints
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.table import Table
from planner.space.serving.levers import LeverSet, named

PLAIN: Final = "bf16"
QUANTISATION: Final = "quantisation"
SPOT: Final = "spot"
RESERVATION: Final = "reservation"
SCALED: Final = {"hourly": "replicas_by_the_hour", "to_zero": "scaling_to_zero"}
"""Scaling → what it is called as a lever; against a fixed number of replicas."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The same way with something and without it, as rows of the table; one is the decision's."""

    lever: str
    with_it: int
    without: int


def pairs_of(problem: Problem, table: Table, row: int) -> list[Pair]:
    """A way held against its neighbours: one for each lever that is named, and for each other choice that saves."""
    levers = [with_lever(problem, table, row, lever) for lever in named(problem.scenario.levers)]
    moves = _moves(problem, table, row) if row < len(table.rented) else []
    return [pair for pair in (*levers, *moves) if pair is not None]


def with_lever(problem: Problem, table: Table, row: int, lever: str) -> Pair | None:
    """The way with a lever that is named and without it; None where the table lacks one."""
    count, works = len(table.rented), problem.works
    if row >= count:
        return _by_api(table, row - count, lever, count)
    work = int(problem.capacities.replicas.grid.work[table.rented.kind[row]])
    other = _other_work([one.levers for one in works], works[work].levers, lever)
    if other is None:
        return None
    found = _nearest(table, row, _alike(problem, table, row, work=other))
    return None if found is None else _paired(lever, row, found, pulled=works[work].levers.has(lever))


def _other_work(sets: list[LeverSet], mine: LeverSet, lever: str) -> int | None:
    pulled = mine.has(lever)
    wanted = mine.without(lever).names
    for i, one in enumerate(sets):
        if (one.names == wanted) if pulled else (one.has(lever) and one.without(lever).names == mine.names):
            return i
    return None


def _moves(problem: Problem, table: Table, row: int) -> list[Pair | None]:
    """Quantisation, spot, reservation and scaling, each against the plain choice."""
    space, scalings = problem.space, list(problem.scenario.replicas.scalings)
    precisions = np.array(space.precisions) == PLAIN
    spot, reserved = space.market.offers.spot, space.market.offers.term != ""
    kinds: list[tuple[str, str, Bools, Bools]] = [
        (QUANTISATION, "precision", ~precisions, precisions),
        (SPOT, "offer", spot, ~spot & ~reserved),
        (RESERVATION, "offer", reserved, ~spot & ~reserved),
    ]
    fixed = np.array([one == "fixed" for one in scalings])
    kinds += [
        (name, "scaling", np.array([one == scaling for one in scalings]), fixed) for scaling, name in SCALED.items()
    ]
    found: list[Pair | None] = []
    for name, free, with_it, without in kinds:
        mine = int(_chosen(problem, table, free, np.array([row]))[0])
        if not with_it[mine] and not without[mine]:
            continue
        wanted = without if with_it[mine] else with_it
        for loose in (free, "machine") if free == "precision" else (free,):
            # A plain model may need larger machines.
            rows = _alike(problem, table, row, free=loose) if wanted.any() else np.empty(0, np.int64)
            other = _nearest(table, row, rows[wanted[_chosen(problem, table, free, rows)]])
            if other is not None:
                found.append(_paired(name, row, other, pulled=bool(with_it[mine])))
                break
    return found


def _chosen(problem: Problem, table: Table, free: str, rows: Ints) -> Ints:
    """What these ways have of what is free to choose: an index into precisions, offers or scalings."""
    if free == "precision":
        return problem.capacities.replicas.grid.precision[table.rented.kind[rows]]
    return table.rented.offer[rows] if free == "offer" else table.rented.scaling[rows]


def _alike(problem: Problem, table: Table, row: int, *, work: int | None = None, free: str = "") -> Ints:
    """Rented ways that are like one in all but what is `free`, under its levers or those of `work`.

    Of an offer that is free the machine, its provider and region stay; of a machine that is free nothing does, nor the
    precision.
    """
    grid, rented, offers = problem.capacities.replicas.grid, table.rented, problem.space.market.offers
    kind, offer = int(rented.kind[row]), int(rented.offer[row])
    kinds = grid.work == (grid.work[kind] if work is None else work)
    for name in ("model", "precision", "engine", "gpu", "cards"):
        column: Ints = getattr(grid, name)
        kinds &= (column == column[kind]) | (name == free) | (free == "machine" and name not in ("model", "engine"))
    here = (np.arange(len(offers)) == offer) | (free == "machine")
    if free == "offer":
        same = [getattr(offers, name) for name in ("provider", "service", "instance", "region")]
        here = np.all([column == column[offer] for column in same], axis=0)
    rows = np.flatnonzero(kinds[rented.kind])
    scaled = (rented.scaling[rows] == rented.scaling[row]) | (free == "scaling")
    return np.asarray(rows[here[rented.offer[rows]] & scaled])


def _nearest(table: Table, row: int, rows: Ints) -> int | None:
    """Of these rented ways the one to hold against a row: with its first tier if there is one, possible, cheapest."""
    rows = rows[rows != row]
    if not len(rows):
        return None
    mine = table.tiers[row]
    tiers = [table.tiers[other] for other in rows.tolist()]
    apart = [mine is not None and tier is not None and tier.where != mine.where for tier in tiers]
    cost = np.nan_to_num(table.ways.cost_usd[rows], nan=np.inf)
    return int(rows[np.lexsort((rows, cost, ~table.ways.feasible[rows], np.array(apart)))[0]])


def _paired(lever: str, row: int, other: int, *, pulled: bool) -> Pair:
    return Pair(lever, row, other) if pulled else Pair(lever, other, row)


def _by_api(table: Table, at: int, lever: str, before: int) -> Pair | None:
    mine, tier = table.apis[at], table.tiers[before + at]
    pulled = mine.work.levers.has(lever)
    for i, row in enumerate(table.apis):
        other = table.tiers[before + i]
        if row.choice is not mine.choice or (tier is not None and other is not None and other.where != tier.where):
            continue
        with_it, without = (mine, row) if pulled else (row, mine)
        if with_it.work.levers.has(lever) and with_it.work.levers.without(lever) == without.work.levers:
            return _paired(lever, before + at, before + i, pulled=pulled)
    return None
