"""From columns to a schedule in words and figures."""

import math
from collections import defaultdict

import numpy as np

from planner.catalog.rows import Ints
from planner.choose.portfolio.grid import Grid
from planner.choose.portfolio.placing import Board, Layout
from planner.choose.portfolio.schedule import Bound, BudgetUse, LeftOut, Placed, PoolUse, Schedule, Status


def tell(grid: Grid, columns: Ints | None, status: Status, bound: Bound) -> Schedule:
    """The schedule of some columns, (J,) with -1 for a job left out; None for no schedule."""
    if columns is None:
        return Schedule(
            status=status, objective_usd=math.nan, bound=bound, placed=(), left_out=(), budgets=(), spent_usd={},
            pools=(), cost_usd=math.nan, lateness_usd=math.nan, quality=math.nan, value_usd=math.nan,
            carbon_kg=math.nan,
        )  # fmt: skip
    instance = grid.instance
    board = Board(Layout(grid))
    for column in columns[columns >= 0].tolist():
        board.put(column)
    placed = [_placed(grid, int(column)) for column in columns[columns >= 0].tolist()]
    team = {job.name: job.team for job in instance.jobs}
    spent: defaultdict[tuple[str, str], float] = defaultdict(float)
    for of in placed:
        for month, usd in of.cost_by_month_usd.items():
            spent[team[of.job], month] += usd
    late = {of.job: of.late_hours for of in placed}
    jobs = [job for job in instance.jobs if job.name in late]
    budgets = [
        BudgetUse(
            budget.name,
            sum(usd for (of, month), usd in spent.items() if budget.team in ("", of) and budget.month in ("", month)),
            budget.limit_usd,
        )
        for budget in instance.budgets
    ]
    pools = [
        PoolUse(pool.name, tuple((grid.units[p] - board.free[p]).tolist()), tuple(grid.units[p].tolist()))
        for p, pool in enumerate(instance.pools)
    ]
    quality = {of.job: of.quality for of in placed}
    return Schedule(
        status=status, objective_usd=board.worth(), bound=bound,
        placed=tuple(sorted(placed, key=lambda of: (of.start_hours, of.job))),
        left_out=tuple(_left_out(board, j) for j in np.flatnonzero(columns < 0).tolist()),
        budgets=tuple(budgets), spent_usd=dict(sorted(spent.items())), pools=tuple(pools),
        cost_usd=sum(of.cost_usd for of in placed),
        lateness_usd=sum(job.priority * job.late_usd_per_hour * late[job.name] for job in jobs),
        quality=sum(job.priority * quality[job.name] for job in jobs),
        value_usd=sum(job.priority * job.value_usd for job in jobs), carbon_kg=sum(of.carbon_kg for of in placed),
    )  # fmt: skip


def _placed(grid: Grid, column: int) -> Placed:
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
        job=job.name, configuration=configuration.name, provider=configuration.provider, region=configuration.region,
        start_hours=start, finish_hours=start + configuration.hours, cost_usd=sum(monthly.values()),
        cost_by_month_usd={month: usd for month, usd in monthly.items() if usd}, quality=configuration.quality,
        carbon_kg=configuration.carbon_kg, late_hours=float(grid.late_hours[row, slot]), moved=moved,
        worth_usd=float(grid.worth[row, slot]),
    )  # fmt: skip


def _left_out(board: Board, j: int) -> LeftOut:
    """Why a job is left out, asked of the schedule as it is."""
    grid = board.grid
    name, rows = grid.instance.jobs[j].name, grid.rows(j)
    if not grid.allowed[rows].any():
        return LeftOut(
            name, "no configuration fits its earliest start, deadline, blackouts, pools, budgets and the horizon"
        )
    if grid.worth[rows].max() <= 0:
        return LeftOut(name, "is worth less than it costs")
    firsts = [edge.first for edge in grid.edges if edge.then == j]
    absent = [grid.instance.jobs[i].name for i in firsts if board.column[i] < 0]
    if absent:
        return LeftOut(name, f"follows {absent[0]}, which is left out")
    worth = np.where(grid.allowed[rows] & (grid.worth[rows] > 0), grid.worth[rows], -np.inf)
    fits = board.fits(j) & np.isfinite(worth)
    if fits.any():
        return LeftOut(name, "would still fit; the schedule is not proven best to the last dollar")
    column = rows.start * grid.slot_count + int(worth.argmax())
    blocks = board.blocks(column)
    return LeftOut(name, f"where it is worth most it does not fit: {', '.join(blocks)}")
