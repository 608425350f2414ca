"""A schedule being made: what is placed, what is left of pools and ledger, and where another job still fits."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.portfolio.grid import Grid

NEAR = 1e-7


@dataclass(frozen=True, slots=True)
class _Held:
    """What some rows of a job take from one pool, by distinct amounts."""

    pool: int
    units: Floats
    """(kinds, 1) less a little."""
    kind: Ints
    """(rows,)"""
    rows: Ints
    ends: Ints
    """(rows, T) place in the flattened (kinds, T + 1) counts at which a run from a start ends."""
    starts: Ints


class Layout:
    """What does not change while schedules are made: per job what its rows hold, and what they add to the ledger."""

    def __init__(self, grid: Grid) -> None:
        """Of a grid."""
        self.grid = grid
        self.before: list[list[int]] = [[] for _ in range(grid.job_count)]
        """(J,) edges by which a job waits for another."""
        self.behind: list[list[int]] = [[] for _ in range(grid.job_count)]
        for e, edge in enumerate(grid.edges):
            self.before[edge.then].append(e)
            self.behind[edge.first].append(e)
        self.held = [self._held(grid.rows(job)) for job in range(grid.job_count)]
        self.quantities = [
            [(line, np.flatnonzero(grid.members[line, :, job])) for line in range(len(grid.lines))
             if grid.members[line, :, job].any() and line not in grid.floors] for job in range(grid.job_count)
        ]  # fmt: skip
        self.slack: Floats = NEAR * (1 + np.abs(grid.limits))

    def _held(self, rows: slice) -> list[_Held]:
        grid, count = self.grid, self.grid.slot_count
        held = []
        pools, takes = grid.pool[rows], grid.takes[rows]
        for w in range(pools.shape[1]):
            for pool in np.unique(pools[:, w][takes[:, w] > 0]).tolist():
                mine = np.flatnonzero((pools[:, w] == pool) & (takes[:, w] > 0))
                units, kind = np.unique(takes[mine, w], return_inverse=True)
                starts = kind[:, None] * (count + 1) + np.arange(count)
                ends = np.minimum(np.arange(count) + grid.slots[rows][mine][:, None], count) + kind[:, None] * (
                    count + 1
                )
                held.append(_Held(int(pool), units[:, None] - NEAR, kind, mine, ends, starts))
        return held


class Board:
    """Jobs placed so far; changes in place."""

    def __init__(self, layout: Layout) -> None:
        """Nothing placed."""
        self.layout, self.grid = layout, layout.grid
        grid = layout.grid
        self.column = np.full(grid.job_count, -1, np.int64)
        """(J,) column of each job; -1 not placed."""
        self.free: Floats = grid.units.copy()
        self.left: Floats = grid.limits.copy()
        self._starts = np.arange(grid.slot_count)

    def worth(self) -> float:
        """Sum of what is placed adds to the objective."""
        columns = self.column[self.column >= 0]
        return float(self.grid.worth.reshape(-1)[columns].sum())

    def put(self, column: int) -> None:
        """Place a job."""
        self._take(column, 1.0)
        self.column[self.grid.job_of[column // self.grid.slot_count]] = column

    def drop(self, job: int) -> None:
        """Take a placed job off."""
        self._take(int(self.column[job]), -1.0)
        self.column[job] = -1

    def in_order(self, job: int) -> Bools:
        """(rows of the job, T) allowed columns after what it follows, and before what follows it, as far as placed."""
        grid, count = self.grid, self.grid.slot_count
        rows = grid.rows(job)
        fits: Bools = grid.allowed[rows].copy()
        for e in self.layout.before[job]:
            edge = grid.edges[e]
            placed = int(self.column[edge.first])
            if placed < 0:
                fits[:] = False
                return fits
            row, start = divmod(placed, count)
            fits[:, : min(start + int(edge.after[row]), count)] = False
        for e in self.layout.behind[job]:
            edge = grid.edges[e]
            placed = int(self.column[edge.then])
            if placed >= 0:
                fits &= self._starts + edge.after[rows][:, None] <= placed % count
        return fits

    def fits(self, job: int) -> Bools:
        """(rows of the job, T) columns that keep everything, the others staying where they are."""
        grid, rows = self.grid, self.grid.rows(job)
        fits = self.in_order(job)
        if not fits.any():
            return fits
        self._keep_free(fits, self.layout.held[job])
        for line, quantities in self.layout.quantities[job]:
            used = grid.quantities[quantities[0]][rows]
            for q in quantities[1:].tolist():
                used = used + grid.quantities[q][rows]
            fits &= used <= self.left[line] + self.layout.slack[line]
        return fits

    def _keep_free(self, fits: Bools, held: list[_Held]) -> None:
        count = self.grid.slot_count
        for of in held:
            short = self.free[of.pool] < of.units
            if not short.any():
                continue
            before = np.zeros((len(of.units), count + 1), np.int32)
            np.cumsum(short, axis=1, out=before[:, 1:])
            flat = before.reshape(-1)
            fits[of.rows] &= flat[of.ends] == flat[of.starts]

    def _take(self, column: int, sign: float) -> None:
        grid = self.grid
        row, start = divmod(column, grid.slot_count)
        for w in range(grid.pool.shape[1]):
            if grid.takes[row, w] > 0:
                self.free[grid.pool[row, w], start : start + int(grid.slots[row])] -= sign * grid.takes[row, w]
        for line, quantities in self.layout.quantities[int(grid.job_of[row])]:
            for q in quantities.tolist():
                values = grid.quantities[q]
                self.left[line] -= sign * values[row, start if values.shape[1] > 1 else 0]

    def blocks(self, column: int) -> list[str]:
        """What a column of a job that none of the others waits for would exceed, in words, the others staying."""
        grid = self.grid
        row, start = divmod(column, grid.slot_count)
        job = int(grid.job_of[row])
        blocks = [
            pool_words(grid, int(grid.pool[row, w]))
            for w in range(grid.pool.shape[1])
            if grid.takes[row, w] > 0
            and (self.free[grid.pool[row, w], start : start + int(grid.slots[row])] < grid.takes[row, w] - NEAR).any()
        ]
        over = grid.ledger(np.array([column]))[:, 0] > self.left + self.layout.slack
        over[grid.floors] = False
        blocks += [line_words(name) for name, is_over in zip(grid.lines, over.tolist(), strict=True) if is_over]
        if self.in_order(job)[row - grid.first_row[job], start]:
            return blocks
        for e in self.layout.before[job]:
            if self.column[grid.edges[e].first] >= 0:
                blocks.append(f"it comes after {grid.instance.jobs[grid.edges[e].first].name}")
        return blocks


def pool_words(grid: Grid, pool: int) -> str:
    """What is short where a pool is: too little of it, or a resource of which there is one."""
    name = grid.pools[pool]
    return f"too few {name} are free" if pool < len(grid.instance.pools) else f"{name}, is taken"


def line_words(line: str) -> str:
    """What is short where a line of the ledger is."""
    if line == "carbon_kg":
        return "too little is left of the emissions that are allowed"
    return f"too little is left of the {line.replace('budget ', 'budget of ', 1)}"
