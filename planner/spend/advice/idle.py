"""Idle machines: billed hours in which no kernel ran, from the second hour on end.

A machine whose model answered requests in an hour, or on a day that is logged in one row, was not idle in it: fewer
replicas are the advice there.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from planner.gpu_metrics import IDLE_BELOW
from planner.spend.advice.found import Found, Touched
from planner.spend.advice.history import RECENT_DAYS, History
from planner.spend.advice.own_rates import Card, card_key, card_name, card_words
from planner.spend.advice.sampled import HOURS, bounds, items_of
from planner.spend.sums import total
from planner.units import share_text, usd

_NAMED = 5
FEWEST_DAYS: Final = 7
"""Days that samples of a card must reach over: a week has days of work and others."""
_QUERY = f"""{HOURS}, asked AS (
    SELECT model, date_trunc('day', hour) AS date, CASE WHEN count(DISTINCT hour) > 1 THEN list(DISTINCT hour) END AS at
    FROM usage WHERE requests > 0 AND model <> '' GROUP BY ALL
), both_known AS (
    SELECT *, busy < ? AND NOT answers AS idle, lag(idle) OVER one AS idle_before, lag(hour) OVER one AS hour_before
    FROM (
        SELECT b.*, s.busy, a.model IS NOT NULL AND (a.at IS NULL OR list_contains(a.at, b.hour)) AS answers
        FROM billed b JOIN sampled s USING (host, hour)
        LEFT JOIN asked a ON a.model = b.model AND a.date = date_trunc('day', b.hour)
    ) WHERE busy IS NOT NULL AND usd IS NOT NULL
    WINDOW one AS (PARTITION BY host ORDER BY hour)
)
SELECT provider, gpu, host, date_trunc('week', hour) AS week, {total("usd")}, {total("usd", "idle")},
    {total("usd", "idle AND idle_before AND hour_before = hour - INTERVAL 1 HOUR")},
    count(*) FILTER (idle AND idle_before AND hour_before = hour - INTERVAL 1 HOUR), min(hour)
FROM both_known GROUP BY ALL ORDER BY ALL"""


def find(history: History) -> Iterator[Found]:
    """One for each provider and card: what switching machines off after one idle hour would have saved."""
    groups: dict[Card, list[tuple[Any, ...]]] = defaultdict(list)
    for row in history.store.rows(_QUERY, [*bounds(history, RECENT_DAYS), IDLE_BELOW]):
        groups[row[0], row[1]].append(row)
    for card, mine in groups.items():
        weeks, hosts = defaultdict[datetime.datetime, float](float), defaultdict[str, float](float)
        for row in mine:
            weeks[row[3]] += row[6] or 0.0
            hosts[row[2]] += row[6] or 0.0
        saved = np.array([weeks[week] for week in sorted(weeks)])
        first = history.day(min(row[8] for row in mine))
        if not saved.sum() > 0.0 or (history.end - first).days < FEWEST_DAYS:
            continue
        largest = sorted((host for host in hosts if hosts[host] > 0.0), key=lambda host: (-hosts[host], host))
        paid, idle = sum(row[4] for row in mine), sum(row[5] or 0.0 for row in mine)
        yield Found(
            kind="idle",
            about=card_name(card),
            text=f"Switch machines with {card_words(card)} off once they have been idle for an hour.",
            savings_usd=saved,
            first=first,
            end=history.end,
            steps=(
                "Begin with " + ", ".join(f"{host} ({usd(hosts[host])})" for host in largest[:_NAMED]) + ".",
                "Have the scheduler, or a job on the machine, shut it down after an hour below "
                f"{share_text(IDLE_BELOW)}.",
            ),
            risk="Work that comes waits for a machine to start, and one may not be to be had.",
            basis=(
                f"{len(hosts)} hosts that are sampled and billed, from {first} on: {usd(idle)} of {usd(paid)} in hours "
                f"without requests and with kernels for less than {share_text(IDLE_BELOW)} of the time. Saved is what "
                f"such hours cost from the second on end ({sum(row[7] for row in mine):,} host-hours); committed hours "
                "are not in it."
            ),
            touched=Touched(items_of(history, largest), frozenset({card_key(card)})),
        )
