"""A month by every dimension: what is attributed, to whom, and where the rest comes from."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.review.attribution import Attributed, MissingTag, Value
from planner.spend.conditions import quoted
from planner.spend.months import Month
from planner.spend.spans import before_of
from planner.spend.store import Store

MOST_MISSING: Final = 20
"""Resources without a value that are told."""


def attributed_of(store: Store, month: Month, dimension_order: Sequence[str] | None = None) -> list[Attributed]:
    """The month by each of these dimensions, in this order; by default all, team first.

    Amounts are sums of decimals, exact to 1e-9 USD. Values stand by effective cost, the largest first.
    """
    return [_attributed(store, month, dimension) for dimension in dimension_order or store.dimensions]


def spent_before(store: Store, month: Month, dimension: str) -> dict[str, float] | None:
    """Value → effective cost in the month before, of as many days where this one is not over; None without charges."""
    span = before_of(store, month)
    if span is None:
        return None
    rows = store.rows(
        f"SELECT {quoted(dimension)}, coalesce(sum(effective_usd), 0)::DOUBLE FROM allocated "
        "WHERE day >= ? AND day < ? GROUP BY ALL",
        [span.first, span.end],
    )
    return dict(rows) or None


def _attributed(store: Store, month: Month, dimension: str) -> Attributed:
    days = [month.first, month.end]
    column = quoted(dimension)
    billed, attributed, effective = store.rows(
        f"""
        SELECT coalesce(sum(billed_usd), 0), coalesce(sum(billed_usd) FILTER ({column} <> ''), 0),
               coalesce(sum(effective_usd), 0)
        FROM allocated WHERE day >= ? AND day < ?""",
        days,
    )[0]
    rows = store.rows(
        f"""
        SELECT {column}, coalesce(sum(billed_usd), 0)::DOUBLE, coalesce(sum(effective_usd), 0) AS effective
        FROM allocated WHERE day >= ? AND day < ? GROUP BY ALL ORDER BY effective DESC, 1""",
        days,
    )
    missing = store.rows(
        f"""
        SELECT provider, service, CASE WHEN resource_name <> '' THEN resource_name ELSE resource END AS what,
               sum(billed_usd) AS billed
        FROM allocated WHERE day >= ? AND day < ? AND {column} = '' GROUP BY ALL HAVING billed <> 0
        ORDER BY billed DESC, provider, service, what LIMIT {MOST_MISSING}""",
        days,
    )
    before = spent_before(store, month, dimension)
    return Attributed(
        dimension=dimension, billed_usd=float(billed), attributed_usd=float(attributed),
        unattributed_usd=float(billed - attributed), effective_usd=float(effective),
        values=[
            Value(
                value=value, billed_usd=each, effective_usd=float(own),
                before_usd=None if before is None else before.get(value, 0.0),
                share=float(own / effective) if effective else None,
            )
            for value, each, own in rows
        ],
        missing=[
            MissingTag(provider=provider, service=service, resource=what, billed_usd=float(amount))
            for provider, service, what, amount in missing
        ],
    )  # fmt: skip
