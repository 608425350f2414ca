"""Runs of the month, and how many of them failed."""

from typing import Final

from planner.outcome.review.operations import RunCounts
from planner.spend.months import Month
from planner.spend.spans import Span
from planner.spend.store import Store
from planner.spend.sums import total

USUAL_MONTHS: Final = 3
_COUNTS: Final = f"""
    SELECT coalesce(team, ''), count(*), count(*) FILTER (WHERE status = 'failed'),
           count(*) FILTER (WHERE status <> 'running'), {total("cost_usd")},
           {total("cost_usd", "status = 'failed'")},
           {total("gpu_count * epoch_ms(ended - started) / 3600000.0", "ended >= started")}
    FROM runs WHERE day >= ? AND day < ? GROUP BY GROUPING SETS ((), (team))
    HAVING count(*) > 0 AND (grouping(team) = 1 OR team <> '')
    ORDER BY grouping(team) DESC, 2 DESC, 1"""


def runs_of(store: Store, month: Month, span: Span) -> list[RunCounts]:
    """All runs first, then by team, the most first; runs whose team nothing tells are among all only.

    The failure rate is failed over ended; running ones are neither. Costs and GPU-hours are of the runs that say them.
    """
    usual = {
        team: failed / ended
        for team, _, failed, ended, *_ in store.rows(_COUNTS, [month.later(-USUAL_MONTHS).first, month.first])
        if ended
    }
    return [
        RunCounts(
            team=team, runs=runs, failed=failed, cost_usd=cost, failed_usd=lost if failed else 0.0, gpu_hours=hours,
            failure_rate=failed / ended if ended else None, usual_failure_rate=usual.get(team),
        )
        for team, runs, failed, ended, cost, lost, hours in store.rows(_COUNTS, [span.first, span.end])
    ]  # fmt: skip
