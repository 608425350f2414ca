"""Good schedules quickly: greedy insertion, and improvement by taking some jobs off and putting them back better."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.choose.portfolio.grid import Grid
from planner.choose.portfolio.instance import Placement
from planner.choose.portfolio.placing import Board, Layout

_ROUNDING = 1e-9
"""Share of what a job is worth that is rounding."""
Clock = Callable[[], bool]
"""Whether time is up."""


class Search:
    """Best schedule so far. A required job that is not placed costs `missing`, so that it comes in when it can."""

    def __init__(self, grid: Grid, seed: int) -> None:
        """Nothing found yet."""
        self.grid, self.layout = grid, Layout(grid)
        self.random = np.random.default_rng(seed)
        finite = np.where(np.isfinite(grid.worth), grid.worth, 0.0)
        by_job = [np.abs(finite[grid.rows(j)]).max(initial=0.0) for j in range(grid.job_count)]
        self.missing = 1.0 + 2.0 * float(np.sum(by_job))
        self.best_column: Ints = np.full(grid.job_count, -1, np.int64)
        self.best = self.score(self.best_column)
        self.depth = np.zeros(grid.job_count, np.int64)
        self.depth[list(grid.order)] = np.arange(grid.job_count)
        self.followers = _followers(grid)

    def score(self, column: Ints) -> float:
        """Worth of a schedule, less what its missing jobs cost."""
        placed = column[column >= 0]
        gone: float = int((self.grid.required & (column < 0)).sum())
        short = self._short(placed)
        gone = gone + (1.0 + short if short > 0 else 0.0)
        return float(self.grid.worth.reshape(-1)[placed].sum()) - self.missing * gone

    def complete(self) -> bool:
        """Whether the best schedule places every required job, and is as good as is asked for."""
        gone = (self.grid.required & (self.best_column < 0)).any()
        return not gone and self._short(self.best_column[self.best_column >= 0]) == 0

    def _short(self, placed: Ints) -> float:
        """By how much a schedule stays below what is asked for at least."""
        floors = self.grid.floors
        if not len(floors):
            return 0.0
        above = self.grid.ledger(placed)[floors].sum(axis=1) - self.grid.limits[floors]
        return float(np.where(above > self.layout.slack[floors], above, 0.0).sum())

    def offer(self, column: Ints) -> bool:
        """Keep a schedule if it is the best so far."""
        score = self.score(column)
        if score > self.best + 1e-9 * (1 + abs(self.best)):
            self.best, self.best_column = score, column.copy()
            return True
        return False

    def insert(self, board: Board, jobs: Sequence[int], scores: Floats | None = None, noise: float = 0.0) -> None:
        """Put jobs in, one after the other, each where `scores` (R, T) is best; optional ones only if worth it."""
        grid = self.grid
        for job in jobs:
            if grid.first_row[job] == grid.first_row[job + 1]:
                continue
            rows = grid.rows(job)
            score = np.where(board.fits(job), (grid.worth if scores is None else scores)[rows], -np.inf)
            if noise:
                score = score + noise * self.random.standard_normal((score.shape[0], 1))
            at = int(score.argmax())
            best = float(score.reshape(-1)[at])
            if best == -np.inf or (best <= 0 and not (grid.required[job] or self._needed(job))):
                continue
            board.put(rows.start * grid.slot_count + at)

    def from_scratch(self, priority: Floats, scores: Floats | None = None) -> Board:
        """A new schedule: jobs of larger priority first, though after those that they follow."""
        board = Board(self.layout)
        self.insert(board, self.in_order(priority), scores)
        self.offer(board.column)
        return board

    def from_places(self, priority: Floats, places: Mapping[str, Placement]) -> None:
        """The schedule in which jobs are where some names put them, as far as that fits, the others added."""
        board, count = Board(self.layout), self.grid.slot_count
        for job in self.grid.order:
            planned = places.get(self.grid.instance.jobs[job].name)
            if planned is None:
                continue
            rows = self.grid.rows(job)
            names = self.grid.row_names[rows]
            slot = round(planned.start_hours / self.grid.instance.slot_hours)
            if planned.configuration in names and slot < count:
                row = names.index(planned.configuration)
                if board.fits(job)[row, slot]:
                    board.put((rows.start + row) * count + slot)
        self.insert(board, [job for job in self.in_order(priority) if board.column[job] < 0])
        self.offer(board.column)

    def in_order(self, priority: Floats) -> list[int]:
        """Jobs by priority, a job that others follow no later than its best follower."""
        lifted = priority.copy()
        for job in sorted(range(self.grid.job_count), key=lambda j: -int(self.depth[j])):
            for follower in self.followers[job]:
                lifted[job] = max(lifted[job], lifted[follower])
        return [int(j) for j in np.lexsort((self.depth, -lifted))]

    def improve(self, time_is_up: Clock, rounds: int, scores: Floats | None = None, heat: float = 1e-12) -> int:
        """Take jobs off and put them back, keeping what is not worse by more than the share `heat`, which falls to 0.

        Returns how often it became better.
        """
        grid = self.grid
        board = Board(self.layout)
        for job in grid.order:
            if self.best_column[job] >= 0:
                board.put(int(self.best_column[job]))
        current, better = self.best, 0
        spread = float(np.median(np.abs(grid.worth[np.isfinite(grid.worth)]))) if np.isfinite(grid.worth).any() else 0.0
        for turn in range(rounds):
            if time_is_up():
                break
            taken = self._neighbourhood(board)
            old = board.column[taken].copy()
            for job in taken:
                if board.column[job] >= 0:
                    board.drop(job)
            priority = self.random.random(grid.job_count)
            noise = spread * float(self.random.choice([0.0, 0.02, 0.1]))
            use = scores if turn % 2 else None
            self.insert(board, [j for j in self.in_order(priority) if j in taken], use, noise)
            score = self.score(board.column)
            if score >= current - heat * (1.0 - turn / rounds) * abs(self.best):
                better += score > current + 1e-9
                current = score
                self.offer(board.column)
                continue
            for job in taken:
                if board.column[job] >= 0:
                    board.drop(job)
            for column in old[old >= 0].tolist():
                board.put(column)
        return better

    def settle(self, passes: int) -> None:
        """Put one job after the other where it is worth most, the others staying; until none moves, or so many times.

        A schedule that is proven near enough to the best may still have a job in the second-best place.
        """
        grid, board = self.grid, Board(self.layout)
        for job in grid.order:
            if self.best_column[job] >= 0:
                board.put(int(self.best_column[job]))
        for _ in range(passes):
            before = self.best
            for job in grid.order:
                old = int(board.column[job])
                if old >= 0:
                    board.drop(job)
                self.insert(board, [job])
                alone = board.column[job] < 0 and any(board.column[f] >= 0 for f in self.followers[job])
                if (alone or not self.offer(board.column)) and board.column[job] != old:
                    if board.column[job] >= 0:
                        board.drop(job)
                    if old >= 0:
                        board.put(old)
            if self.best == before:
                return

    def earliest(self, passes: int) -> None:
        """Among starts that are worth the same take the earliest: of the same configuration, all else staying.

        In order of start, so that what follows moves up after what it waits for; until none moves, or so many times. A
        job loses no more than rounding against where it was before all passes, so one that earns by staying where it
        was planned stays there.
        """
        grid, board = self.grid, Board(self.layout)
        worth, count = grid.worth.reshape(-1), grid.slot_count
        for job in grid.order:
            if self.best_column[job] >= 0:
                board.put(int(self.best_column[job]))
        kept = board.column >= 0
        least = np.full(grid.job_count, -np.inf)
        least[kept] = worth[board.column[kept]] - _ROUNDING * (1.0 + np.abs(worth[board.column[kept]]))
        for _ in range(passes):
            moved = False
            placed = np.flatnonzero(board.column >= 0)
            for job in placed[np.lexsort((self.depth[placed], board.column[placed] % count))].tolist():
                row, start = divmod(int(board.column[job]), count)
                board.drop(job)
                fits = board.fits(job)[row - grid.first_row[job], :start]
                earlier = np.flatnonzero(fits & (grid.worth[row, :start] >= least[job]))
                moved |= bool(len(earlier))
                board.put(row * count + (int(earlier[0]) if len(earlier) else start))
            if not moved:
                break
        self.best_column = board.column
        self.best = self.score(board.column)

    def _neighbourhood(self, board: Board) -> list[int]:
        """Some jobs that have to do with each other: near in time and pool, or any; and all that follow them."""
        grid, random = self.grid, self.random
        size = int(random.integers(2, 3 + min(14, max(2, grid.job_count // 4))))
        seed = int(random.integers(grid.job_count))
        kind = random.random()
        if kind < 0.5 and board.column[seed] >= 0:
            placed = np.flatnonzero(board.column >= 0)
            rows, starts = np.divmod(board.column[placed], grid.slot_count)
            row, start = divmod(int(board.column[seed]), grid.slot_count)
            far = np.abs(starts - start) + 20.0 * (grid.pool[rows, 0] != grid.pool[row, 0])
            far = far + 6.0 * random.random(len(far))
            chosen = placed[np.argsort(far)[:size]].tolist()
            out = np.flatnonzero(board.column < 0)
            if len(out):
                chosen += random.choice(out, min(len(out), 4), replace=False).tolist()
        else:
            chosen = random.choice(grid.job_count, min(size, grid.job_count), replace=False).tolist()
        stack, taken = [seed, *chosen], set()
        while stack:
            job = stack.pop()
            if job not in taken:
                taken.add(job)
                stack += self.followers[job]
        return sorted(taken)

    def _needed(self, job: int) -> bool:
        """Whether another job can run only if this one does, and gains more than this one loses."""
        return any(self.grid.required[f] or self._gain(f) > 0 or self._needed(f) for f in self.followers[job])

    def _gain(self, job: int) -> float:
        return float(self.grid.worth[self.grid.rows(job)].max(initial=-np.inf))


def _followers(grid: Grid) -> list[list[int]]:
    followers: list[list[int]] = [[] for _ in range(grid.job_count)]
    for edge in grid.edges:
        followers[edge.first].append(edge.then)
    return followers
