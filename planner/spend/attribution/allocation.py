"""`cells` → `allocated`: every charge goes to whom its tags or the scenario's rules say, and nothing is lost."""

from collections.abc import Sequence
from typing import Final

from planner.errors import InputError
from planner.scenario.spend_rules import Attribution, Rule
from planner.spend.attribution.fitting import fit, refuse_unknown
from planner.spend.attribution.shares import BITS, WHOLE, Share, shares_of
from planner.spend.conditions import quoted
from planner.spend.store import Store
from planner.units import usd

MOST_PARTS: Final = 30_000_000
"""Rows that charges may be split into."""
_KEPT: Final = (
    "day", "source", "provider", "billing_account", "sub_account", "service", "service_category", "category", "class",
    "pricing_category", "commitment_status", "region", "resource", "resource_name", "resource_type", "sku", "meter",
    "gpu", "description", "unit", "run", "scenario",
)  # fmt: skip
_MONEY: Final = ("billed_usd", "effective_usd", "list_usd")
_FIGURES: Final = ("quantity", "gpu_hours")
_NANO: Final = 10**9


def allocate(store: Store, attribution: Attribution) -> list[str]:
    """Fill `allocated` and `rules` from `cells`; what a rule could not attribute is told in the texts returned.

    The first rule that fits a charge counts; a rule without `where` takes what tells no value of its dimension itself.
    What no rule takes keeps the values it tells itself. `proportional` is in the ratio of the effective cost that is
    directly theirs (by a tag, or a rule with `to`), `gpu_hours` in that of the hours so charged, other activities in
    that of the logs, all of the calendar month of the charge; who has less than nothing, as after refunds, shares
    nothing. Where nobody has any, the amount stays unattributed under the name of the rule.

    An amount is split at bounds rounded to 1e-9 USD: each part is less than that from its share, the parts always make
    the amount, and a refund is split as its charge was. Quantities and GPU-hours are in the same ratio.

    Raises InputError for rules that ask for what the review does not have, or that make more than MOST_PARTS rows;
    AssertionError where allocated and charged amounts differ.
    """
    rules = attribution.rules
    refuse_unknown(store, rules)
    for table in ("allocated", "rules"):
        store.connection.execute(f"DELETE FROM {table}")
    fit(store, rules)
    _place(store, shares_of(store, rules))
    _refuse_too_many(store, rules)
    _insert_direct(store)
    _insert_split(store)
    store.connection.execute("INSERT INTO rules SELECT rule, dimension, way FROM ways ORDER BY place")
    told = _unshared(store, rules)
    for table in ("ruled", "ways", "units", "shares"):
        store.connection.execute(f"DROP TABLE {table}")
    _check(store)
    return told


def _place(store: Store, shares: Sequence[Share]) -> None:
    """The shares as a temporary table."""
    store.connection.execute(
        "CREATE OR REPLACE TEMP TABLE shares (place INTEGER, month DATE, value VARCHAR, low HUGEINT, high HUGEINT)"
    )
    store.connection.execute(
        "INSERT INTO shares SELECT unnest(?::INTEGER[]), unnest(?::DATE[]), unnest(?::VARCHAR[]), "
        "unnest(?::HUGEINT[]), unnest(?::HUGEINT[])",
        [
            [share.at for share in shares], [share.month for share in shares], [share.value for share in shares],
            [share.low for share in shares], [share.high for share in shares],
        ],
    )  # fmt: skip


def _refuse_too_many(store: Store, rules: Sequence[Rule]) -> None:
    counted = store.rows(
        """
        SELECT place, sum(cells * parts)::BIGINT, sum(cells)::BIGINT
        FROM (SELECT place, month, count(*) AS cells FROM ruled GROUP BY ALL)
        JOIN (SELECT place, month, count(*) AS parts FROM shares GROUP BY ALL) USING (place, month)
        GROUP BY place ORDER BY 2 DESC, place
        """
    )
    if sum(parts for _, parts, _ in counted) > MOST_PARTS:
        at, parts, cells = counted[0]
        message = (
            f"rule {rules[at].name}: {cells:,} charges would be split into {parts:,} parts; {MOST_PARTS:,} are the most"
            " that all rules may make; let `where` take fewer charges, or `among` fewer who share them"
        )
        raise InputError(message)


def _insert_direct(store: Store) -> None:
    columns = ", ".join(quoted(name) for name in (*_KEPT, *_MONEY, *_FIGURES, *store.dimensions))
    store.connection.execute(
        f"""
        INSERT INTO allocated BY NAME SELECT '' AS rule, {columns}
        FROM cells c ANTI JOIN ruled r ON r.cell = c.rowid"""
    )


def _insert_split(store: Store) -> None:
    largest = store.rows(
        f"""
        SELECT max(greatest({", ".join(f"abs(coalesce({name}, 0))" for name in _MONEY)}))
        FROM cells c SEMI JOIN ruled r ON r.cell = c.rowid"""
    )[0][0]
    # A product must stay below 2**127. Amounts are far from it, unless a bill is out of this world.
    coarse = max(0, int((largest or 0) * _NANO).bit_length() + BITS - 126)
    half = 1 << (BITS - coarse - 1)

    def part(name: str) -> str:
        high, low = (
            f"((abs(c.{name}) * (s.{bound} >> {coarse}) + {half}) >> {BITS - coarse})" for bound in ("high", "low")
        )
        return f"(sign(c.{name}) * ({high} - {low}))::DECIMAL(38, 0) * 0.000000001::DECIMAL(9, 9) AS {name}"

    nano = ", ".join(f"({name} * {_NANO})::HUGEINT AS {name}" for name in _MONEY)
    kept = ", ".join(f"c.{quoted(name)}" for name in _KEPT)
    money = ", ".join(part(name) for name in _MONEY)
    figures = ", ".join(f"{name} * ((s.high - s.low)::DOUBLE / {WHOLE}) AS {name}" for name in _FIGURES)
    dimensions = ", ".join(
        f"CASE WHEN w.dimension = ? THEN s.value ELSE c.{quoted(name)} END AS {quoted(name)}"
        for name in store.dimensions
    )
    store.connection.execute(
        f"""
        INSERT INTO allocated BY NAME SELECT w.rule, {kept}, {money}, {figures}, {dimensions}
        FROM (SELECT * REPLACE ({nano}), rowid AS "#" FROM cells) c JOIN ruled r ON r.cell = c."#"
        JOIN ways w ON w.place = r.place
        JOIN shares s ON s.place = r.place AND s.month = r.month""",
        store.dimensions,
    )


def _unshared(store: Store, rules: Sequence[Rule]) -> list[str]:
    """What stays unattributed because nobody has what a rule shares by."""
    found = store.rows(
        """
        SELECT r.place, r.month, sum(c.effective_usd)::DOUBLE
        FROM cells c JOIN ruled r ON r.cell = c.rowid JOIN shares s ON s.place = r.place AND s.month = r.month
        WHERE s.value = '' GROUP BY ALL ORDER BY r.place, r.month
        """
    )
    told = []
    for at, month, amount in found:
        rule, units = rules[at], (rules[at].activity or "cost").replace("_", "-")
        told.append(
            f"rule {rule.name}: no {rule.by} has {units} of its own in {month:%Y-%m}; "
            f"{usd(amount)} of effective cost stay unattributed"
        )
    return told


def _check(store: Store) -> None:
    """Attributed and unattributed make what was charged, always."""
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in _MONEY)
    charged, allocated = (store.rows(f"SELECT {sums} FROM {table}")[0] for table in ("cells", "allocated"))
    if charged != allocated:
        message = f"attribution lost something: charged {charged}, allocated {allocated} ({', '.join(_MONEY)})"
        raise AssertionError(message)
