"""Forecasts of a review: the total day by day, and months of the total and of each value of a dimension."""

import datetime
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.errors import InputError
from planner.outcome.review.oddities import ForecastDay, ForecastMonth, SpendForecast
from planner.scenario.spend_limits import ForecastOf
from planner.spend.baseline.monthly import Days
from planner.spend.forecasting.outlook import Outlook, outlook
from planner.spend.months import Month
from planner.spend.series import Series, daily
from planner.spend.store import Store

MOST: Final = 30
"""Values of the dimension that are forecast: the largest of the last ninety days."""
_LATELY: Final = 90
_CENTS: Final = 2


def forecasts_of(store: Store, settings: ForecastOf, month: Month) -> list[SpendForecast]:
    """The total first, then the values of `settings.by`, the largest of late first; 30 at most.

    Each rests on all days before `store.as_of` up to the last with a charge of any kind, as bills come late, and looks
    `settings.days` ahead of it, or to the end of the month under review where that is later. Months are those that the
    forecast completes; their bands are those of summed paths. Raises InputError where there is no such dimension.
    """
    columns = [name for (name, *_) in store.rows("DESCRIBE allocated")]
    if settings.by not in columns:
        message = f"forecast: {settings.by} is neither a dimension nor a column; there are {', '.join(sorted(columns))}"
        raise InputError(message)
    last = store.rows("SELECT max(day) FROM allocated WHERE day < ?", [store.as_of])[0][0]
    if last is None:
        return []
    until = last + datetime.timedelta(days=1)
    horizon = max(settings.days, (Month.of(until).end - until).days, (month.end - until).days)
    total = daily(store, until=until)
    parts = daily(store, (settings.by,), until=until)
    lately = parts.values[:, -_LATELY:].sum(axis=1)
    largest = sorted(range(len(parts.keys)), key=lambda k: (-lately[k], parts.keys[k]))[:MOST]
    return [
        _forecast("", "", total.total(), total, horizon, settings),
        *(_forecast(settings.by, parts.keys[k][0], parts.values[k], parts, horizon, settings) for k in largest),
    ]


def _forecast(
    dimension: str, value: str, values: Floats, series: Series, horizon: int, settings: ForecastOf
) -> SpendForecast:
    ahead = outlook(values, series.days[0], horizon, settings.level)
    days = series.days[-1] + 1 + np.arange(horizon)
    return SpendForecast(
        dimension=dimension, value=value, model=ahead.model, level=settings.level,
        days_seen=len(values) - int(np.argmax(values != 0.0)) if np.any(values) else 0, scores=list(ahead.scores),
        days=[] if dimension else _days(ahead, days[: settings.days], settings.level),
        months=_months(ahead, values, series.days, days, settings.level), note=ahead.note,
    )  # fmt: skip


def _days(ahead: Outlook, days: Days, level: float) -> list[ForecastDay]:
    low, high = band(ahead.samples, level)
    return [
        ForecastDay(day=str(day), usd=_usd(usd) or 0.0, lo_usd=_usd(lo), hi_usd=_usd(hi))
        for day, usd, lo, hi in zip(days, ahead.point, low, high, strict=False)
    ]


def _months(ahead: Outlook, values: Floats, seen: Days, days: Days, level: float) -> list[ForecastMonth]:
    """Months that have a day to come and end within the horizon."""
    found = []
    month = Month.of(days[0].item())
    while np.datetime64(month.end) <= days[-1] + 1:
        first, end = np.datetime64(month.first), np.datetime64(month.end)
        spent = float(values[(seen >= first) & (seen < end)].sum())
        inside = (days >= first) & (days < end)
        sums = ahead.samples[:, inside].sum(axis=1)
        low, high = band(sums, level)
        middle = float(np.median(sums)) if np.isfinite(sums[0]) else float(ahead.point[inside].sum())
        found.append(
            ForecastMonth(
                month=str(month),
                usd=_usd(spent + middle) or 0.0,
                lo_usd=_usd(spent + float(low)),
                hi_usd=_usd(spent + float(high)),
                spent_usd=_usd(spent) or 0.0,
            )
        )
        month = month.later(1)
    return found


def band(samples: Floats, level: float) -> tuple[Floats, Floats]:
    """The central band of paths (S, …) along the first axis; NaN where they are."""
    low, high = np.quantile(samples, [0.5 - level / 2.0, 0.5 + level / 2.0], axis=0)
    return low, high


def _usd(amount: float) -> float | None:
    return round(float(amount), _CENTS) if np.isfinite(amount) else None
