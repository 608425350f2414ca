"""Buying later on the same offer: some days on, by the forecast, or at a cheaper hour, by what repeats."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from planner.catalog.prices.forecast import LEVEL, SMALL, Forecast, daily
from planner.catalog.prices.series import PriceSeries, naive
from planner.catalog.rows import Floats
from planner.market.job import Job
from planner.market.moving import LEAST_SHARE
from planner.market.options import Option
from planner.market.pattern import DAY, WEEK, Pattern, hourly

_SURE: Final = 1.645
"""Standard errors that a gain must stand off zero: one-sided 95 %."""
_HOURS: Final = DAY * WEEK


def later_days(
    job: Job, now_usd: float, told: Forecast, age_days: int, now: datetime, slack_hours: float, least_usd: float
) -> list[Option]:
    """Waiting 1, 2, … whole days within the slack. The forecast's first day is the one after the last sighting."""
    found = []
    for day in range(1, int(slack_hours // DAY) + 1):
        at = day + age_days - 1
        if at >= len(told.mean):
            break
        price = float(told.mean[at])
        cost, noise = job.machine_hours * price, job.machine_hours * float(told.mean_se[at])
        against = ""
        if told.days < SMALL:
            against = f"{told.days} days are too few to wait on; {SMALL} are needed"
        elif at >= told.proven_days:
            against = "no forecast so far ahead beats 'it stays as it is' by more than chance"
        elif told.chance_dearer[at] >= 0.5:
            against = "more likely dearer than cheaper"
        found.append(
            Option(
                what="wait",
                key=job.key,
                start=now + timedelta(days=day),
                wait_hours=float(DAY * day),
                usd_per_hour=price,
                cost_usd=cost,
                saving_usd=now_usd - cost,
                width_usd=max(LEAST_SHARE * now_usd, _SURE * noise, least_usd),
                chance_dearer=float(told.chance_dearer[at]),
                worst_usd=job.machine_hours * float(told.high[at]) if math.isfinite(told.high[at]) else None,
                against=against,
            )
        )
    return found


def better_hour(
    job: Job, series: PriceSeries, of_day: Pattern, of_week: Pattern, now_usd: float, now: datetime,
    slack_hours: float, least_usd: float,
) -> Option | None:  # fmt: skip
    """The start within the next week and the slack that what repeats makes cheapest; None where none is cheaper.

    The gain is that of the patterns, averaged over the hours that the job runs. Its risk is what the history says:
    how every past start at this hour would have compared with one that much later.
    """
    reach = int(min(slack_hours, _HOURS - 1))
    if reach < 1 or not (of_day.significant or of_week.significant):
        return None
    length = max(math.ceil(job.hours), 1)
    relative = _relative(of_day, of_week, now, reach, length)
    # The soonest of those that are cheapest: what repeats comes again every day.
    wait = int(np.flatnonzero(relative <= relative.min() * (1.0 + 1e-9))[0])
    gain = float(relative[0] - relative[wait]) / float(relative[0])
    y = hourly(series)[0] if of_day.significant else _by_day(series, now)
    ratios = _ratios(y, wait, length, DAY if not of_week.significant else _HOURS, _since(series, of_day, now))
    if wait == 0 or len(ratios) < 2:
        return None
    saving = gain * now_usd
    noise = float(np.std(ratios, ddof=1)) / math.sqrt(len(ratios)) * now_usd
    rank = min(math.ceil((len(ratios) + 1) * LEVEL - 1e-9), len(ratios))
    return Option(
        what="hour",
        key=job.key,
        start=(now + timedelta(hours=wait)).replace(minute=0, second=0, microsecond=0),
        wait_hours=float(wait),
        usd_per_hour=(now_usd - saving) / job.machine_hours,
        cost_usd=now_usd - saving,
        saving_usd=saving,
        width_usd=max(LEAST_SHARE * now_usd, _SURE * noise, least_usd),
        chance_dearer=(np.count_nonzero(ratios > 1.001) + 1.0) / (len(ratios) + 2.0),
        worst_usd=float(np.sort(ratios)[rank - 1]) * now_usd,
    )


def _relative(of_day: Pattern, of_week: Pattern, now: datetime, reach: int, length: int) -> Floats:
    """(reach + 1,) mean price over the job's hours by hours waited, against the level without patterns."""
    ahead = np.arange(reach + length)
    hours = now.hour + ahead
    days = now.weekday() + hours // DAY
    price = np.exp(of_day.effect[hours % DAY] + of_week.effect[days % WEEK])
    return _means(price, length)


def _means(price: Floats, length: int) -> Floats:
    """Mean of every run of `length` values."""
    total = np.concatenate([[0.0], np.cumsum(price)])
    return np.asarray((total[length:] - total[:-length]) / length, np.float64)


def _by_day(series: PriceSeries, now: datetime) -> Floats:
    """Log price of every hour until that of `now`, where only days are told apart."""
    y = np.repeat(np.log(daily(series.seen_at, series.usd_per_hour)), DAY)
    return y[: len(y) - (DAY - 1 - now.hour)]


def _since(series: PriceSeries, of_day: Pattern, now: datetime) -> int:
    """Hours from the newest of the log prices by the hour until now: prices were last seen some time ago."""
    unit = "datetime64[h]" if of_day.significant else "datetime64[D]"
    ago = np.datetime64(naive(now)).astype(unit) - series.seen_at[-1].astype(unit)
    return int(ago // np.timedelta64(1, "h"))


def _ratios(y: Floats, wait: int, length: int, period: int, since: int) -> Floats:
    """Cost of a start `wait` hours later over that of a start then, for every past start at the hour of now.

    `y` are log prices by the hour, of which the newest is `since` hours old.
    """
    if len(y) <= wait + length:
        return np.zeros(0)
    means = _means(np.exp(y), length)
    starts = np.arange((len(y) - 1 + since) % period, len(means) - wait, period)
    return np.asarray(means[starts + wait] / means[starts], np.float64)
