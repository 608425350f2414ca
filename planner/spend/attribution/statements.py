"""Chargeback: what each team is charged for a month, by which rule, and for which services."""

from planner.outcome.review.attribution import Part, Statement, StatementLine, Way
from planner.spend.attribution.dimensions import spent_before
from planner.spend.conditions import quoted
from planner.spend.months import Month
from planner.spend.store import Store

_QUANTITY = "sum(try_cast(quantity AS DECIMAL(28, 9)))::DOUBLE"
_GPU_HOURS = "sum(try_cast(gpu_hours AS DECIMAL(28, 9)))::DOUBLE"
TAG = "tag"
"""Rule of what a charge says itself."""


def statements_of(store: Store, month: Month, dimension: str = "team") -> list[Statement]:
    """A statement for each value of the dimension, the largest effective cost first; what nobody gets stands last.

    Amounts are sums of decimals, exact to 1e-9 USD: the parts make a statement, its lines make it too, and the
    statements make the month's bill. `to_cents` rounds them so that they still do.
    """
    parts = _parts(store, month, dimension)
    lines = _lines(store, month, dimension)
    before = spent_before(store, month, dimension)
    column = quoted(dimension)
    rows = store.rows(
        f"""
        SELECT {column}, coalesce(sum(billed_usd), 0)::DOUBLE, coalesce(sum(effective_usd), 0) AS effective,
               {_GPU_HOURS}
        FROM allocated WHERE day >= ? AND day < ? GROUP BY {column} ORDER BY {column} = '', effective DESC, 1""",
        [month.first, month.end],
    )
    return [
        Statement(
            dimension=dimension, value=value, month=str(month), billed_usd=billed, effective_usd=float(effective),
            parts=parts[value], lines=lines[value], before_usd=None if before is None else before.get(value, 0.0),
            gpu_hours=hours,
        )
        for value, billed, effective, hours in rows
    ]  # fmt: skip


def _parts(store: Store, month: Month, dimension: str) -> dict[str, list[Part]]:
    """Value → its amounts by rule; a rule that splits by another dimension says nothing of this one."""
    rows = store.rows(
        f"""
        SELECT value, rule, way, coalesce(sum(billed_usd), 0)::DOUBLE, coalesce(sum(effective_usd), 0) AS effective
        FROM (
            SELECT a.{quoted(dimension)} AS value, billed_usd, effective_usd, coalesce(r.rule, '') AS rule,
                   coalesce(r.way, '') AS way
            FROM allocated a LEFT JOIN rules r ON r.rule = a.rule AND r.dimension = ?
            WHERE day >= ? AND day < ?)
        GROUP BY value, rule, way ORDER BY value, rule <> '', effective DESC, rule""",
        [dimension, month.first, month.end],
    )
    found: dict[str, list[Part]] = {}
    for value, rule, way, billed, effective in rows:
        told, how = _told(value, rule, way)
        found.setdefault(value, []).append(Part(rule=told, way=how, billed_usd=billed, effective_usd=float(effective)))
    return found


def _told(value: str, rule: str, way: Way) -> tuple[str, Way]:
    """The rule that a statement names, and how it attributes."""
    if not value:
        return rule, "unattributed"
    return (rule, way) if rule else (TAG, "direct")


def _lines(store: Store, month: Month, dimension: str) -> dict[str, list[StatementLine]]:
    """Value → its amounts by service, card or meter, and unit; a quantity is null where usage is without."""
    rows = store.rows(
        f"""
        SELECT {quoted(dimension)} AS value, service, CASE WHEN gpu <> '' THEN gpu ELSE meter END AS what, unit,
               CASE WHEN count(*) FILTER (category = 'Usage' AND quantity IS NULL) = 0 THEN {_QUANTITY} END,
               coalesce(sum(billed_usd), 0)::DOUBLE, coalesce(sum(effective_usd), 0) AS effective
        FROM allocated WHERE day >= ? AND day < ? GROUP BY ALL
        ORDER BY value, effective DESC, service, what, unit""",
        [month.first, month.end],
    )
    found: dict[str, list[StatementLine]] = {}
    for value, service, what, unit, quantity, billed, effective in rows:
        line = StatementLine(
            service=service, what=what, quantity=quantity, unit=unit, billed_usd=billed, effective_usd=float(effective)
        )
        found.setdefault(value, []).append(line)
    return found
