"""Budgets in their periods."""

import datetime
from collections.abc import Sequence
from typing import Literal

import numpy as np

from planner.catalog.rows import Floats
from planner.outcome.review.budgets import BudgetStatus, Crossing
from planner.scenario.spend_limits import SpendBudget
from planner.spend.attribution.whole import whole_months
from planner.spend.budgets.drivers import drivers_of
from planner.spend.budgets.ending import Ending, Forecaster, ending
from planner.spend.budgets.period import Period, period_of
from planner.spend.conditions import told
from planner.spend.forecasting.outlook import outlook
from planner.spend.months import Month
from planner.spend.series import daily
from planner.spend.store import Store

_DAY = datetime.timedelta(days=1)


def budgets_of(
    store: Store, budgets: Sequence[SpendBudget], month: Month, level: float = 0.9, forecast: Forecaster = outlook
) -> list[BudgetStatus]:
    """Each budget in the period with the month's last day that has come, by effective cost.

    Where the month is not whole, days count as seen up to the last with any charge, so that bills that lag do not read
    as savings. Of days before the first charge nothing is known, and no budget is held against them. `level` is that
    of the band. Raises InputError where a budget's `where` asks for what `allocated` does not have.
    """
    last = min(store.as_of, month.end) - _DAY
    first, charged = store.rows("SELECT min(day), max(day) FROM allocated")[0]
    if first is None or first > last:
        return []
    seen = last if whole_months(store, [Month.of(last)]) else min(last, charged)
    return [_status(store, budget, period_of(last, budget.period), seen, level, forecast) for budget in budgets]


def _status(
    store: Store, budget: SpendBudget, period: Period, last: datetime.date, level: float, forecast: Forecaster
) -> BudgetStatus:
    until = max(last + _DAY, period.start)
    series = daily(store, where=budget.where, until=until)
    history = series.total()
    seen = (until - period.start).days
    inside = history[max(len(history) - seen, 0) :] if seen else np.zeros(0)
    begun = series.days[0] if len(series.days) else np.datetime64(until)
    end = ending(
        _on_paper(inside.sum()).item(), history, begun, (period.end - until).days, budget.amount, level, forecast
    )
    crossings = [_crossing(at, budget.amount, inside, end, until) for at in budget.levels]
    return BudgetStatus(
        name=budget.name, where=told(budget.where), period=budget.period, start=period.start.isoformat(),
        end=period.end.isoformat(), amount_usd=budget.amount, spent_usd=end.spent, used=end.spent / budget.amount,
        elapsed=seen / period.days, run_rate_usd=end.spent / seen * period.days if seen else None,
        forecast_usd=_known(end.point), forecast_lo_usd=_known(end.lo), forecast_hi_usd=_known(end.hi),
        forecast_model=end.model, chance_over=_known(end.chance_over),
        status=_word(end, budget.amount, seen / period.days, crossings),
        crossings=crossings, drivers=drivers_of(store, budget.where, period, until),
    )  # fmt: skip


def _crossing(level: float, amount: float, inside: Floats, end: Ending, until: datetime.date) -> Crossing:
    """When a level is reached: on a day that has come, else on one to come."""
    limit = level * amount
    first = until - len(inside) * _DAY
    reached, coming = _first_at(_on_paper(np.cumsum(inside)), limit, first), _first_at(end.reached, limit, until)
    return Crossing(level=level, reached_on=reached, forecast_on="" if reached else coming)


def _first_at(sums: Floats, limit: float, first: datetime.date) -> str:
    above = np.flatnonzero(sums >= limit)
    return (first + int(above[0]) * _DAY).isoformat() if len(above) else ""


def _on_paper(sums: Floats) -> Floats:
    """Sums of floats to 1e-6 USD: what reaches an amount on paper reaches it here."""
    return np.round(sums, 6)


def _word(
    end: Ending, amount: float, elapsed: float, crossings: Sequence[Crossing]
) -> Literal["ok", "warning", "over", "forecast_over"]:
    """A level that is reached is a warning where less of the period is over: half the money at half-time is in pace.

    The whole amount always is one.
    """
    if end.spent > amount:
        return "over"
    if end.point > amount:
        return "forecast_over"
    early = (one for one in crossings if one.reached_on and (one.level >= 1.0 or one.level > elapsed))
    return "warning" if any(early) else "ok"


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
