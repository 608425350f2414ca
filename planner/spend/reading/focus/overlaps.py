"""Rows that several files have: which of them count."""

from typing import Final, Literal

from planner.spend.reading.focus.filling import made_table
from planner.spend.store import Store

STATUSES: Final = ("kept", "duplicate", "replaced", "future", "rejected")
BILLING_MONTH: Final = "date_trunc('month', coalesce(k.billing_start, s.\"start\"))"
"""Month that a row is billed in: that of its billing period, or else of its charge."""


def fill_losers(store: Store, overlap: Literal["same_rows", "later_file"]) -> None:
    """The tables `losers` and `last`: rows that do not count, by what they are and the file that they stand in.

    same_rows: a row is all of its columns, cleaned. What stands k times in one file and m times in another counts
    max(k, m) times: the file with the most counts, the first of several. Only days that several files have are looked
    at. later_file: of a provider, billing account and billing month the file that stands last counts alone.
    """
    store.connection.execute("CREATE TABLE focus_rows.losers (same_row UBIGINT, file USMALLINT)")
    store.connection.execute(
        "CREATE TABLE focus.last (provider VARCHAR, billing_account VARCHAR, month TIMESTAMP, last_file USMALLINT)"
    )
    if overlap == "later_file":
        store.connection.execute(
            f"INSERT INTO focus.last SELECT k.provider, k.billing_account, {BILLING_MONTH}, max(s.file) "
            'FROM (SELECT DISTINCT kind, file, date_trunc(\'month\', "start") AS "start" FROM focus_rows.staged '
            "WHERE NOT bad) s JOIN focus.known k USING (kind) GROUP BY ALL HAVING count(DISTINCT s.file) > 1"
        )
        return
    days = store.rows(
        'SELECT day FROM (SELECT DISTINCT "start"::DATE AS day, file FROM focus_rows.staged WHERE NOT bad) '
        "GROUP BY day HAVING count(*) > 1"
    )  # fmt: skip
    if not days:
        return
    made_table(store, "shared_days", {"day": "DATE"}, days)
    store.connection.execute(
        "CREATE TABLE focus_rows.counted AS SELECT hash(k.same, s.rest) AS same_row, s.file, count(*) AS rows "
        "FROM focus_rows.staged s JOIN focus.known k USING (kind) "
        'SEMI JOIN focus.shared_days d ON s."start"::DATE = d.day '
        "WHERE NOT s.bad GROUP BY ALL"
    )
    store.connection.execute(
        "INSERT INTO focus_rows.losers SELECT c.same_row, c.file FROM focus_rows.counted c JOIN "
        "(SELECT same_row, arg_max(file, rows * 65536 - file) AS winner FROM focus_rows.counted GROUP BY same_row "
        "HAVING count(*) > 1) w USING (same_row) WHERE c.file <> w.winner"
    )
    store.connection.execute("DROP TABLE focus_rows.counted")


def status() -> str:
    """What becomes of a row of `judged`."""
    return (
        "CASE WHEN s.bad OR k.refused THEN 'rejected' WHEN l.same_row IS NOT NULL THEN 'duplicate' "
        "WHEN b.last_file > s.file THEN 'replaced' WHEN d.day >= ? THEN 'future' ELSE 'kept' END"
    )


def judged() -> str:
    """Staged rows with their kind (k), their day (d) and what may take them out (l, b)."""
    return (
        'focus_rows.staged s JOIN focus.judged_kinds k USING (kind) LEFT JOIN focus.starts d ON s."start" = d."start" '
        "LEFT JOIN focus_rows.losers l ON hash(k.same, s.rest) = l.same_row AND s.file = l.file "
        f"LEFT JOIN focus.last b ON k.provider = b.provider AND k.billing_account = b.billing_account "
        f"AND {BILLING_MONTH} = b.month"
    )


def fill_starts(store: Store) -> None:
    """The tables `starts`: time → day in the review's zone, and `judged_kinds`: what of kinds decides on rows."""
    store.connection.execute(
        'CREATE TABLE focus.starts AS SELECT "start", (("start" AT TIME ZONE \'UTC\') AT TIME ZONE ?)::DATE AS day '
        'FROM (SELECT DISTINCT "start" FROM focus_rows.staged WHERE NOT bad)',
        [store.time_zone],
    )
    store.connection.execute(
        "CREATE TABLE focus.judged_kinds AS SELECT kind, same, provider, billing_account, billing_start, category, "
        "class, frequency = 'One-Time' OR (frequency = '' AND category = 'Purchase') AS at_once, "
        "kind IN (SELECT kind FROM focus.refused) AS refused, tags_broken FROM focus.known"
    )
