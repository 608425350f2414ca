"""Epochs past the knee: how many past runs needed, chosen on the older ones and judged on the newer ones.

The knee is where an epoch's part of the gain falls below its part of the cost: the largest distance between the two
cumulated shares (Satopää et al. 2011, Kneedle). It is moved on until enough of the best metric is kept.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.spend.advice.early_stop import least_kept
from planner.spend.advice.found import Found
from planner.spend.advice.history import LONGEST_DAYS, RECENT_DAYS, History
from planner.spend.advice.past_runs import Curve, curves, looked_at_from, past_runs, recent, touched
from planner.units import share_text

FEWEST_RUNS: Final = 4
"""Two to choose on, two to judge on."""


def by_epoch(curve: Curve, epochs: int) -> tuple[Floats, Floats, Floats]:
    """(epochs,) best value, share of the cost and share of the best kept when each epoch ends.

    What stands at the first evaluation counts for epochs before it; a run that is over stays as it ended.
    """
    at = np.searchsorted(curve.epoch, np.arange(1, epochs + 1) + 1e-9, side="right") - 1
    at = np.maximum(at, 0)
    over = np.arange(1, epochs + 1) >= curve.epoch[-1] - 1e-9
    return curve.best[at], np.where(over, 1.0, curve.share[at]), curve.kept[at]


def knee(best: Floats, share: Floats) -> int:
    """Epochs, from 1, up to which an epoch's part of the gain is at least its part of the cost."""
    gain, cost = abs(best[-1] - best[0]), share[-1] - share[0]
    if not gain > 0.0 or not cost > 0.0:
        return 1
    apart = np.abs(best - best[0]) / gain - (share - share[0]) / cost
    return int(np.flatnonzero(apart >= apart.max() - 1e-12)[0]) + 1


def enough(chosen_on: Sequence[Curve], epochs: int, least: float) -> int | None:
    """The fewest epochs, past the knee, at which these runs kept enough; None where only all of them are."""
    tables = [by_epoch(curve, epochs) for curve in chosen_on]
    start = round(float(np.median([knee(best, share) for best, share, _ in tables])))
    kept = np.array([kept for _, _, kept in tables])
    return next((e for e in range(max(start, 1), epochs) if least_kept(kept[:, e - 1]) >= least), None)


def find(history: History) -> Iterator[Found]:
    """One for each job, or model, whose later runs would have done with the epochs that the earlier ones needed."""
    least = history.settings.quality_kept
    runs = [run for run in past_runs(history, LONGEST_DAYS) if run.status in ("ok", "") and np.isfinite(run.cost_usd)]
    groups: dict[str, list[Curve]] = defaultdict(list)
    for curve in curves(history, runs):
        usable = np.isfinite(curve.epoch).all() and (np.diff(curve.epoch) >= 0.0).all() and np.isfinite(curve.kept[-1])
        if curve.run.group and usable and curve.epoch[-1] >= 2.0:
            groups[curve.run.group].append(curve)
    for group, mine in sorted(groups.items()):
        mine.sort(key=lambda curve: (curve.run.started, curve.run.run))
        if len(mine) < FEWEST_RUNS or not recent(history, [mine[-1].run], RECENT_DAYS):
            continue
        older, newer = mine[: len(mine) // 2], mine[len(mine) // 2 :]
        most = int(max(np.ceil(curve.epoch[-1]) for curve in mine))
        number = enough(older, most, least)
        if number is None:
            continue
        tables = [by_epoch(curve, most) for curve in newer]
        saved = np.array([c.run.cost_usd * (1.0 - t[1][number - 1]) for c, t in zip(newer, tables, strict=True)])
        kept = least_kept([table[2][number - 1] for table in tables])
        if kept < least or not saved.sum() > 0.0:
            continue
        hours = sum(c.run.hours * (1.0 - t[1][number - 1]) for c, t in zip(newer, tables, strict=True))
        usual = float(np.median([curve.epoch[-1] for curve in newer]))
        then, now = (float(np.median([table[0][place] for table in tables])) for place in (number - 1, -1))
        metric = newer[-1].run.metric.replace("_", " ") if newer[-1].by_metric else ""
        yield Found(
            kind="epochs",
            about=group,
            text=f"Train {group} for {number} epoch{'s' if number > 1 else ''} in place of {usual:g}.",
            savings_usd=saved,
            first=looked_at_from(history, [curve.run for curve in newer]),
            end=history.end,
            hours_saved=float(hours),
            steps=(
                f"Set the epochs to {number}, and the schedule of the learning rate with them.",
                "Evaluate once against the longer run before it becomes the rule.",
            ),
            risk=(
                f"{metric or 'The loss'} at the median {then:.3g} in place of {now:.3g}; all but 5 % of the newer runs "
                f"kept {share_text(kept, 1)} of their best or more. A schedule that is shorter ends elsewhere than a "
                "long one that is cut."
            ),
            basis=(
                f"Chosen on the {len(older)} older runs (the knee of gain against cost, and "
                f"{share_text(least)} of the best kept); judged on the {len(newer)} newer ones from "
                f"{history.day(newer[0].run.started)} on, cut after {number}."
            ),
            touched=touched([curve.run for curve in newer]),
            at_most="medium",  # none of these runs had the shorter schedule
        )
