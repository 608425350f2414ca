"""The model over some columns only, as sparse rows for HiGHS: its relaxation with prices, and its integer optimum."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array, csr_array, hstack, vstack

from planner.catalog.rows import Floats, Ints
from planner.choose.portfolio.grid import Grid
from planner.choose.portfolio.pricing import Prices


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows over n columns, all `<=`: jobs, then lines, then pools by slot, then edges by slot; only what can bind."""

    matrix: csr_array
    most: Floats
    kind: Ints
    """Number of each row in the full model: J jobs, L lines, then pool x T + slot, then edge x T + slot."""


def rows_of(grid: Grid, columns: Ints) -> Rows:
    """The rows of some columns."""
    jobs, count = grid.job_count, grid.slot_count
    row, start = np.divmod(columns, count)
    job = grid.job_of[row]
    number = np.arange(len(columns))
    at, of, value = [job], [number], [np.ones(len(columns))]
    for line, used in enumerate(grid.ledger(columns)):
        some = np.flatnonzero(used)
        at.append(np.full(len(some), jobs + line))
        of.append(some)
        value.append(used[some])
    first = jobs + len(grid.lines)
    for w in range(grid.pool.shape[1]):
        some = np.flatnonzero(grid.takes[row, w] > 0)
        length = grid.slots[row[some]]
        which = np.repeat(some, length)
        slot = start[which] + np.arange(len(which)) - np.repeat(np.cumsum(length) - length, length)
        at.append(first + grid.pool[row[which], w] * count + slot)
        of.append(which)
        value.append(grid.takes[row[which], w])
    first += grid.units.size
    for e, edge in enumerate(grid.edges):
        # Rows s: followers started by s, less first jobs ready by s.
        for some, since, sign in (
            (np.flatnonzero(job == edge.then), start, 1.0),
            (np.flatnonzero(job == edge.first), start + edge.after[row], -1.0),
        ):
            length = np.maximum(count - since[some], 0)
            which = np.repeat(some, length)
            slot = since[which] + np.arange(len(which)) - np.repeat(np.cumsum(length) - length, length)
            at.append(first + e * count + slot)
            of.append(which)
            value.append(np.full(len(which), sign))
    total = first + len(grid.edges) * count
    matrix = csr_array((np.concatenate(value), (np.concatenate(at), np.concatenate(of))), shape=(total, len(columns)))
    most = np.concatenate((
        np.ones(jobs), grid.limits, grid.units.reshape(-1) if total else [], np.zeros(len(grid.edges) * count)
    ))  # fmt: skip
    binding = np.flatnonzero(_reach(matrix, job, jobs) > most + 1e-9)
    kind = np.union1d(np.arange(jobs), binding)
    return Rows(matrix[kind], most[kind], kind)


def _reach(matrix: csr_array, job: Ints, jobs: int) -> Floats:
    """(rows,) the most that one column of every job can add up to in each row."""
    entries = matrix.tocoo()
    key = entries.coords[0].astype(np.int64) * jobs + job[entries.coords[1]]
    order = np.argsort(key, kind="stable")
    key, data = key[order], entries.data[order]
    starts = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if len(key) else np.zeros(0, np.int64)
    most = np.maximum(np.maximum.reduceat(data, starts), 0.0) if len(key) else np.zeros(0)
    reach = np.zeros(matrix.shape[0])
    np.add.at(reach, key[starts] // jobs, most)
    return reach


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The relaxation over some columns."""

    objective: float
    prices: Prices
    share: Floats
    """(n,) how much of each column is chosen."""
    missing: float
    """Required jobs, and quality, that the columns cannot bring, as a sum of shares."""


def relax(grid: Grid, columns: Ints, missing: float) -> Relaxed:
    """Solve the relaxation; a required job may be left out, and a unit of quality be missing, for `missing`."""
    rows = rows_of(grid, columns)
    jobs = grid.job_count
    required = np.flatnonzero(grid.required)
    worth = grid.worth.reshape(-1)[columns]
    floors = np.flatnonzero(np.isin(rows.kind, jobs + grid.floors))
    gone = csc_array(
        (
            np.concatenate((np.ones(len(required)), -np.ones(len(floors)))),
            (np.concatenate((required, floors)), np.arange(len(required) + len(floors))),
        ),
        shape=(len(rows.most), len(required) + len(floors)),
    )
    matrix = csr_array(hstack([rows.matrix, gone]))
    # A required job's row is an equation with its slack; the sign of its price does not matter to the others.
    equal, below = required, np.setdiff1d(np.arange(len(rows.most)), required)
    cost = np.concatenate((-worth, np.full(gone.shape[1], missing)))
    given: dict[str, Any] = {"A_ub": matrix[below], "b_ub": rows.most[below]}
    if len(equal):
        given |= {"A_eq": matrix[equal], "b_eq": rows.most[equal]}
    found = linprog(cost, bounds=(0, None), method="highs", **given)
    if found.x is None or found.fun is None:
        return Relaxed(-np.inf, Prices.none(grid), np.zeros(len(columns)), float(len(required)))
    full = np.zeros(jobs + len(grid.lines) + grid.units.size + len(grid.edges) * grid.slot_count)
    full[rows.kind[below]] = np.maximum(-found.ineqlin.marginals, 0.0)
    lines = full[jobs : jobs + len(grid.lines)]
    at = jobs + len(grid.lines)
    pools = full[at : at + grid.units.size].reshape(grid.units.shape)
    edges = full[at + grid.units.size :].reshape(len(grid.edges), grid.slot_count)
    share = found.x[: len(columns)]
    return Relaxed(-float(found.fun), Prices(lines, pools, edges), share, float(found.x[len(columns) :].sum()))


@dataclass(frozen=True, slots=True)
class Integer:
    """The integer optimum over some columns, as far as it was found."""

    columns: Ints | None
    """Chosen columns; None where none were found."""
    bound: float
    """What no choice from these columns exceeds; inf where unknown, -inf where proven that there is none."""


def solve_integer(grid: Grid, columns: Ints, time_limit_s: float, gap: float, floor: float = -np.inf) -> Integer:
    """The best choice from some columns; only one worth more than `floor` is looked for."""
    rows = rows_of(grid, columns)
    worth = grid.worth.reshape(-1)[columns]
    least = np.full(len(rows.most), -np.inf)
    least[np.flatnonzero(grid.required)] = 1.0
    matrix, most = rows.matrix, rows.most
    if np.isfinite(floor):
        matrix = csr_array(vstack([matrix, csr_array(worth[None])]))
        least, most = np.append(least, floor), np.append(most, np.inf)
    found = milp(
        -worth, integrality=np.ones(len(columns), np.int64), bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, least, most),
        options={"time_limit": max(time_limit_s, 0.1), "mip_rel_gap": gap},
    )  # fmt: skip
    if found.status == 2:
        return Integer(None, -np.inf)
    most_worth = np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound)
    if found.x is None:
        return Integer(None, most_worth)
    return Integer(columns[np.flatnonzero(found.x > 0.5)], most_worth)
