"""What a scenario asks bills for and no charge has: budgets and rules that fit nothing, mostly for a name mistyped."""

from collections.abc import Iterator, Mapping
from typing import Final

from planner.catalog.names import suggest
from planner.scenario.spend_review import SpendReview
from planner.scenario.spend_rules import CHARGE_COLUMNS
from planner.source.excerpt import quoted as shown
from planner.spend.conditions import condition, quoted, told
from planner.spend.store import Store

Where = Mapping[str, str | list[str]]
MOST_LOOKED_AT: Final = 2000
"""Values of a column among which the one that was meant is looked for: those with the most cost."""
MOST_NAMED: Final = 5


def unmatched_of(store: Store, scenario: SpendReview) -> list[str]:
    """Sentences on budgets and rules whose `where` fits no charge of any month, with the values that were likely meant.

    Rules look at charges as the bills tell them (`cells`), budgets at what is attributed (`allocated`). Empty without
    charges, which `doubts_of` tells. Raises InputError where a `where` asks for what there is not.
    """
    if not store.rows("SELECT count(*) FROM cells")[0][0]:
        return []
    asked = [("rule", rule.name, "cells", rule.where) for rule in scenario.attribution.rules]
    asked += [("budget", budget.name, "allocated", budget.where) for budget in scenario.budgets]
    return [
        f"{what} {name}: no charge of any month fits {told(where)}{'; '.join(['', *_meant(store, table, where)])}"
        for what, name, table, where in asked
        if where and not _fits(store, table, where)
    ]


def _fits(store: Store, table: str, where: Where) -> bool:
    fits, values = condition(where, _columns(store, table))
    return bool(store.rows(f"SELECT count(*) FROM (SELECT 1 FROM {table} WHERE {fits} LIMIT 1)", values)[0][0])


def _meant(store: Store, table: str, where: Where) -> Iterator[str]:
    """Of each column by which nothing fits, the value that is near, else those with the most cost."""
    for column, patterns in where.items():
        if _fits(store, table, {column: patterns}):
            continue
        values = [
            value
            for (value,) in store.rows(
                f"SELECT {quoted(column)} FROM {table} WHERE {quoted(column)} <> '' GROUP BY 1 "
                f"ORDER BY sum(abs(effective_usd)) DESC, 1 LIMIT {MOST_LOOKED_AT}"
            )
        ]
        wanted = [patterns] if isinstance(patterns, str) else patterns
        near = next((found for one in wanted if (found := suggest(one, values))), None)
        if near is not None:
            yield f"did you mean {shown(near)}?"
        elif values:
            more = ", …" if len(values) > MOST_NAMED else ""
            yield f"of {column.replace('_', ' ')} there is {', '.join(map(shown, values[:MOST_NAMED]))}{more}"
        else:
            yield f"no charge tells a {column.replace('_', ' ')}"


def _columns(store: Store, table: str) -> list[str]:
    there = {name for name, *_ in store.rows(f"DESCRIBE {table}")}
    return [name for name in (*store.dimensions, *CHARGE_COLUMNS) if name in there]
