"""Runs → the tables `runs` and `histories`, each run once whatever source tells of it."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final

from planner.spend.conditions import quoted
from planner.spend.reading.histories import Entry
from planner.spend.reading.moments import local_day
from planner.spend.reading.run_record import RunRow
from planner.spend.store import Store

_OWN: Final = tuple(one.name for one in fields(RunRow) if one.name not in ("dimensions", "history"))


def lay_runs(store: Store, runs: Mapping[str, RunRow]) -> int:
    """Write runs; how many of them an earlier source had, which are joined with what that says.

    Of two histories of a run the longer one counts.
    """
    earlier = _earlier(store, list(runs))
    joined = [earlier[name].joined(run) if name in earlier else run for name, run in sorted(runs.items())]
    if earlier:
        store.connection.execute("DELETE FROM runs WHERE run IN (SELECT unnest(?::VARCHAR[]))", [list(earlier)])
    _insert(store, "runs", [_row(store, run) for run in joined])
    counts = dict(
        store.rows("SELECT run, count(*) FROM histories WHERE run IN (SELECT unnest(?::VARCHAR[])) GROUP BY run",
                   [list(runs)])
    )  # fmt: skip
    longer = {name: run for name, run in sorted(runs.items()) if len(run.history) > counts.get(name, 0)}
    store.connection.execute("DELETE FROM histories WHERE run IN (SELECT unnest(?::VARCHAR[]))", [list(longer)])
    names = [one.name for one in fields(Entry)]
    _insert(
        store,
        "histories",
        [
            {"run": run.run} | {name: getattr(entry, name) for name in names}
            for run in longer.values()
            for entry in run.history
        ],
    )
    return len(earlier)


def _earlier(store: Store, names: list[str]) -> dict[str, RunRow]:
    columns = ", ".join(quoted(name) for name in (*_OWN, *store.dimensions))
    rows = store.rows(f"SELECT {columns} FROM runs WHERE run IN (SELECT unnest(?::VARCHAR[])) ORDER BY run", [names])
    found = {}
    for row in rows:
        own: dict[str, Any] = dict(zip(_OWN, row, strict=False))
        dimensions = dict(zip(store.dimensions, row[len(_OWN) :], strict=True))
        found[own["run"]] = RunRow(**own, dimensions=dimensions)
    return found


def _row(store: Store, run: RunRow) -> dict[str, Any]:
    return (
        {name: getattr(run, name) for name in _OWN}
        | {name: run.dimensions.get(name, "") for name in store.dimensions}
        | {"cost_from": "" if run.cost_usd is None else "log", "day": local_day(store, run.started)}
    )


def _insert(store: Store, table: str, rows: list[dict[str, Any]]) -> None:
    import pyarrow as pa

    if rows:
        made = pa.table({name: [row[name] for row in rows] for name in rows[0]})
        store.connection.register("made_rows", made)
        store.connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM made_rows")
        store.connection.unregister("made_rows")
