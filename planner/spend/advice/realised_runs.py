"""What came of advice on runs: epochs, samples and failures since then against before."""

import datetime
from typing import Any, Final

from planner.spend.advice.since import Outcome, Since
from planner.spend.sums import total
from planner.units import compact, share_text

LOST: Final = "status IN ('failed', 'preempted')"


def _one(since: Since, about: str, what: str, window: list[datetime.datetime], where: str = "true") -> tuple[Any, ...]:
    """Aggregates over the runs of a job, else of a model, that started in a time."""
    return since.store.rows(
        f"SELECT {what} FROM runs WHERE (job = ? OR (job = '' AND model = ?)) AND started >= ? AND started < ? "
        f"AND cost_usd IS NOT NULL AND {where}",
        [about, about, *window],
    )[0]


def _less(since: Since, about: str, column: str) -> Outcome:
    """Fewer epochs or samples a run than before, at what one cost since; runs that did not fail."""
    where = f"status IN ('ok', 'stopped', '') AND {column} > 0"
    what = f"count(*), {total(column)} / count({column}), {total('cost_usd')} / nullif({total(column)}, 0)"
    runs, mean, usd_each = _one(since, about, what, since.window(), where)
    _, mean_before, _ = _one(since, about, what, since.before(), where)
    if not runs:
        return Outcome(None, f"no run that tells its {column} and its cost")
    word = compact(mean) if column == "samples" else f"{mean:.3g}"
    if mean_before is None:
        return Outcome(None, f"{word} {column} a run, and nothing is known of before")
    was = compact(mean_before) if column == "samples" else f"{mean_before:.3g}"
    return Outcome(
        runs * (mean_before - mean) * usd_each, f"{runs:,} runs of {word} {column} on the mean, {was} before"
    )


def shorter(since: Since, about: str) -> Outcome:
    """Epochs that were not trained."""
    return _less(since, about, "epochs")


def smaller(since: Since, about: str) -> Outcome:
    """Samples that were not trained on."""
    return _less(since, about, "samples")


def failing(since: Since, about: str) -> Outcome:
    """Money in failed runs: its share before less its share since, of what runs cost since."""
    what = f"{total('cost_usd')}, coalesce({total('cost_usd', LOST)}, 0)"
    paid, lost = _one(since, about, what, since.window())
    paid_before, lost_before = _one(since, about, what, since.before())
    if not paid or not paid_before:
        return Outcome(None, "no runs before and since that tell their cost")
    share, before = lost / paid, lost_before / paid_before
    return Outcome(
        (before - share) * paid, f"{share_text(share)} of the money was in failed runs, {share_text(before)} before"
    )
