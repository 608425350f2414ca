"""Who shares what a rule takes, and in which ratio, month by month."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from planner.scenario.spend_rules import Rule
from planner.spend.attribution.fitting import way_of
from planner.spend.conditions import condition, quoted
from planner.spend.store import Store

BITS: Final = 60
WHOLE: Final = 2**BITS
"""What the shares of a rule make together: a power of two, since shifting is forty times as fast as dividing."""
_ALWAYS: Final = datetime.date(1, 1, 1)
_EXACT: Final = "DECIMAL(28, 9)"
"""Units are summed as decimals: sums of floats depend on the order that threads add them in."""
_LOGGED: Final = {
    "requests": ("usage", "requests", f"sum(try_cast(requests AS {_EXACT}))"),
    "tokens": (
        "usage",
        "input_tokens, output_tokens",
        f"sum(coalesce(try_cast(input_tokens AS {_EXACT}), 0) + coalesce(try_cast(output_tokens AS {_EXACT}), 0))",
    ),
    "runs": ("runs", "run", "count(*)"),
    "samples": ("runs", "samples", f"sum(try_cast(samples AS {_EXACT}))"),
}
"""Activity → its table, the columns it takes, and how much of it there is."""
_CHARGED: Final = {"cost": "sum(effective_usd)", "gpu_hours": f"sum(try_cast(gpu_hours AS {_EXACT}))"}
"""The same of what is charged directly, by a tag or by a rule that says whose it is."""


@dataclass(frozen=True, slots=True)
class Share:
    """The part of WHOLE from `low` to `high` of what a rule takes in a month."""

    at: int
    """Place of the rule."""
    month: datetime.date
    value: str
    """Who gets it; empty for nobody."""
    low: int
    high: int


def shares_of(store: Store, rules: Sequence[Rule]) -> list[Share]:
    """The shares of every rule; of months in which a rule takes something but nobody has units, nobody has all.

    Takes the temporary tables of `fit`. Who has less than nothing, as after refunds, shares nothing.
    """
    taken: dict[int, list[datetime.date]] = {}
    for at, month in store.rows("SELECT DISTINCT place, month FROM ruled ORDER BY place, month"):
        taken.setdefault(at, []).append(month)
    _count(store, [rules[at] for at in taken if way_of(rules[at]) in ("proportional", "activity")])
    found: list[Share] = []
    for at, months in taken.items():
        rule = rules[at]
        if rule.to is not None:
            found += _parted(at, _ALWAYS, [(rule.to, Fraction(1))])
        elif rule.fixed is not None:
            found += _parted(at, _ALWAYS, [(name, Fraction(str(part))) for name, part in sorted(rule.fixed.items())])
        else:
            weights: dict[datetime.date, list[tuple[str, Fraction]]] = {month: [] for month in months}
            for month, value, units in _units(store, rule):
                if month in weights:
                    weights[month].append((value, Fraction(units)))
            for month, each in weights.items():
                found += _parted(at, month, each or [("", Fraction(1))])
    return found


def _parted(at: int, month: datetime.date, weights: Iterable[tuple[str, Fraction]]) -> Iterator[Share]:
    """WHOLE in the ratio of weights: bounds are rounded, so that what lies between them always makes the whole."""
    each = list(weights)
    total = sum((weight for _, weight in each), Fraction())
    reached, low = Fraction(), 0
    for value, weight in each:
        reached += weight
        high = round(reached / total * WHOLE)
        yield Share(at, month, value, low, high)
        low = high


def _count(store: Store, rules: Sequence[Rule]) -> None:
    """Fill the temporary table `units`: per dimension, measure, month and value, what these rules share by."""
    store.connection.execute(
        "CREATE OR REPLACE TEMP TABLE units "
        "(dimension VARCHAR, measure VARCHAR, month DATE, value VARCHAR, units DECIMAL(38, 9))"
    )
    for by, measure in sorted({(rule.by, _measure(rule)) for rule in rules}):
        if measure in _CHARGED:
            units = _CHARGED[measure]
            source = f"""
                SELECT c.day, c.effective_usd, c.gpu_hours,
                       CASE WHEN w.way = 'to' AND w.dimension = $by THEN w.name ELSE c.{quoted(by)} END AS owner
                FROM cells c LEFT JOIN ruled r ON r.cell = c.rowid LEFT JOIN ways w ON w.place = r.place
                WHERE r.cell IS NULL OR w.dimension <> $by OR w.way = 'to'"""
        else:
            table, columns, units = _LOGGED[measure]
            source = f"SELECT t.day, {columns}, t.{quoted(by)} AS owner FROM {table} t"
        store.connection.execute(
            f"""
            INSERT INTO units SELECT $by, $measure, date_trunc('month', t.day)::DATE, t.owner, {units} FROM ({source}) t
            WHERE t.owner <> '' GROUP BY 3, 4""",
            {"by": by, "measure": measure},
        )


def _measure(rule: Rule) -> str:
    return rule.activity or "cost"


def _units(store: Store, rule: Rule) -> list[tuple[Any, ...]]:
    """(month, value, units above 0) for those who share what a rule takes, sorted."""
    among, values = condition(None if rule.among is None else {"value": rule.among}, ["value"])
    return store.rows(
        "SELECT month, value, units FROM units "
        f"WHERE dimension = ? AND measure = ? AND units > 0 AND {among} ORDER BY month, value",
        [rule.by, _measure(rule), *values],
    )
