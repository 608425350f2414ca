"""From columns to a schedule in words and figures."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from planner.catalog.rows import Ints
from planner.choose.portfolio.alone import ALL_AT_ONCE, why_not_alone
from planner.choose.portfolio.grid import Grid
from planner.choose.portfolio.placing import Board, Layout
from planner.choose.portfolio.schedule import Bound, LeftOut, Placed, Schedule, Status
from planner.choose.portfolio.waiting import waits_for

_ALONE: Final = 20
"""Jobs that cannot run even alone of which it is looked up why: each takes some models of the job."""


def tell(grid: Grid, columns: Ints | None, status: Status, bound: Bound) -> Schedule:
    """The schedule of some columns, (J,) with -1 for a job left out; None for no schedule."""
    if columns is None:
        return Schedule(
            status=status, objective_usd=math.nan, bound=bound, placed=(), left_out=(), cost_usd=math.nan,
            lateness_usd=math.nan, quality=math.nan, value_usd=math.nan,
        )  # fmt: skip
    instance = grid.instance
    board = Board(Layout(grid))
    for column in columns[columns >= 0].tolist():
        board.put(column)
    placed = [_placed(board, column) for column in columns[columns >= 0].tolist()]
    late = {of.job: of.late_hours for of in placed}
    jobs = [job for job in instance.jobs if job.name in late]
    quality = {of.job: of.quality for of in placed}
    return Schedule(
        status=status, objective_usd=board.worth(), bound=bound,
        placed=tuple(sorted(placed, key=lambda of: (of.start_hours, of.job))),
        left_out=_left_out(board, np.flatnonzero(columns < 0).tolist()),
        cost_usd=sum(of.cost_usd for of in placed),
        lateness_usd=sum(job.priority * job.late_usd_per_hour * late[job.name] for job in jobs),
        quality=sum(job.priority * quality[job.name] for job in jobs),
        value_usd=sum(job.priority * job.value_usd for job in jobs),
    )  # fmt: skip


def _placed(board: Board, column: int) -> Placed:
    grid = board.grid
    row, slot = divmod(column, grid.slot_count)
    j = int(grid.job_of[row])
    job = grid.instance.jobs[j]
    configuration = next(c for c in job.configurations if c.name == grid.row_names[row])
    start = slot * grid.instance.slot_hours + float(grid.offset[j])
    monthly = {month: float(grid.quantities[m][row, slot]) for m, month in enumerate(grid.months)}
    planned = job.planned
    moved = planned is not None and (
        planned.configuration != configuration.name or abs(planned.start_hours - start) > 1e-9
    )
    return Placed(
        job=job.name, configuration=configuration.name, start_hours=start,
        finish_hours=start + configuration.hours, cost_usd=sum(monthly.values()),
        cost_by_month_usd={month: usd for month, usd in monthly.items() if usd}, quality=configuration.quality,
        late_hours=float(grid.late_hours[row, slot]), moved=moved, worth_usd=float(grid.worth[row, slot]),
        waits_for=waits_for(board, j),
    )  # fmt: skip


def _left_out(board: Board, jobs: Sequence[int]) -> tuple[LeftOut, ...]:
    """Why jobs are left out, asked of the schedule as it is."""
    instance, found, alone = board.grid.instance, [], 0
    for j in jobs:
        why = _why(board, j)
        if not why:
            alone += 1
            why = why_not_alone(instance, instance.jobs[j]) if alone <= _ALONE else ALL_AT_ONCE
        found.append(LeftOut(instance.jobs[j].name, why))
    return tuple(found)


def _why(board: Board, j: int) -> str:
    """Why a job is left out; empty where it cannot run even alone."""
    grid, rows = board.grid, board.grid.rows(j)
    if not grid.allowed[rows].any():
        return ""
    if grid.worth[rows].max() <= 0:
        return "is worth less than it costs, with lateness and emissions"
    firsts = [edge.first for edge in grid.edges if edge.then == j]
    absent = [grid.instance.jobs[i].name for i in firsts if board.column[i] < 0]
    if absent:
        return f"waits for {absent[0]}, which is left out"
    worth = np.where(grid.allowed[rows] & (grid.worth[rows] > 0), grid.worth[rows], -np.inf)
    fits = board.fits(j) & np.isfinite(worth)
    if fits.any():
        return "would still fit; the schedule is not proven best to the last dollar"
    # What comes too early only is of no interest: where it is worth most after what it waits for.
    in_time = np.where(board.in_order(j), worth, -np.inf)
    most = in_time if np.isfinite(in_time).any() else worth
    blocks = board.blocks(rows.start * grid.slot_count + int(most.argmax()))
    return f"where it is worth most it does not fit: {'; '.join(blocks)}"
