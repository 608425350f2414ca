"""Histories for tests of advice: the tables filled by SQL, and a history that ends with October 2026."""

import atexit
import datetime
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.outcome.review.advice import SpendAdvice
from planner.scenario.spend_review import AdviceFrom
from planner.spend.advice import advice_of
from planner.spend.advice.history import History
from planner.spend.months import Month
from planner.spend.store import Store
from tests.spend.made import fill, made

OCTOBER = Month(2026, 10)
END = datetime.datetime(2026, 11, 1)
H100 = {"provider": "aws", "gpu": "h100-sxm", "pricing_category": "Standard"}


@cache
def catalog() -> Catalog:
    return load_catalog()


def history(store: Store, **settings: Any) -> History:
    return History(store, catalog(), AdviceFrom(**settings), OCTOBER)


def told(store: Store, **settings: Any) -> list[SpendAdvice]:
    return advice_of(store, catalog(), AdviceFrom(**settings), OCTOBER)


def of_kind(store: Store, kind: str, **settings: Any) -> list[SpendAdvice]:
    return [one for one in told(store, **settings) if one.kind == kind]


def hourly(store: Store, gpus: str, usd: float, hours: int, end: datetime.datetime = END, **texts: str) -> None:
    """`hours` rows of `gpu_hourly` before `end`: GPUs by an expression in `i`, the hour from 0; USD of a GPU-hour."""
    columns = {**H100, "region": "", "resource": "", "run": "", "model": "", **texts}
    store.connection.execute(
        f"INSERT INTO gpu_hourly BY NAME SELECT hour, {', '.join(f'? AS {name}' for name in columns)}, gpu_hours, "
        "gpu_hours * ? AS effective_usd, gpu_hours * ? AS list_usd FROM (SELECT "
        f"?::TIMESTAMP + INTERVAL 1 HOUR * i AS hour, ({gpus})::DOUBLE AS gpu_hours FROM range(?) t(i)) "
        "WHERE gpu_hours > 0",
        [*columns.values(), usd, usd, end - datetime.timedelta(hours=hours), hours],
    )


def bill(store: Store, usd: float, day: str = "2026-10-15") -> None:
    """What the month costs, so that there is something to hold savings against."""
    fill(store, "allocated", [{"day": day, "effective_usd": usd, "billed_usd": usd}])


def a_run(number: int, days_ago: float, hours: float, usd: float, **others: Any) -> dict[str, Any]:
    started = END - datetime.timedelta(days=days_ago)
    texts = {"job": "tune", "gpu": "h100-sxm", "provider": "aws", "tier": "on_demand", "status": "ok"}
    return texts | {
        "run": f"r{number:03d}", "started": started, "ended": started + datetime.timedelta(hours=hours),
        "day": started.date(), "cost_usd": usd, "gpu_count": 1.0, **others,
    }  # fmt: skip


def a_curve(number: int, values: list[float], hours: float, column: str = "value") -> list[dict[str, Any]]:
    """Evaluations at the end of each epoch, evenly over the hours of the run."""
    return [
        {"run": f"r{number:03d}", "step": float(k), "epoch": float(k), "hours": hours * k / len(values), column: value}
        for k, value in enumerate(values, 1)
    ]


@cache
def _kept() -> Store:
    """One store for all tests of this process: opening one takes longer than most of them."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(made())


@contextmanager
def blank(tables: Mapping[str, Iterable[Mapping[str, Any]]] | None = None) -> Iterator[Store]:
    """As `made`, emptied again and again; for tests that need no zone, day or dimension of their own."""
    store = _kept()
    names = [name for (name,) in store.rows("SELECT table_name FROM duckdb_tables() ORDER BY table_name")]
    counted = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names)
    for name, rows in store.rows(counted):
        if rows:
            store.connection.execute(f"DELETE FROM {name}")
    for name, rows in (tables or {}).items():
        fill(store, name, rows)
    yield store
