"""What keeps a job that is placed from starting a slot earlier, in the same configuration, the others staying."""

from typing import Final

import numpy as np

from planner.choose.portfolio import calendar
from planner.choose.portfolio.grid import Grid
from planner.choose.portfolio.placing import NEAR, Board

EARLIEST: Final = "earliest start"
BLACKOUT: Final = "blackout"
CHEAPER: Final = "cheaper hours"
STAYS: Final = "its planned place"


def waits_for(board: Board, job: int) -> str:
    """All that stands in the way of a placed job: `after code-model; GPUs anywhere`.

    Pools and lines of the ledger go by their names, jobs that it follows by `after` and theirs. Where it would fit,
    what it is worth less for. Empty of a job that starts at once, of a fixed one, and where nothing stands in the way.
    """
    grid = board.grid
    column = int(board.column[job])
    row, start = divmod(column, grid.slot_count)
    if start == 0 or grid.instance.jobs[job].fixed is not None:
        return ""
    board.drop(job)
    found = [*_own(grid, job, row, start - 1), *_shared(board, job, row, start - 1)]
    board.put(column)
    return "; ".join(found or _worth_less(grid, row, start))


def _own(grid: Grid, job: int, row: int, start: int) -> list[str]:
    """Limits of its own, and times at which nothing runs."""
    instance, of = grid.instance, grid.instance.jobs[job]
    closed = calendar.closed_slots((*instance.blackouts, *of.blackouts), grid.slot_count, instance.slot_hours)
    early = of.earliest_hours > start * instance.slot_hours + calendar.NEAR
    shut = bool(closed[start : start + int(grid.slots[row])].any())
    return [*([EARLIEST] if early else []), *([BLACKOUT] if shut else [])]


def _shared(board: Board, job: int, row: int, start: int) -> list[str]:
    """What it waits for, pools that are too full, and limits of the ledger, as far as the others leave of them."""
    grid, layout = board.grid, board.layout
    found = []
    for edge in (grid.edges[e] for e in layout.before[job]):
        first, begun = divmod(int(board.column[edge.first]), grid.slot_count)
        if begun + int(edge.after[first]) > start:
            found.append(f"after {grid.instance.jobs[edge.first].name}")
    slots = slice(start, start + int(grid.slots[row]))
    for pool, units in zip(grid.pool[row].tolist(), grid.takes[row].tolist(), strict=True):
        if units > 0 and (board.free[pool, slots] < units - NEAR).any():
            found.append(grid.pools[pool])
    over = grid.ledger(np.array([row * grid.slot_count + start]))[:, 0] > board.left + layout.slack
    over[grid.floors] = False
    return [*found, *(name for name, is_over in zip(grid.lines, over.tolist(), strict=True) if is_over)]


def _worth_less(grid: Grid, row: int, start: int) -> list[str]:
    """Why it is worth less a slot earlier, where it is: it costs more, or it leaves the place where it was planned."""
    earlier, now = grid.worth[row, start - 1], grid.worth[row, start]
    if earlier >= now - calendar.NEAR * (1 + abs(now)):
        return []
    cost = [float(sum(grid.quantities[m][row, at] for m in range(len(grid.months)))) for at in (start - 1, start)]
    return [CHEAPER if cost[0] > cost[1] + calendar.NEAR * (1 + abs(cost[1])) else STAYS]
