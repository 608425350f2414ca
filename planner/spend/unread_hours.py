"""Rules that split by GPU-hours, where the bill tells those of some and not of others that used GPUs too."""

from collections.abc import Sequence
from typing import Final

from planner.scenario.spend_rules import Rule
from planner.source.excerpt import quoted as shown
from planner.spend.conditions import quoted
from planner.spend.months import Month
from planner.spend.store import Store

MOST: Final = 5
"""Values that are told."""


def unread_hours_of(store: Store, rules: Sequence[Rule], month: Month) -> list[str]:
    """Sentences on values that pay no part of a rule by GPU-hours in the month, though runs of theirs had GPUs.

    The bill names their machines in a way that no GPU can be read from, so that the others pay their part.
    """
    told = []
    for rule in rules:
        if rule.activity != "gpu_hours" or rule.by not in store.dimensions:
            continue
        by = quoted(rule.by)
        found = store.rows(
            f"SELECT {by} FROM runs WHERE {by} <> '' AND gpu_count > 0 AND day >= ? AND day < ? AND {by} NOT IN "
            f"(SELECT {by} FROM allocated WHERE gpu_hours > 0 AND day >= ? AND day < ?) "
            f"AND {by} IN (SELECT {by} FROM allocated WHERE effective_usd > 0 AND day >= ? AND day < ?) "
            f"GROUP BY {by} ORDER BY {by}",
            [month.first, month.end] * 3,
        )
        if found:
            names = ", ".join(shown(value) for (value,) in found[:MOST])
            more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
            told.append(
                f"rule {rule.name}: runs of {names}{more} had GPUs in {month}, and the bill tells no GPU-hours of "
                "theirs, so that the others pay their part; name the machine in SkuPriceDetails, or tag its runs"
            )
    return told
