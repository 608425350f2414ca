"""What makes a review doubtful as a whole: charges that two sources have, names in two spellings, nothing to go by."""

from typing import Final

from planner.spend.attribution.whole import whole_months
from planner.spend.conditions import quoted
from planner.spend.months import Month
from planner.spend.spans import before_of
from planner.spend.store import Store
from planner.units import usd

LEAST_ALIKE: Final = 0.01
"""Share of the smaller source's charges from which on what two have alike is told."""
MOST: Final = 5
"""Names of a dimension that are told."""
_SAME: Final = (
    "day", "provider", "billing_account", "sub_account", "service", "category", "class", "region", "resource", "sku",
    "meter", "description", "billed_usd", "effective_usd",
)  # fmt: skip


def doubts_of(store: Store, month: Month) -> list[str]:
    """Sentences on charges that are missing or count twice, and on values that differ by upper and lower case only."""
    return [*_missing(store, month), *_twice(store), *_spellings(store)]


def _missing(store: Store, month: Month) -> list[str]:
    first, last, inside = store.rows(
        "SELECT min(day), max(day), count(*) FILTER (day >= ? AND day < ?) > 0 FROM allocated",
        [month.first, month.end],
    )[0]
    if first is None:
        return ["no source has a charge: attribution, budgets and forecasts need a bill (focus)"]
    if not inside:
        return [f"no source has a charge in {month}: charges are of {first} to {last}"]
    before = month.later(-1)
    if before_of(store, month) is not None and before not in whole_months(store, [before]):
        return [f"{before}, with which {month} is compared, is not there as a whole"]
    return []


def _twice(store: Store) -> list[str]:
    """Charges of two sources that agree in all that tells charges apart; within a source overlaps are seen to."""
    if store.rows("SELECT count(DISTINCT source) FROM cells")[0][0] < 2:
        return []
    same = ", ".join(quoted(name) for name in _SAME)
    found = store.rows(
        f"""
        WITH charges AS (
            SELECT source, hash({same}) AS charge, sum(billed_usd) AS billed
            FROM cells WHERE billed_usd <> 0 OR effective_usd <> 0 GROUP BY ALL),
        sizes AS (SELECT source, count(*) AS charges FROM charges GROUP BY source)
        SELECT a.source, b.source, count(*), sum(a.billed)::DOUBLE
        FROM charges a JOIN charges b ON a.charge = b.charge AND a.source < b.source
        JOIN sizes x ON x.source = a.source JOIN sizes y ON y.source = b.source
        GROUP BY ALL HAVING count(*) >= ? * least(any_value(x.charges), any_value(y.charges)) ORDER BY ALL""",
        [LEAST_ALIKE],
    )
    return [
        f"the sources {one} and {other} have {alike:,} charges alike, {usd(billed)} as billed: what both export counts "
        "twice; name all files of a bill in one source"
        for one, other, alike, billed in found
    ]


def _spellings(store: Store) -> list[str]:
    told = []
    for name in store.dimensions:
        values = " UNION ".join(
            f"SELECT {quoted(name)} AS value FROM {table}" for table in ("allocated", "runs", "usage", "deployments")
        )
        found = store.rows(
            f"SELECT string_agg(value, ' and ' ORDER BY value) AS written FROM ({values}) WHERE value <> '' "
            "GROUP BY lower(value) HAVING count(*) > 1 ORDER BY written"
        )
        if found:
            more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
            told.append(
                f"the {name} is written {'; '.join(written for (written,) in found[:MOST])}{more}, which count apart; "
                f"`same` of attribution.dimensions.{name} makes them one"
            )
    return told
