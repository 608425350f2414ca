"""Solving a portfolio: a good schedule, and the proof of how good.

1. Configurations that can never matter are taken out (`dominated`).
2. Schedules are made greedily and improved (`local`).
3. Column generation bounds what any schedule can be worth (`bounding`); its prices steer more schedules.
4. Of all columns, those that a better schedule could hold by that bound are few; over these an integer program finds
   the best, or proves that there is none by more than the gap (`master`).
5. Jobs are put where they are worth most, the others staying, and of starts worth the same at the earliest (`local`).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.choose.portfolio.bounding import Bounded, bounded
from planner.choose.portfolio.dominated import undominated
from planner.choose.portfolio.elastic import elastic
from planner.choose.portfolio.grid import Grid, build
from planner.choose.portfolio.instance import Instance, Placement
from planner.choose.portfolio.ledgered import ledger_bound
from planner.choose.portfolio.local import Search
from planner.choose.portfolio.master import solve_integer
from planner.choose.portfolio.pricing import best_by_job
from planner.choose.portfolio.schedule import Bound, Schedule, Status
from planner.choose.portfolio.tell import tell

_INTEGER_COLUMNS = 8_000
"""Most columns that an integer program is given; with more, it is given the best of them, and proves nothing."""
_ROWS = 15
"""Configurations of a job that improvement tries at most."""
_ROUNDS = 4
"""Rounds of improvement per job before column generation; times 5 after it."""
_PART = 3_000
"""Columns of some jobs, the others staying where they are, that later integer programs are given."""
_HEAT = 3e-4
"""Share of the objective that improvement may lose at first to gain more later."""
_PASSES = 10
"""Times that every job is looked at in the end, whether it has a better place."""
_NEAR = 1e-7
"""Share of the objective that is rounding."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Columns of the best schedule, if there is one, and what is proven."""

    columns: Ints | None
    """(J,) -1 for a job left out."""
    objective: float
    """-inf without a schedule."""
    bound: float
    """-inf: proven that there is no schedule."""
    within: bool


@dataclass(frozen=True, slots=True)
class Target:
    """When a solution is good enough."""

    gap: float
    until: float
    """By the monotonic clock."""
    least: float = -math.inf
    """Only schedules worth more than this matter; one is enough, and a proof that there is none, too."""


def solve(
    instance: Instance, time_limit_s: float = 120.0, gap: float = 0.01, seed: int = 0, start: Schedule | None = None
) -> Schedule:
    """The best schedule within the gap, or the best that was found in the time.

    `gap` is (bound - objective) / |objective|. `start` is a schedule that may fit, to begin with. The same seed gives
    the same schedule unless the time runs out.

    Raises:
        UnfitInstanceError: the instance contradicts itself.
    """
    until = monotonic() + time_limit_s
    full = build(instance)
    grid = full.only(undominated(full))
    places = {} if start is None else {of.job: Placement(of.configuration, of.start_hours) for of in start.placed}
    solution = solve_grid(grid, Target(gap, until), seed, places)
    columns, objective, most = solution.columns, solution.objective, solution.bound
    if columns is not None:
        search = Search(grid, seed)
        search.offer(columns)
        search.settle(_PASSES)
        search.earliest(_PASSES)
        columns, objective, most = search.best_column, search.best, max(most, search.best)
    if columns is None:
        status = Status.INFEASIBLE if most == -math.inf else Status.NOTHING_FOUND
    else:
        status = Status.WITHIN_GAP if solution.within else Status.TIME_UP
    short = max(most - objective, 0.0)
    bound = Bound(
        objective_usd=most,
        gap=math.nan if columns is None else short / abs(objective) if objective else math.inf if short else 0.0,
        columns=int(full.allowed.sum()),
    )
    return tell(grid, columns, status, bound)


def can_run(grid: Grid, until: float, seed: int) -> Solution:
    """A schedule that places all required jobs, of whatever worth: bound -inf where it is proven that there is none.

    `bound` is inf where there may be one.
    """
    needed = int(grid.required.sum())
    found = solve_grid(elastic(grid), Target(0.0, until, least=needed - 0.5), seed)
    if found.objective > needed - 0.5:
        return Solution(found.columns, found.objective, math.inf, within=True)
    possible = found.bound >= needed - 1e-4
    return Solution(None, -math.inf, math.inf if possible else -math.inf, within=not possible)


def solve_grid(grid: Grid, target: Target, seed: int, places: Mapping[str, Placement] | None = None) -> Solution:
    """Solve, as far as the target asks; `places` of jobs are tried first."""
    return _Solving(grid, target, seed, places or {}).run()


class _Solving:
    """The state of a solution."""

    def __init__(self, grid: Grid, target: Target, seed: int, places: Mapping[str, Placement]) -> None:
        self.grid, self.target, self.seed, self.places = grid, target, seed, places
        self.search = Search(grid, seed)
        self.bound = math.inf
        self.random = np.random.default_rng(seed)

    def run(self) -> Solution:
        """Greedy, a little improvement, the bound, then improvement and integer programs in turn."""
        best, _ = best_by_job(self.grid, self.grid.worth)
        if (self.grid.required & ~np.isfinite(best)).any():
            return Solution(None, -math.inf, -math.inf, within=False)
        if not self.grid.allowed.any():
            return self._nothing()
        self._first(best)
        self.search.improve(self._until(0.1), _ROUNDS * self.grid.job_count)
        if not self.search.complete() and self.target.least == -math.inf:
            start = can_run(self.grid, self._time(0.5), self.seed)
            if start.bound == -math.inf:
                return Solution(None, -math.inf, -math.inf, within=False)
            if start.columns is not None:
                self.search.offer(start.columns)
        found = self._bounded()
        if not self.over() and len(self.grid.lines):
            possible = self._possible(found)
            self.bound = min(self.bound, ledger_bound(self.grid, found, possible, self.floor(), 0.1 * self._left()))
        turn = 0
        while not self.over():
            self._improve(found, turn)
            if not self.over():
                self._integer(found, turn)
            turn += 1
        complete = self.search.complete()
        objective = self.search.best if complete else -math.inf
        return Solution(
            self.search.best_column if complete else None, objective, max(self.bound, objective),
            within=complete and self._within(objective),
        )  # fmt: skip

    def _nothing(self) -> Solution:
        """No job can run at all."""
        if self.search.complete():
            return Solution(self.search.best_column, 0.0, 0.0, within=True)
        return Solution(None, -math.inf, -math.inf, within=False)

    def over(self) -> bool:
        """Whether nothing more is asked, or the time is up."""
        enough = self._within(self.search.best) or -math.inf < self.target.least <= self.search.best
        if self.search.complete() and enough:
            return True
        return self.bound <= self.target.least or self.bound == -math.inf or monotonic() >= self.target.until

    def floor(self) -> float:
        """Only schedules worth more than this are still looked for."""
        best = self.search.best if self.search.complete() else -math.inf
        return max(best + self.target.gap * abs(best) if best > -math.inf else best, self.target.least)

    def _within(self, objective: float) -> bool:
        return self.bound - objective <= max(self.target.gap, _NEAR) * abs(objective) + _NEAR

    def _possible(self, found: Bounded) -> Ints:
        """Columns that a schedule worth more than the floor could hold."""
        return np.flatnonzero(found.bound - found.short_of(self.grid).reshape(-1) > self.floor())

    def _left(self) -> float:
        return max(self.target.until - monotonic(), 0.0)

    def _time(self, share: float) -> float:
        now = monotonic()
        return now + share * max(self.target.until - now, 0.0)

    def _until(self, share: float) -> Callable[[], bool]:
        end = self._time(share)
        return lambda: monotonic() >= end or self.over()

    def _first(self, best: Floats) -> None:
        """Greedy schedules by what a job is worth, how much of it an hour of the pool earns, and how soon it is due."""
        jobs = self.grid.instance.jobs
        most_hours = [self.grid.hours[self.grid.rows(j)].mean() if self.grid.first_row[j] < self.grid.first_row[j + 1]
                      else 1.0 for j in range(self.grid.job_count)]  # fmt: skip
        due = -np.array([math.inf if job.deadline_hours is None else job.deadline_hours for job in jobs])
        first = np.where(self.grid.required, 1e12, 0.0)
        finite = np.where(np.isfinite(best), best, -1e12)
        for priority in (finite, finite / np.array(most_hours), np.maximum(due, -1e11), first + finite):
            self.search.from_scratch(priority)
        planned = {job.name: job.planned for job in jobs if job.planned is not None}
        for places in filter(None, (planned, self.places)):
            self.search.from_places(finite, places)

    def _bounded(self) -> Bounded:
        start = self.search.best_column[self.search.best_column >= 0]
        _, own = best_by_job(self.grid, self.grid.worth)
        enough = self._until(0.4)

        def watch(found: Bounded) -> bool:
            self.bound = min(self.bound, found.bound)
            if found.rounds % 4 == 0:
                best, _ = best_by_job(self.grid, found.left)
                self.search.from_scratch(np.where(self.grid.required, np.inf, best), found.left)
            return enough()

        found = bounded(self.grid, np.union1d(start, own[own >= 0]), watch, max(self.target.gap / 8, 1e-6))
        self.bound = min(self.bound, found.bound)
        return found

    def _improve(self, found: Bounded, turn: int) -> None:
        """Improve with the configurations that are best at the prices of the bound."""
        grid, count = self.grid, self.grid.slot_count
        best_left = found.left.max(axis=1)
        order = np.lexsort((-best_left, grid.job_of))
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order)) - grid.first_row[grid.job_of[order]]
        kept = rank < _ROWS
        chosen = self.search.best_column
        kept[chosen[chosen >= 0] // count] = True
        rows = np.flatnonzero(kept)
        place = np.full(len(kept), -1, np.int64)
        place[rows] = np.arange(len(rows))
        inner = Search(grid.only(rows), self.seed + turn)
        inner.offer(np.where(chosen >= 0, place[chosen // count] * count + chosen % count, -1))
        late = self._until(0.25)
        rounds = (1 + turn) * 5 * _ROUNDS * grid.job_count
        inner.improve(lambda: late() or self._within(inner.best), rounds, found.left[rows], _HEAT)
        better = inner.best_column
        self.search.offer(np.where(better >= 0, rows[better // count] * count + better % count, -1))

    def _integer(self, found: Bounded, turn: int) -> None:
        """Over the columns that a schedule above the floor could hold: all, if few; else the best, or some jobs'."""
        count, floor = self.grid.slot_count, self.floor()
        possible = self._possible(found)
        all_of_them = len(possible) <= _INTEGER_COLUMNS
        chosen = self.search.best_column[self.search.best_column >= 0]
        columns = possible
        if not all_of_them and turn == 0:
            short = found.short_of(self.grid).reshape(-1)[possible]
            columns = possible[np.argsort(short, kind="stable")[:_INTEGER_COLUMNS]]
        elif not all_of_them:
            jobs = self.grid.job_of[possible // count]
            mixed = self.random.permutation(self.grid.job_count)
            room = np.cumsum(np.bincount(jobs, minlength=self.grid.job_count)[mixed]) <= _PART
            columns = possible[np.isin(jobs, mixed[room])]
        columns = np.union1d(columns, chosen)
        left = self._time(0.9 if all_of_them else 0.3 if turn == 0 else 0.08) - monotonic()
        best = self.search.best if self.search.complete() else -math.inf
        integer = solve_integer(self.grid, columns, left, self.target.gap / 2, best)
        if integer.columns is not None:
            schedule = np.full(self.grid.job_count, -1, np.int64)
            schedule[self.grid.job_of[integer.columns // count]] = integer.columns
            self.search.offer(schedule)
        if all_of_them:
            # Of what was left out, nothing is worth more than the floor.
            self.bound = min(self.bound, max(integer.bound, floor, best))
