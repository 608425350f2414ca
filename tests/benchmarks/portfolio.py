"""Our portfolio solver beside a greedy priority queue and first come, first served, on the same made instances.

Prints value delivered, lateness, cost, objective, gap, seconds and memory; asserts nothing: machines differ. Each
instance runs in a process of its own. `python -m tests.benchmarks.portfolio [--jobs 30 60 100 200] [--profile roomy]
[--configurations 50] [--gap 0.05] [--seconds 120] [--untimed 1000] [--seed 0] [--json FILE]`; with `--targets` what is
asked of the planner on two cores (`TARGETS`), for each profile that is named, and whether it is kept.
"""

import argparse
import json
import math
import multiprocessing
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.choose.portfolio.grid import Grid, build
from planner.choose.portfolio.instance import Instance
from planner.choose.portfolio.placing import Board, Layout
from planner.choose.portfolio.schedule import Bound, Schedule, Status
from planner.choose.portfolio.solve import solve
from planner.choose.portfolio.tell import tell
from tests.benchmarks.portfolio_instances import PROFILES, timed, untimed

Row = dict[str, Any]
OURS: Final = "planner"


@dataclass(frozen=True, slots=True)
class Run:
    """One instance, and how near to the best in which time it is to be solved."""

    profile: str
    jobs: int
    gap: float
    seconds: float
    most_mib: float = 4096.0

    def kept(self, ours: Row) -> bool:
        """Whether the planner's row keeps to all of it, with every required job placed."""
        return bool(
            ours["gap"] <= self.gap and ours["seconds"] <= self.seconds and ours["mib"] <= self.most_mib
            and not ours["required_left_out"]
        )  # fmt: skip

    def told(self, ours: Row) -> str:
        """What is asked, and whether it is kept, in words."""
        asked = f"{self.gap:.0%} in {self.seconds:g} s and {self.most_mib:g} MiB"
        verdict = "kept" if self.kept(ours) else "MISSED"
        return f"asked {asked}: {verdict} with {ours['gap']:.2%} in {ours['seconds']:.1f} s and {ours['mib']:.0f} MiB"


TIMED: Final = ((0.05, 120.0), (0.01, 600.0))
"""200 jobs over 4 weeks: gap and seconds."""
UNTIMED: Final = Run("untimed", 1000, 0.01, 20.0)
"""1,000 jobs of 50 configurations under budgets alone."""


def targets(profiles: Sequence[str]) -> list[Run]:
    """What is asked of the planner."""
    return [*(Run(profile, 200, gap, seconds) for profile in profiles for gap, seconds in TIMED), UNTIMED]


def queue(grid: Grid, order: list[int]) -> Schedule:
    """Jobs one after the other, each at its best of what is left: what a queue in front of a cluster does."""
    board = Board(Layout(grid))
    waiting, count = list(order), grid.slot_count
    while waiting:
        ready = [j for j in waiting if all(board.column[grid.edges[e].first] >= 0 for e in board.layout.before[j])]
        if not ready:
            break
        job = ready[0]
        waiting.remove(job)
        rows = grid.rows(job)
        worth = np.where(board.fits(job), grid.worth[rows], -np.inf)
        best = int(worth.argmax())
        if worth.reshape(-1)[best] > (-np.inf if grid.required[job] else 0.0):
            board.put(rows.start * count + best)
    unknown = Bound(objective_usd=np.inf, gap=np.nan, columns=int(grid.allowed.sum()))
    return tell(grid, board.column, Status.TIME_UP, unknown)


def by_priority(grid: Grid) -> list[int]:
    """Jobs by weight: required first, then priority x value, then the deadline."""
    jobs = grid.instance.jobs
    due = [np.inf if job.deadline_hours is None else job.deadline_hours for job in jobs]
    return sorted(range(len(jobs)), key=lambda j: (not jobs[j].required, -jobs[j].priority * jobs[j].value_usd, due[j]))


def by_arrival(grid: Grid) -> list[int]:
    """Jobs by when they may start, then as given."""
    return sorted(range(grid.job_count), key=lambda j: grid.instance.jobs[j].earliest_hours)


def row(who: str, instance: Instance, schedule: Schedule, seconds: float, cpu: float) -> Row:
    """What is printed of a schedule."""
    ran = {placed.job for placed in schedule.placed}
    left = sum(job.required and job.name not in ran for job in instance.jobs)
    return {
        "who": who, "jobs": len(instance.jobs), "objective_usd": schedule.objective_usd, "gap": schedule.bound.gap,
        "value_usd": schedule.value_usd, "quality": schedule.quality, "lateness_usd": schedule.lateness_usd,
        "cost_usd": schedule.cost_usd, "ran": len(ran), "required_left_out": left, "seconds": seconds, "cpu_s": cpu,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "status": str(schedule.status),
    }  # fmt: skip


def compare(asked: tuple[str, int, int, int, float, float]) -> list[Row]:
    """All three on one instance."""
    profile, jobs, configurations, seed, seconds, gap = asked
    instance = (
        untimed(jobs, configurations, seed) if profile == "untimed" else timed(jobs, configurations, profile, seed)
    )
    rows = []
    for who, ordered in (("first come", by_arrival), ("priority queue", by_priority)):
        wall, cpu = time.perf_counter(), time.process_time()
        grid = build(instance)
        schedule = queue(grid, ordered(grid))
        rows.append(row(who, instance, schedule, time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = time.perf_counter(), time.process_time()
    schedule = solve(instance, seconds, gap, seed)
    rows.append(row(OURS, instance, schedule, time.perf_counter() - wall, time.process_time() - cpu))
    return [{"profile": profile} | of for of in rows]


def plain(of: Row) -> Row:
    """The row with null for what is no number: a queue proves no gap."""
    return {key: None if isinstance(v, float) and not math.isfinite(v) else v for key, v in of.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, nargs="*", default=[30, 60, 100])
    parser.add_argument("--profile", nargs="*", choices=list(PROFILES), default=list(PROFILES))
    parser.add_argument("--configurations", type=int, default=50)
    parser.add_argument("--untimed", type=int, nargs="*", default=[])
    parser.add_argument("--gap", type=float, default=0.05)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--targets", action="store_true", help="what is asked of the planner, instead of --jobs")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    runs = targets(asked.profile) if asked.targets else [
        *(Run(profile, jobs, asked.gap, asked.seconds) for jobs in asked.jobs for profile in asked.profile),
        *(Run("untimed", jobs, asked.gap, asked.seconds) for jobs in asked.untimed),
    ]  # fmt: skip
    rows: list[Row] = []
    print(f"{'profile':8} {'jobs':>5} {'who':14} {'objective':>10} {'gap':>7} {'value':>9} {'late':>8} {'cost':>9}"
          f" {'ran':>5} {'missing':>7} {'wall s':>7} {'cpu s':>7} {'MiB':>6}")  # fmt: skip
    for one in runs:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            task = (one.profile, one.jobs, asked.configurations, asked.seed, one.seconds, one.gap)
            made = pool.map(compare, [task])[0]
        for of in made:
            print(f"{of['profile']:8} {of['jobs']:5} {of['who']:14} {of['objective_usd']:10,.0f} {of['gap']:7.2%}"
                  f" {of['value_usd']:9,.0f} {of['lateness_usd']:8,.0f} {of['cost_usd']:9,.0f} {of['ran']:5}"
                  f" {of['required_left_out']:7} {of['seconds']:7.1f} {of['cpu_s']:7.1f} {of['mib']:6.0f}")  # fmt: skip
        ours = next(of for of in made if of["who"] == OURS)
        print(f"         {one.told(ours)}", flush=True)
        rows += [of | {"asked_gap": one.gap, "asked_s": one.seconds, "asked_mib": one.most_mib,
                       "kept": one.kept(of) if of is ours else None} for of in made]  # fmt: skip
    if asked.json:
        asked.json.write_text(json.dumps([plain(of) for of in rows], indent=1, allow_nan=False) + "\n")


if __name__ == "__main__":
    main()
