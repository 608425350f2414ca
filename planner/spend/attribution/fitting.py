"""Which rule each charge falls under: the first that fits."""

from collections.abc import Sequence
from typing import Any, Final

from planner.errors import InputError
from planner.outcome.review.attribution import Way
from planner.scenario.spend_rules import CHARGE_COLUMNS, Rule
from planner.spend.conditions import condition, quoted
from planner.spend.store import Store

ALWAYS: Final = "DATE '0001-01-01'"
"""The month of shares that are the same in every month."""


def way_of(rule: Rule) -> Way:
    """How a rule attributes."""
    if rule.to is not None:
        return "to"
    if rule.fixed is not None:
        return "fixed"
    return "proportional" if rule.proportional is not None else "activity"


def refuse_unknown(store: Store, rules: Sequence[Rule]) -> None:
    """Raise InputError for every dimension or column that rules name and the review does not have."""
    columns = (*store.dimensions, *CHARGE_COLUMNS)
    problems = []
    for rule in rules:
        if rule.by not in store.dimensions:
            known = ", ".join(store.dimensions)
            problems.append(f"rule {rule.name}: by: {rule.by} is no dimension here; there are {known}")
        try:
            condition(rule.where, columns)
        except InputError as error:
            problems.append(f"rule {rule.name}: {error}")
    if problems:
        raise InputError("\n".join(problems))


def fit(store: Store, rules: Sequence[Rule]) -> None:
    """Fill the temporary tables `ruled` (cell, place, month) and `ways` (place, rule, dimension, way, name).

    `cell` is the rowid of a cell that a rule takes, `place` that of the rule among all; cells that are missing are
    direct. A rule without `where` takes what tells no value of its dimension itself. `month` is ALWAYS where shares do
    not depend on it.
    """
    columns = (*store.dimensions, *CHARGE_COLUMNS)
    cases, values = ["WHEN false THEN 0"], list[Any]()
    for at, rule in enumerate(rules):
        asked, wanted = condition(rule.where, columns)
        if not rule.where:
            asked = f"{quoted(rule.by)} = ''"
        cases.append(f"WHEN {asked} THEN {at}")
        values += wanted
    store.connection.execute(
        "CREATE OR REPLACE TEMP TABLE ways (place INTEGER, rule VARCHAR, dimension VARCHAR, way VARCHAR, name VARCHAR)"
    )
    store.connection.execute(
        "INSERT INTO ways SELECT unnest(?::INTEGER[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), "
        "unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
        [
            list(range(len(rules))),
            [rule.name for rule in rules],
            [rule.by for rule in rules],
            [way_of(rule) for rule in rules],
            [rule.to or "" for rule in rules],
        ],
    )
    store.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE ruled AS
        SELECT f.cell, f.place, CASE WHEN w.way IN ('to', 'fixed') THEN {ALWAYS} ELSE f.month END AS month
        FROM (SELECT rowid, date_trunc('month', day)::DATE, CASE {" ".join(cases)} END FROM cells)
        AS f (cell, month, place) JOIN ways w ON w.place = f.place
        """,
        values,
    )
