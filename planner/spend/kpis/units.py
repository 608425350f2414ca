"""How many units a unit cost is over, day by day, and what is not known of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.scenario.spend_limits import Kpi, Unit
from planner.spend.columns import texts
from planner.spend.conditions import condition, quoted
from planner.spend.kpis.daily import Window, since_of
from planner.spend.kpis.gains import gains_of
from planner.spend.months import Month
from planner.spend.spans import Span
from planner.spend.store import Store
from planner.spend.sums import total

Where = Mapping[str, str | list[str]]
TABLE_OF: Final[Mapping[Unit, str]] = {
    "request": "usage", "1k_tokens": "usage", "user": "users", "user_action": "users", "sample": "runs",
    "epoch": "runs", "run": "runs", "accuracy_point": "runs",
}  # fmt: skip
"""Where units of each kind are counted; GPU-hours are in the charges themselves."""
WORDS: Final[Mapping[Unit, str]] = {
    "request": "requests", "1k_tokens": "tokens", "user": "users", "user_action": "conversations", "sample": "samples",
    "epoch": "epochs", "run": "runs", "accuracy_point": "points of accuracy", "gpu_hour": "GPU-hours",
}  # fmt: skip
TOKENS: Final = "CASE WHEN input_tokens IS NOT NULL OR output_tokens IS NOT NULL THEN " \
    "coalesce(input_tokens, 0) + coalesce(output_tokens, 0) END"  # fmt: skip
"""Cached tokens are among the input tokens."""


@dataclass(frozen=True, slots=True)
class Units:
    """Units of the month and of the one before; None is unknown."""

    now: float | None
    before: float | None
    weekly: Floats | None = None
    """(weeks,) NaN where a week is not known; None where units have no days."""
    aside: Floats | None = None
    """(days,) cost of runs that do not say their units, which the cost is less; NaN on days where it is unknown."""
    notes: tuple[str, ...] = field(default=())


def units_of(store: Store, kpi: Kpi, month: Month, window: Window) -> Units:
    """The units that fit the condition; not for GPU-hours."""
    table = TABLE_OF[kpi.per]
    columns = store.dimensions if table == "users" else texts(store, table)
    if untold := sorted(set(kpi.where or {}) - set(columns)):
        what = {"usage": "request logs", "users": "logs of users", "runs": "runs"}[table]
        return Units(None, None, notes=(f"{what} do not tell {', '.join(untold)}, so {WORDS[kpi.per]} are unknown",))
    if table == "users":
        return _people(store, kpi, month, window)
    if kpi.per == "accuracy_point":
        return _points(store, kpi, window)
    return _used(store, kpi, window) if table == "usage" else _trained(store, kpi, window)


def _used(store: Store, kpi: Kpi, window: Window) -> Units:
    what, values = condition(kpi.where, texts(store, "usage"))
    measure = "requests" if kpi.per == "request" else f"({TOKENS}) / 1000"
    untold = total("requests", f"({measure}) IS NULL AND requests > 0")
    rows = store.rows(
        f"""SELECT day, {total(measure)}, {untold}, {total("requests")}
            FROM usage WHERE day >= ? AND day < ? AND {what} GROUP BY day ORDER BY day""",
        [window.first, window.now.end, *values],
    )
    if not rows and kpi.per == "request":
        return _answered(store, kpi, window)
    units = window.array(rows)
    silent, asked = (float(window.part(window.array(rows, at), window.now).sum()) for at in (2, 3))
    notes = (f"{silent / asked:.0%} of the requests do not say their tokens",) if silent > 0.005 * asked else ()
    return _dated(kpi, window, units, window.weekly(units, since_of(rows)), notes)


def _answered(store: Store, kpi: Kpi, window: Window) -> Units:
    """Requests that deployments say they answered, of rows that lie in a month; they have no days."""
    columns = texts(store, "deployments")
    if not set(kpi.where or {}) <= set(columns):
        return Units(None, None, notes=("no requests that fit are logged",))
    what, values = condition(kpi.where, columns)

    def within(span: Span | None) -> float | None:
        if span is None:
            return None
        starts, ends = span.hours(store.time_zone)
        return store.rows(  # type: ignore[no-any-return]
            f"SELECT {total('requests')} FROM deployments WHERE started >= ? AND ended <= ? AND {what}",
            [starts, ends, *values],
        )[0][0]

    now = within(window.now)
    notes = ("requests as the deployments say",) if now else ("no requests that fit are logged",)
    return Units(now or None, within(window.before) or None, notes=notes)


def _trained(store: Store, kpi: Kpi, window: Window) -> Units:
    columns = texts(store, "runs")
    what, values = condition(kpi.where, columns)
    measure = {"sample": "samples", "epoch": "epochs", "run": "1"}[kpi.per]
    silent = f"{quoted(measure)} IS NULL AND status = 'ok'" if kpi.per != "run" else "false"
    rows = store.rows(
        f"""SELECT day, {total(measure)}, {total("cost_usd", silent)},
                   count(*) FILTER (WHERE {silent} AND cost_usd IS NULL), count(*) FILTER (WHERE {silent})
            FROM runs WHERE status <> 'running' AND day >= ? AND day < ? AND {what} GROUP BY day ORDER BY day""",
        [window.first, window.now.end, *values],
    )
    aside = np.where(window.array(rows, 3) > 0, np.nan, window.array(rows, 2))
    units, lacking = window.array(rows), int(window.part(window.array(rows, 4), window.now).sum())
    notes: tuple[str, ...] = ()
    if lacking:
        costs = window.part(aside, window.now).sum()
        notes = (
            f"{lacking} runs do not say their {WORDS[kpi.per]}; "
            + ("nor what they cost" if np.isnan(costs) else "neither they nor their cost count"),
        )
    return _dated(kpi, window, units, window.weekly(units, since_of(rows)), notes, aside)


def _dated(
    kpi: Kpi, window: Window, units: Floats, weekly: Floats, notes: tuple[str, ...], aside: Floats | None = None
) -> Units:
    now = float(window.part(units, window.now).sum())
    before = float(window.part(units, window.before).sum()) if window.before is not None else 0.0
    if now <= 0:
        notes = (*notes, f"no {WORDS[kpi.per]} that fit in the month")
    return Units(now if now > 0 else None, before if before > 0 else None, weekly, aside, notes)


def _points(store: Store, kpi: Kpi, window: Window) -> Units:
    what, values = condition(kpi.where, texts(store, "runs"))

    def gained(span: Span | None) -> float | None:
        points = [gain.points for gain in gains_of(store, span, what, values)] if span is not None else []
        known = [point for point in points if np.isfinite(point)]
        return sum(known) if known and sum(known) > 0 else None

    now = gained(window.now)
    notes = () if now is not None else ("no run of the month gained on a metric of which more is better",)
    return Units(now, gained(window.before), notes=notes)


def _people(store: Store, kpi: Kpi, month: Month, window: Window) -> Units:
    """Of whole months: who came in a part of one is not told apart."""
    column = "users" if kpi.per == "user" else "actions"
    everyone = " AND ".join(["true", *(f"{quoted(name)} IS NULL" for name in store.dimensions)])
    what, values = condition(kpi.where, store.dimensions)

    def counted(of: Month) -> tuple[float | None, int]:
        # `what` is NULL, and so not true, for the row that counts all.
        return store.rows(
            f"SELECT sum({column})::DOUBLE, count({column}) FROM users WHERE month = ? AND "
            + (everyone if kpi.where is None else f"({what})"),
            [of.first, *(values if kpi.where is not None else [])],
        )[0]

    now, groups = counted(month)
    notes: tuple[str, ...] = ()
    if not now:
        notes = (f"no {WORDS[kpi.per]} that fit are logged in the month",)
    elif groups > 1 and kpi.per == "user":
        notes = (f"users are added up over {groups} groups; who is in several counts in each",)
    whole = window.now.end == month.end
    if not whole and window.before is not None:
        notes = (*notes, "the month is not over, so there is nothing to compare it with")
    return Units(now or None, counted(month.later(-1))[0] or None if whole else None, notes=notes)
