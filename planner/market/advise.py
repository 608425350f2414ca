"""Run now, wait, or move: what the price history says about a planned job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import numpy as np

from planner.catalog.prices.forecast import FEWEST_DAYS, Forecast, closes, forecast
from planner.catalog.prices.history_files import History
from planner.catalog.prices.series import PriceSeries, naive, nearest_keys, read_series
from planner.errors import InputError
from planner.market.job import Job
from planner.market.moving import FRESH, Countries, moves, within
from planner.market.options import BuyingAdvice, Option
from planner.market.pattern import FEWEST_DAYS as FEWEST_ROUND
from planner.market.pattern import FEWEST_WEEKS, Pattern, days_of_week, hours_of_day
from planner.market.waiting import better_hour, later_days
from planner.units import chance_text, duration, usd

USUAL_WAIT_HOURS: Final = 7 * 24.0
"""How long a job without a deadline is taken to be able to wait."""
MOST_WAIT_HOURS: Final = 60 * 24.0
"""No forecast of a price is worth anything beyond."""
NOWHERE: Final[Countries] = {}
_LATE: Final = 1.1
"""Times the usual spacing of sightings from which one is overdue: a schedule may run a little late."""
LEAST_USD: Final = 1.0
"""Smallest saving that counts, unless another is asked for."""


def advise(
    history: History, job: Job, now: datetime, by: datetime | None = None, least_usd: float = LEAST_USD,
    regions: Sequence[str] = (), providers: Sequence[str] = (), countries: Countries = NOWHERE,
) -> BuyingAdvice:  # fmt: skip
    """What to do about a job, of which `by` is when it is to be finished; else the plan's deadline from now on counts.

    Moves go where the job's scenario allows it, and to these regions and providers alone where any are named;
    `countries` are those of regions, for a scenario that says where its data may lie. Raises InputError where the
    history holds nothing of the job's offer, and where it cannot be finished by then.
    """
    wanted = {"gpu": (job.gpu,), "gpu_count": (job.gpu_count,), "tier": (job.key[3],)}
    found = read_series(history, wanted, now)
    provider, instance, _, tier = job.key
    held = {series.key: series for series in found}
    own = held.get(job.key) or held.get((provider, instance, "any", tier))
    if own is None:
        raise InputError(_unseen(history, job))
    notes = [] if own.key == job.key else [f"the history holds one price of {provider} {instance} for every region"]
    job = replace(job, key=own.key)
    slack = _slack(job, now, by, notes)
    age = (np.datetime64(naive(now), "D") - own.seen_at[-1].astype("datetime64[D]")).astype(int)
    if np.datetime64(naive(now)) - own.seen_at[-1] > np.timedelta64(FRESH):
        notes.append(f"the newest price of this offer is {age} days old: refresh before you decide")
    overdue = _overdue(own, now, notes)
    told = _forecast(own, int(slack // 24) + int(age), int(age) * overdue, notes)
    price = _price_now(own, told, int(age) * overdue, notes)
    now_usd = job.machine_hours * price
    first = _run_now(job, price, now, now_usd)
    of_day, of_week = hours_of_day(own), days_of_week(own)
    notes.extend(_patterns(of_day, of_week, told))
    others = [
        series
        for series in found
        if (not regions or series.key[2] in regions) and (not providers or series.key[0] in providers)
    ]
    others, left_out = within(job, others, countries)
    notes.extend(left_out)
    options = moves(job, now_usd, others, now, least_usd)
    hour = better_hour(job, own, of_day, of_week, now_usd, now, slack, least_usd)
    if hour is not None:
        options.append(hour)
    if told is not None:
        options.extend(later_days(job, now_usd, told, int(age), now, slack, least_usd))
    chosen, reason = _choose(first, options)
    ordered = (chosen, *(option for option in (first, *options) if option is not chosen))
    return BuyingAdvice(
        job, float(own.usd_per_hour[-1]), _moment(own.seen_at[-1]), ordered, reason, tuple(notes), told, of_day, of_week
    )


def _overdue(own: PriceSeries, now: datetime, notes: list[str]) -> bool:
    """Whether the newest sighting is older than they usually are apart."""
    hour = np.timedelta64(1, "h")
    hours = float((np.datetime64(naive(now)) - own.seen_at[-1]) / hour)
    usual = float(np.median(np.diff(own.seen_at) / hour)) if len(own.seen_at) > 1 else np.inf
    if hours <= _LATE * usual:
        return False
    notes.append(f"seen {duration(hours)} ago, and usually every {duration(usual)}: refresh first")
    return True


def _price_now(own: PriceSeries, told: Forecast | None, age: int, notes: list[str]) -> float:
    """USD per hour now: the last one seen, or what the forecast says of today where that was due `age` days ago.

    Only a forecast counts that beats "it stays".
    """
    if told is None or not told.beats_naive or not age:
        return float(own.usd_per_hour[-1])
    expected = float(told.mean[age - 1])
    notes.append(f"until then today counts as {expected:,.2f} USD/h, by the forecast of {told.model}")
    return expected


def _run_now(job: Job, price: float, now: datetime, now_usd: float) -> Option:
    return Option(
        what="now", key=job.key, start=now, wait_hours=0.0, usd_per_hour=price,
        cost_usd=now_usd, saving_usd=0.0, width_usd=0.0,
    )  # fmt: skip


def _choose(first: Option, options: Sequence[Option]) -> tuple[Option, str]:
    """The least trouble among those that save as much as the best, but for noise."""
    worth = [option for option in options if option.worth]
    if not worth:
        return first, _why_now(options)
    best = max(worth, key=lambda option: option.saving_usd)
    as_good = [option for option in worth if option.saving_usd >= best.saving_usd - best.width_usd]
    effort = ("region", "provider", "hour", "wait")
    chosen = min(as_good, key=lambda o: (o.wait_hours > 0, effort.index(o.what), o.wait_hours, -o.saving_usd, o.key))
    reason = f"saves {usd(chosen.saving_usd)} of {usd(first.cost_usd)}, more than the {usd(chosen.width_usd)} of noise"
    if chosen.chance_dearer is not None and chosen.worst_usd is not None:
        reason += f"; {chance_text(chosen.chance_dearer)} that it gets dearer, {usd(chosen.worst_usd)} at worst (90 %)"
    return chosen, reason


def _why_now(options: Sequence[Option]) -> str:
    open_ = [option for option in options if not option.against]
    if not options:
        return "nothing to compare with: neither the same machine elsewhere nor time to wait"
    if not open_:
        return "nothing speaks for anything else: what there is has its reason against it"
    best = max(open_, key=lambda option: option.saving_usd)
    if best.saving_usd <= 0:
        return "nothing else is expected to cost less"
    return f"the best else would save {usd(best.saving_usd)}, less than the {usd(best.width_usd)} that are noise"


def _slack(job: Job, now: datetime, by: datetime | None, notes: list[str]) -> float:
    """Hours that it can wait."""
    if by is not None:
        slack = (by - now).total_seconds() / 3600.0 - job.hours
        if slack < 0:
            message = f"{job.id} takes {job.hours:.1f} h and cannot be finished by {by:%Y-%m-%d %H:%M} UTC"
            raise InputError(message)
    elif job.slack_hours is not None:
        slack = job.slack_hours
    else:
        slack = USUAL_WAIT_HOURS
        notes.append(f"no deadline: taken to be able to wait {slack / 24:.0f} days; say otherwise with --by")
    if slack < 24:
        notes.append(f"it can wait {slack:.1f} h: no whole day, so no forecast was needed")
    return min(slack, MOST_WAIT_HOURS)


def _forecast(own: PriceSeries, horizon: int, age: int, notes: list[str]) -> Forecast | None:
    days = len(closes(own.seen_at, own.usd_per_hour)[0])
    if days < FEWEST_DAYS:
        notes.append(f"no forecast: {days} day{'s' * (days != 1)} with a price, {FEWEST_DAYS} are needed")
        return None
    return forecast(own.seen_at, own.usd_per_hour, max(horizon, 1), age)


def _patterns(of_day: Pattern, of_week: Pattern, told: Forecast | None) -> list[str]:
    said = []
    for name, pattern, fewest, unit in (
        ("hour of the day", of_day, FEWEST_ROUND, "whole days of hourly prices"),
        ("day of the week", of_week, FEWEST_WEEKS, "whole weeks"),
    ):
        if np.isnan(pattern.p):
            tested = pattern is of_week and told is not None and told.model == "weekly"
            apart = "; the forecast's weekly model is tested by its own errors" if tested else ""
            needed = f"{fewest} are needed to tell cheaper ones from chance"
            said.append(f"{name}: {pattern.periods} {unit}, {needed}{apart}")
        elif not pattern.significant:
            said.append(f"{name}: no pattern beyond chance (p = {pattern.p:.2g}, {pattern.periods} {unit})")
        else:
            size = float(np.exp(np.ptp(pattern.effect)) - 1.0)
            said.append(f"{name}: {100 * size:.1f} % from cheapest to dearest (p = {pattern.p:.2g})")
    return said


def _unseen(history: History, job: Job) -> str:
    provider, instance, region, tier = job.key
    near = [" ".join(key) for key in nearest_keys(history, job.key)]
    hint = f"nearest: {'; '.join(near)}" if near else "the history is empty; `planner prices refresh` records prices"
    return f"{history.folder}: no history of {provider} {instance} in {region}, {tier}; {hint}"


def _moment(at: np.datetime64) -> datetime:
    return at.astype("datetime64[s]").item().replace(tzinfo=UTC)  # type: ignore[no-any-return]
