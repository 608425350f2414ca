"""Replicas by the hour: what the requests of each hour needed, against the fixed number that was paid for."""

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.card_names import card_text
from planner.catalog.names import resolve_gpus
from planner.catalog.rows import Catalog, Floats
from planner.scenario.hardware import Hardware
from planner.space.offers import open_market
from planner.spend.advice.found import TRUSTS, Found, Touched, Trust
from planner.spend.advice.history import RECENT_DAYS, History
from planner.spend.advice.own_rates import WAY, card_key
from planner.spend.advice.sampled import standing
from planner.spend.sums import total
from planner.units import HOURS_PER_WEEK

FEWEST_HOURS: Final = 14 * 24
"""Two weeks: of less, no pattern is known."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A deployment while it had a number of replicas."""

    deployment: str
    model: str
    provider: str
    """Of the card, where the bill has it at one alone; else empty."""
    gpu: str
    gpus: float
    """Of one replica."""
    replicas: int
    since: datetime.datetime
    until: datetime.datetime


def needed(requests: Floats, replicas: int) -> Floats:
    """(H,) replicas for each hour's requests, at the busiest hour's load per replica, which they did carry.

    An hour has what it or the hour before needs, whichever is more: it is scaled down late. One always stays.
    """
    most = float(requests.max(initial=0.0))
    if not most > 0.0:
        return np.ones(len(requests))
    now = np.ceil(requests / (most / replicas) - 1e-9)
    before = np.concatenate([now[:1], now[:-1]])
    return np.asarray(np.clip(np.maximum(now, before), 1.0, float(replicas)), np.float64)


def find(history: History) -> Iterator[Found]:
    """One for each deployment whose hours needed fewer replicas than it had."""
    by_name: dict[str, list[Stretch]] = {}
    for one in _stretches(history):
        by_name.setdefault(one.deployment, []).append(one)
    for name, stretches in sorted(by_name.items()):
        found = _found(history, name, stretches)
        if found is not None:
            yield found


def _stretches(history: History) -> Iterator[Stretch]:
    """Deployments of two replicas or more within the last weeks, cut to them and to hours."""
    since, until = history.window(RECENT_DAYS)
    rows = history.store.rows(
        "SELECT deployment, model, coalesce(provider, ''), gpu, gpu_count, replicas, "
        "date_trunc('hour', greatest(coalesce(started, ?), ?)), "
        "date_trunc('hour', least(coalesce(ended, ?), ?)) FROM deployments d LEFT JOIN (SELECT gpu, "
        "max(provider) AS provider FROM gpu_hourly GROUP BY gpu HAVING count(DISTINCT provider) = 1) p USING (gpu) "
        "WHERE deployment <> '' AND replicas >= 2 AND coalesce(started, ?) < ? AND coalesce(ended, ?) > ? ORDER BY ALL",
        [since, since, until, until, since, until, until, since],
    )
    for name, model, provider, gpu, gpus, replicas, first, last in rows:
        if gpus is not None and last > first:
            yield Stretch(name, model, provider, gpu, float(gpus), int(replicas), first, last)


def _by_the_hour(history: History, one: Stretch) -> Stretch:
    """The stretch since its requests are logged by the hour: days summed up in one row say nothing of their hours."""
    ((summed,),) = history.store.rows(
        "SELECT max(logged) FROM (SELECT date_trunc('day', hour) AS logged FROM usage WHERE deployment = ? "
        "AND hour >= ? AND hour < ? AND requests > 0 GROUP BY logged HAVING count(DISTINCT hour) = 1)",
        [one.deployment, one.since, one.until],
    )
    if summed is None:
        return one
    after = datetime.datetime.combine(summed.date(), datetime.time()) + datetime.timedelta(days=1)
    return replace(one, since=min(max(one.since, after), one.until))


def _requests(history: History, one: Stretch) -> Floats:
    """(H,) requests of every hour; 0 where none is logged."""
    hours = int((one.until - one.since) / datetime.timedelta(hours=1))
    found = np.zeros(hours)
    rows = history.store.rows(
        f"SELECT date_diff('hour', ?, hour) AS place, {total('requests')} FROM usage "
        "WHERE deployment = ? AND hour >= ? AND hour < ? GROUP BY place ORDER BY place",
        [one.since, one.deployment, one.since, one.until],
    )
    for at, requests in rows:
        found[at] = requests or 0.0
    return found


@dataclass(frozen=True, slots=True)
class Paid:
    """What the GPUs of a deployment cost, hour by hour, beyond what is committed to."""

    gpu_hours: Floats
    """(H,) that were rented on demand, so that fewer of them would have been less money."""
    usd: Floats
    says: str
    sure: Trust
    model: str = ""
    """Whose hours these are; empty for all of the card."""
    billed: bool = True


def _paid(history: History, one: Stretch, hours: int) -> Paid | None:
    """By the bill: hours of the deployment's model on its card, else all of the card that no run had.

    Where the bill has neither, all of its GPUs at the catalog's cheapest price on demand.
    """
    on_demand = f"{WAY} = 'on_demand'"
    for model in dict.fromkeys((one.model, "")):
        rows = history.store.rows(
            f"SELECT date_diff('hour', ?, hour) AS place, coalesce({total('gpu_hours', on_demand)}, 0), "
            f"coalesce({total('effective_usd', on_demand)}, 0) FROM gpu_hourly WHERE gpu = ? AND run = '' "
            "AND hour >= ? AND hour < ? AND effective_usd IS NOT NULL AND (? = '' OR model = ?) "
            "GROUP BY place ORDER BY place",
            [one.since, one.gpu, one.since, one.until, model, model],
        )
        if rows:
            gpu_hours, cost = np.zeros(hours), np.zeros(hours)
            for place, some, amount in rows:
                gpu_hours[place], cost[place] = some, amount
            whose = f"{model} on {card_text(one.gpu)}" if model else f"all {card_text(one.gpu)} without a run"
            return Paid(gpu_hours, cost, f"as the bill has it for {whose}", "high" if model else "medium", model)
    price = _listed_usd(history.catalog, one.gpu)
    if math.isnan(price):
        return None
    every = np.full(hours, one.gpus * one.replicas)
    return Paid(every, every * price, "the catalog's cheapest, as the bill has none", "low", billed=False)


def _listed_usd(catalog: Catalog, gpu: str) -> float:
    """The catalog's cheapest GPU-hour of a card on demand; NaN where it has none."""
    cards = resolve_gpus(catalog, gpu) if gpu else ()
    if not cards:
        return math.nan
    offers = open_market(Hardware(gpus=[catalog.gpus[card].id for card in cards]), catalog).offers
    price = offers.price_usd_per_hour / offers.gpu_count
    return float(price[np.isfinite(price)].min(initial=math.inf)) if np.isfinite(price).any() else math.nan


def _found(history: History, name: str, stretches: list[Stretch]) -> Found | None:
    parts, spare, had, hours = [], 0.0, 0.0, 0
    sure: list[tuple[Stretch, Paid]] = []
    begins: list[datetime.datetime] = []
    for stretch in stretches:
        one = _by_the_hour(history, stretch)
        begins.append(one.since)
        requests = _requests(history, one)
        paid = _paid(history, one, len(requests)) if len(requests) >= FEWEST_HOURS and requests.any() else None
        if paid is None:
            continue
        free = one.replicas - needed(requests, one.replicas)
        price = np.divide(paid.usd, paid.gpu_hours, out=np.zeros(len(free)), where=paid.gpu_hours > 0.0)
        # What is committed to is paid for in any case: only hours on demand can be given back.
        saved = np.minimum(free * one.gpus, paid.gpu_hours) * price
        parts.append(np.add.reduceat(saved, np.arange(0, len(free), HOURS_PER_WEEK)))
        spare, had, hours = spare + float(free.sum()), had + one.replicas * len(free), hours + len(free)
        sure.append((one, paid))
    saving = sum(float(part.sum()) for part in parts)
    if not saving > 0.0:
        return None
    return Found(
        kind="auto_scale",
        about=name,
        text=f"Scale {name} by the hour in place of {had / hours:.3g} replicas at all times.",
        savings_usd=np.concatenate(parts),
        first=history.day(min(begins)),
        end=history.end,
        steps=(
            f"Let the autoscaler go from 1 to {max(one.replicas for one in stretches)} replicas, by the load.",
            "Scale up ahead of the hours that are busy every day; scale down an hour late.",
        ),
        risk="A replica takes minutes to start, so that a sudden peak waits; watch the latency of the first weeks.",
        basis=(
            f"Requests of {hours:,} hours: each would have had the replicas that its requests, and those of the hour "
            f"before, need at the load that a replica carried in the busiest hour; {spare:,.0f} of {had:,.0f} "
            f"replica-hours are then spare. Saved is what of them was on demand, {sure[-1][1].says}; what is committed "
            "to is paid for in any case."
        ),
        touched=Touched(
            frozenset({f"deployment {name}"}).union(
                *(standing(history, one.gpu, paid.model) for one, paid in sure if paid.billed)
            ),
            frozenset(card_key((one.provider, one.gpu)) for one in stretches if one.provider),
        ),
        at_most=min((paid.sure for _, paid in sure), key=TRUSTS.index),
    )
