"""Neighbours in the table: the same way with a lever and without it."""

import numpy as np

from planner.kinds.serving.problem import Problem
from planner.kinds.serving.table import Table


def with_lever(problem: Problem, table: Table, row: int, lever: str) -> tuple[int, int] | None:
    """Rows of the same way with the lever and without it, one of which is `row`; None where the table lacks one."""
    count = len(table.rented)
    if row >= count:
        return _by_api(table, row - count, lever, count)
    grid, rented = problem.capacities.replicas.grid, table.rented
    works = [work.levers for work in problem.works]
    mine = works[int(grid.work[rented.kind[row]])]
    pulled = mine.has(lever)
    wanted = mine.without(lever).names if pulled else None
    other = next(
        (
            i
            for i, one in enumerate(works)
            if (one.names == wanted if pulled else one.has(lever) and one.without(lever).names == mine.names)
        ),
        None,
    )
    if other is None:
        return None
    kind = int(rented.kind[row])
    same = grid.work == other
    for column in (grid.model, grid.precision, grid.engine, grid.gpu, grid.cards):
        same &= column == column[kind]
    found = np.flatnonzero(
        same[rented.kind] & (rented.offer == rented.offer[row]) & (rented.scaling == rented.scaling[row])
    )
    if not len(found):
        return None
    return (row, int(found[0])) if pulled else (int(found[0]), row)


def _by_api(table: Table, at: int, lever: str, before: int) -> tuple[int, int] | None:
    mine = table.apis[at]
    pulled = mine.work.levers.has(lever)
    for i, row in enumerate(table.apis):
        if row.choice is not mine.choice:
            continue
        with_it, without = (mine, row) if pulled else (row, mine)
        if with_it.work.levers.has(lever) and with_it.work.levers.without(lever) == without.work.levers:
            return (before + at, before + i) if pulled else (before + i, before + at)
    return None
