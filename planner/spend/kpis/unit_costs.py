"""What one request, user, sample, GPU-hour … cost in the month, against its target and the month before."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from planner.catalog.rows import Floats
from planner.outcome.review.kpis import Trend, UnitCost
from planner.scenario.spend_limits import Kpi, Unit
from planner.spend.columns import texts
from planner.spend.conditions import condition, quoted, told
from planner.spend.kpis.daily import Window, since_of, window_of
from planner.spend.kpis.trend import trend_of
from planner.spend.kpis.units import TABLE_OF, Units, units_of
from planner.spend.months import Month
from planner.spend.purpose import purpose
from planner.spend.store import Store
from planner.spend.sums import total

DEFAULT: Final = tuple(
    Kpi(name=name, per=per)
    for name, per in (
        ("per-request", "request"), ("per-1k-tokens", "1k_tokens"), ("per-user", "user"), ("per-gpu-hour", "gpu_hour"),
        ("per-sample", "sample"), ("per-epoch", "epoch"), ("per-run", "run"), ("per-accuracy-point", "accuracy_point"),
    )
)  # fmt: skip
"""Unit costs of a scenario that names none; they have no targets."""
Status = Literal["ok", "warning", "over", "no_target", "unknown"]


@dataclass(frozen=True, slots=True)
class _Cost:
    """Effective cost, day by day."""

    usd: Floats
    """(days,)"""
    charged: Floats
    """(days,) how many charges, or logged costs, make it."""
    weekly: Floats
    gpu_hours: Floats
    notes: tuple[str, ...] = ()


def unit_costs_of(store: Store, kpis: Sequence[Kpi], month: Month) -> list[UnitCost]:
    """Unit costs of the month, in the order of `kpis`, or the usual ones where there are none.

    A unit cost is the effective cost that fits the condition and is for that kind of thing (`purpose`: serving for
    requests, tokens and users, training for samples, epochs, points and runs) over the units that fit it. Per GPU-hour
    it is the effective cost of usage that has GPU-hours over these (FOCUS: sum of EffectiveCost over the quantity,
    ChargeCategory Usage). Runs that do not say their units are taken out on both sides. Where no charge at all is told
    as training, or serving, the costs that runs, or requests, log are what counts, and the note says so. What is not
    known stays null. Raises InputError for a condition on a column that charges do not have.

    Up to the target it is ok, above it a warning, and above `warn` (left out: the target) over.
    """
    asked = list(kpis) or list(DEFAULT)
    window = window_of(store, month)
    if not window.now.days:
        return [_unknown(kpi, "no day of the month is over") for kpi in asked]
    with _summed(store, asked, window):
        return [_unit_cost(store, kpi, month, window) for kpi in asked]


@contextmanager
def _summed(store: Store, kpis: Sequence[Kpi], window: Window) -> Iterator[None]:
    """A table of charges by day, purpose and the columns that conditions ask for: one pass over the charges for all."""
    columns = texts(store, "allocated")
    for kpi in kpis:
        condition(kpi.where, columns)
    names = "".join(f", {quoted(name)}" for name in sorted({name for kpi in kpis for name in kpi.where or {}}))
    # No dimension starts with an underscore.
    store.connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE unit_cost_charges AS
            SELECT day{names}, {purpose(store)} AS _purpose, count(*) AS _charges, sum(effective_usd) AS _usd,
                   count(*) FILTER (WHERE category = 'Usage' AND gpu_hours IS NOT NULL) AS _gpu_charges,
                   sum(effective_usd) FILTER (WHERE category = 'Usage' AND gpu_hours IS NOT NULL) AS _gpu_usd,
                   {total("gpu_hours", "category = 'Usage'")} AS _gpu_hours
            FROM allocated WHERE day >= ? AND day < ? GROUP BY ALL""",
        [window.first, window.now.end],
    )
    try:
        yield
    finally:
        store.connection.execute("DROP TABLE unit_cost_charges")


def _unit_cost(store: Store, kpi: Kpi, month: Month, window: Window) -> UnitCost:
    cost = _cost(store, kpi, window)
    if kpi.per == "gpu_hour":
        now, before = (float(window.part(cost.gpu_hours, span).sum()) if span else 0.0
                       for span in (window.now, window.before))  # fmt: skip
        hours = window.weekly(cost.gpu_hours, window.charged)
        lacking = () if now > 0 else ("no GPU-hours that fit in the month",)
        units = Units(now if now > 0 else None, before if before > 0 else None, hours, notes=lacking)
    else:
        units = units_of(store, kpi, month, window)
    usd = _month(cost, units, window)
    unit = usd / units.now if usd is not None and units.now is not None else None
    was = _month(cost, units, window, before=True)
    notes = (*cost.notes, *units.notes)
    if usd is None and not notes:
        notes = ("no cost that fits in the month",)
    return UnitCost(
        name=kpi.name, per=kpi.per, where=told(kpi.where), cost_usd=usd, units=units.now, unit_cost_usd=unit,
        before_usd=was / units.before if was is not None and units.before is not None else None,
        target_usd=kpi.target, warn_usd=kpi.target if kpi.warn is None else kpi.warn,
        status=_status(kpi, unit), trend=_trend(cost, units, window), note="; ".join(notes),
    )  # fmt: skip


def _cost(store: Store, kpi: Kpi, window: Window) -> _Cost:
    what, values = condition(kpi.where, texts(store, "unit_cost_charges"))
    of = "_gpu" if kpi.per == "gpu_hour" else ""
    kind = "true" if kpi.per == "gpu_hour" else f"_purpose = '{_purpose(kpi.per)}'"
    rows = store.rows(
        f"""SELECT day, sum({of}_usd)::DOUBLE, sum({of}_charges)::DOUBLE, {total("_gpu_hours")}
            FROM unit_cost_charges WHERE {kind} AND {what} GROUP BY day ORDER BY day""",
        values,
    )
    if not rows and kpi.per != "gpu_hour":
        return _logged(store, kpi, window)
    usd = window.array(rows)
    return _Cost(usd, window.array(rows, 2), window.weekly(usd, window.charged), window.array(rows, 3))


def _purpose(per: Unit) -> str:
    return "training" if TABLE_OF[per] == "runs" else "serving"


def _logged(store: Store, kpi: Kpi, window: Window) -> _Cost:
    """Costs that runs or requests log, where no charge says that it is for them."""
    table = "runs" if _purpose(kpi.per) == "training" else "usage"
    columns = texts(store, table)
    rows = []
    if set(kpi.where or {}) <= set(columns):
        what, values = condition(kpi.where, columns)
        rows = store.rows(
            f"""SELECT day, {total("cost_usd")}, count(cost_usd) FROM {table} WHERE day >= ? AND day < ? AND {what}
                GROUP BY day HAVING count(cost_usd) > 0 ORDER BY day""",
            [window.first, window.now.end, *values],
        )
    usd = window.array(rows)
    note = f"no charge that fits is for {_purpose(kpi.per)}"
    if rows:
        note += f"; the cost is what {'runs' if table == 'runs' else 'requests'} log"
    weekly = window.weekly(usd, since_of(rows))
    return _Cost(usd, window.array(rows, 2), weekly, np.zeros(window.days), (note,))


def _month(cost: _Cost, units: Units, window: Window, *, before: bool = False) -> float | None:
    """The cost that counts; None where nothing is charged, or what is to be taken out is not known."""
    span = window.before if before else window.now
    if span is None or not window.part(cost.charged, span).any():
        return None
    usd = float(window.part(cost.usd, span).sum())
    if units.aside is not None:
        usd -= float(window.part(units.aside, span).sum())
        # Runs may log more than the bill has of them; then nothing is known of the others.
        return usd if usd >= 0 else None
    return usd


def _trend(cost: _Cost, units: Units, window: Window) -> Trend | None:
    if units.weekly is None:
        return None
    usd = cost.weekly
    if units.aside is not None:
        usd = usd - window.weekly(units.aside, window.first)
    with np.errstate(invalid="ignore", divide="ignore"):
        weekly = np.where(units.weekly > 0, usd / units.weekly, np.nan)
    return trend_of(np.where(usd >= 0, weekly, np.nan))


def _status(kpi: Kpi, unit: float | None) -> Status:
    if unit is None:
        return "unknown"
    if kpi.target is None:
        return "no_target" if kpi.warn is None or unit < kpi.warn else "warning"
    if unit <= kpi.target:
        return "ok"
    return "over" if kpi.warn is None or unit > kpi.warn else "warning"


def _unknown(kpi: Kpi, note: str) -> UnitCost:
    return UnitCost(
        name=kpi.name, per=kpi.per, where=told(kpi.where), cost_usd=None, units=None, unit_cost_usd=None,
        before_usd=None, target_usd=kpi.target, warn_usd=kpi.target if kpi.warn is None else kpi.warn, status="unknown",
        trend=None, note=note,
    )  # fmt: skip
