"""Stopping on a plateau: past runs replayed, as if they had ended after so many evaluations without a better one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.spend.advice.found import Found
from planner.spend.advice.history import LONGEST_DAYS, RECENT_DAYS, History
from planner.spend.advice.past_runs import Curve, curves, looked_at_from, past_runs, recent, touched, trust_in
from planner.units import share_text


@dataclass(frozen=True, slots=True)
class Stopped:
    """A run as the rule would have left it."""

    curve: Curve
    share: float
    """Of the run that was over; 1 where the rule would not have stopped it."""
    kept: float
    """Of the run's best; NaN where shares of the metric mean nothing."""


def stopped(curve: Curve, patience: int) -> Stopped:
    """The run, stopped at the first evaluation that is `patience` after the best so far (Prechelt 1998, UP_s)."""
    best = curve.best
    better = np.concatenate([[True], best[1:] != best[:-1]])
    since = np.arange(len(best)) - np.maximum.accumulate(np.where(better, np.arange(len(best)), 0))
    late = np.flatnonzero(since >= patience)
    at = int(late[0]) if len(late) else len(best) - 1
    return Stopped(curve, float(curve.share[at]) if len(late) else 1.0, float(curve.kept[at]))


def least_kept(kept: Floats | Sequence[float]) -> float:
    """What all but 5 % of the runs keep at least; of 20 runs or fewer, the worst."""
    return float(np.quantile(np.asarray(kept, np.float64), 0.05, method="lower"))


def find(history: History) -> Iterator[Found]:
    """One for each job, or model, whose runs would have kept enough of their best."""
    patience, least = history.settings.patience, history.settings.quality_kept
    runs = past_runs(history, LONGEST_DAYS)
    groups: dict[str, list[Stopped]] = defaultdict(list)
    for curve in curves(history, [run for run in runs if run.finished]):
        one = stopped(curve, patience)
        if curve.run.group and np.isfinite(one.kept) and np.isfinite(curve.run.cost_usd):
            groups[curve.run.group].append(one)
    for group, found in sorted(groups.items()):
        mine = [one.curve.run for one in found]
        worst = least_kept([one.kept for one in found])
        saved = np.array([one.curve.run.cost_usd * (1.0 - one.share) for one in found])
        if worst < least or not saved.sum() > 0.0 or not recent(history, mine, RECENT_DAYS):
            continue
        early = [one for one in found if one.share < 1.0]
        hours = sum(one.curve.run.hours * (1.0 - one.share) for one in early)
        metric = (mine[-1].metric if found[-1].curve.by_metric else "") or "the loss"
        yield Found(
            kind="early_stop",
            about=group,
            text=f"Stop runs of {group} after {patience} evaluations without a better one.",
            savings_usd=saved,
            first=looked_at_from(history, mine),
            end=history.end,
            hours_saved=float(hours),
            steps=(
                f"Turn early stopping on with a patience of {patience}, on {metric}.",
                "Keep the checkpoint of the best evaluation, not the last.",
            ),
            risk=f"What gets better after a plateau is lost: past runs kept {share_text(worst, 1)} of their best.",
            basis=(
                f"{len(found)} runs replayed, from {history.day(mine[0].started)} on: {len(early)} of them would have "
                f"been stopped early; what they cost after that is saved. Kept on the mean "
                f"{share_text(float(np.mean([one.kept for one in found])), 1)} of the best."
            ),
            touched=touched([one.curve.run for one in early]),
            at_most=trust_in(mine),
        )
