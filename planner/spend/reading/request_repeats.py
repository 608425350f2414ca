"""Rows of `request_rows` that another file, or the same, has too."""

import datetime as dt

from planner.spend.reading.request_columns import dimension_columns
from planner.spend.store import Store


def drop_same(store: Store) -> int:
    """Delete rows that stand there twice; how many.

    A request with an id counts once at its time. Without ids a row that several files have counts as often as in the
    file that has most of it: what one file has twice is two requests.
    """
    dropped = 0
    if store.rows("SELECT count(*) FROM request_rows WHERE request IS NOT NULL")[0][0]:
        dropped += _deleted(
            store,
            """SELECT first, request, came FROM (SELECT min(file::HUGEINT << 64 | row) AS first, count(*) AS n, request,
            came FROM request_rows WHERE request IS NOT NULL GROUP BY request, came) WHERE n > 1""",
            "r.request = d.request AND r.came = d.came AND (r.file::HUGEINT << 64 | r.row) != d.first",
        )
    spans = store.rows("SELECT file, min(came), max(came) FROM request_rows GROUP BY file ORDER BY 2, 3, 1")
    shared: list[tuple[dt.datetime, dt.datetime]] = []
    end: dt.datetime | None = None
    for _, first, last in spans:
        if end is not None and first <= end:
            shared.append((first, min(last, end)))
        end = last if end is None else max(end, last)
    if shared:
        names = ", ".join(("deployment", *dimension_columns(store)))
        same = f"""hash(came, requests, failed, input_tokens, output_tokens, cached_tokens, cost, latency_ms, prompt,
            person, conversation, {names})"""
        store.connection.execute("CREATE OR REPLACE TEMP TABLE request_spans (since TIMESTAMP, until TIMESTAMP)")
        store.connection.executemany("INSERT INTO request_spans VALUES (?, ?)", _joined(shared))
        dropped += _deleted(
            store,
            f"""SELECT file, row
            FROM (SELECT file, row, row_number() OVER (PARTITION BY same, nth ORDER BY file) AS copy
                FROM (SELECT file, row, same, row_number() OVER (PARTITION BY same, file ORDER BY row) AS nth
                    FROM (SELECT file, row, {same} AS same FROM request_rows JOIN request_spans
                        ON came BETWEEN since AND until WHERE request IS NULL)))
            WHERE copy > 1""",
            "r.file = d.file AND r.row = d.row",
        )
    return dropped


def _joined(spans: list[tuple[dt.datetime, dt.datetime]]) -> list[list[dt.datetime]]:
    """Spans that touch as one, so that no row lies in two."""
    joined: list[list[dt.datetime]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1][1] = max(last, joined[-1][1])
        else:
            joined.append([first, last])
    return joined


def _deleted(store: Store, doubles: str, match: str) -> int:
    store.connection.execute(f"CREATE OR REPLACE TEMP TABLE request_doubles AS {doubles}")
    if not store.rows("SELECT count(*) FROM request_doubles")[0][0]:
        return 0
    found = store.rows(f"DELETE FROM request_rows r USING request_doubles d WHERE {match} RETURNING r.row")
    return len(found)
