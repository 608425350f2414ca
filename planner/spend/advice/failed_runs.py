"""Failed runs that were done again: what checkpoints and resuming would have kept of them."""

import datetime
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from planner.estimate.spot import best_interval_hours
from planner.spend.advice.found import Found
from planner.spend.advice.history import LONGEST_DAYS, RECENT_DAYS, History
from planner.spend.advice.past_runs import PastRun, looked_at_from, past_runs, recent, touched, trust_in
from planner.spend.advice.spot import CHECKPOINT_HOURS, RELOAD_HOURS
from planner.units import duration, share_text, usd

AGAIN: Final = datetime.timedelta(days=7)
"""A run of the same job that starts within this time of a failure does its work again."""
_LOST: Final = ("failed", "preempted")


def done_again(runs: Sequence[PastRun]) -> list[tuple[PastRun, PastRun]]:
    """Failed runs, each with the next run of its job that did its work again; a run does so once."""
    pairs, taken = [], set()
    for place, run in enumerate(runs):
        if run.status not in _LOST:
            continue
        end = run.started + datetime.timedelta(hours=run.hours)
        for next_ in runs[place + 1 :]:
            if next_.started > end + AGAIN:
                break
            if next_.started >= end and next_.run not in taken:
                taken.add(next_.run)
                pairs.append((run, next_))
                break
    return pairs


def kept_hours(hours: float, interval_hours: float) -> float:
    """Work of a failed run that its last checkpoint has, less what starting from it takes.

    It fails half an interval after a checkpoint on the mean (Young 1974); a checkpoint takes its part of each.
    """
    working = interval_hours / (interval_hours + CHECKPOINT_HOURS)
    return max(hours * working - interval_hours / 2.0 - RELOAD_HOURS, 0.0)


def find(history: History) -> Iterator[Found]:
    """One for each job, or model, whose failures were done again from the start."""
    groups: dict[str, list[PastRun]] = defaultdict(list)
    for run in past_runs(history, LONGEST_DAYS):
        if run.group and math.isfinite(run.cost_usd) and (run.finished or run.status in _LOST):
            groups[run.group].append(run)
    for group, runs in sorted(groups.items()):
        failed = [run for run in runs if run.status in _LOST]
        pairs = done_again(runs)
        if not pairs or not recent(history, failed, RECENT_DAYS):
            continue
        hours = sum(run.hours for run in runs)
        interval = float(best_interval_hours(np.array(len(failed) / hours), np.array(CHECKPOINT_HOURS)))
        kept = np.array([min(kept_hours(a.hours, interval), b.hours) for a, b in pairs])
        # What is not done again costs as much an hour as the run that did it again.
        saved = kept * np.array([b.cost_usd / b.hours for _, b in pairs])
        writing = sum(
            run.cost_usd * CHECKPOINT_HOURS / (interval + CHECKPOINT_HOURS) for run in runs if run not in failed
        )
        saved = saved - writing / len(pairs)
        if not saved.sum() > 0.0:
            continue
        lost = sum(run.cost_usd for run in failed)
        yield Found(
            kind="failed_runs",
            about=group,
            text=f"Checkpoint runs of {group} every {duration(interval)} and resume them where they failed.",
            savings_usd=saved,
            first=looked_at_from(history, runs),
            end=history.end,
            hours_saved=float(kept.sum()),
            steps=(
                f"Write a checkpoint every {duration(interval)} to storage that outlives the machine.",
                "Start again from the last one; a step at full size before the run finds what fails at once.",
            ),
            risk="Runs that fail for a fault of their own fail again; find the causes of the largest first.",
            basis=(
                f"{len(failed)} of {len(runs)} runs from {history.day(runs[0].started)} on failed, {usd(lost)} or "
                f"{share_text(lost / sum(run.cost_usd for run in runs))} of the money; {len(pairs)} were done again "
                "within a week. Saved is what the last checkpoint would have kept of them, less half an interval, the "
                "restart and the time of writing checkpoints in all runs."
            ),
            touched=touched([run for pair in pairs for run in pair]),
            at_most=trust_in(runs),
        )
