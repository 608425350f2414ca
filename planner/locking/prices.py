"""The prices of a lock laid on the catalog: what moved since, what is gone, what is new."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from planner.catalog.ages import age_months
from planner.catalog.managed import availability_of
from planner.catalog.rows import Catalog, Ints, Offers
from planner.catalog.spot_rates import with_spot_rates, without_spot_rates
from planner.catalog.sustained_use import sustained_use_again
from planner.locking.table import COMMITTED, MARKS, Key, Priced, priced


@dataclass(frozen=True, slots=True)
class Laid:
    """A catalog with the prices of a lock in it."""

    catalog: Catalog
    moved: int
    """Offers whose price, date or marks are others than today."""
    returned: int
    """Offers that today's catalog does not have any more."""
    lost: tuple[str, ...]
    """Offers that cannot be had back, in words: their card or provider's region is unknown today."""


def edited(offers: Sequence[Priced], catalog: Catalog) -> tuple[str, ...]:
    """Where offers of a lock differ from the catalog of the very digest that it names, in words."""
    known = {one.key: one for one in priced(catalog.offers, catalog.gpus)}
    found = []
    for one in offers:
        same = known.get(one.key)
        where = f"{one.provider} {one.instance} in {one.region} ({one.tier.replace('_', ' ')})"
        if same is None:
            found.append(f"{where} is not in the catalog")
        elif one.usd_per_hour != same.usd_per_hour:
            found.append(f"{where}: ${one.usd_per_hour:g} per hour in the lock, ${same.usd_per_hour:g} in the catalog")
        elif repr(one) != repr(same):
            found.append(f"{where} differs from the catalog")
    return tuple(found)


def lay(offers: Sequence[Priced], as_of: str, catalog: Catalog, without: frozenset[Key] = frozenset()) -> Laid:
    """The catalog with these offers at their locked prices, aged at the lock's date.

    Offers that the lock does not list keep today's price; those in `without` are taken out, since they were not there
    to choose when the lock was made.
    """
    old = catalog.offers
    today = priced(old, catalog.gpus)
    at = {one.key: row for row, one in enumerate(today)}
    cards = {gpu.id for gpu in catalog.gpus}
    differs = [one for one in offers if one.key in at and repr(one) != repr(today[at[one.key]])]
    moved = [one for one in differs if one.gpu in cards]
    gone = [one for one in offers if one.key not in at]
    donors, lost = _donors(gone, today, cards)
    lost += [_lost(one) for one in differs if one.gpu not in cards]
    back = [one for one, _ in donors]
    changed = old.take(np.array([*range(len(old)), *(row for _, row in donors)], np.int64))
    changes = [(at[one.key], one) for one in moved] + [(len(old) + i, one) for i, one in enumerate(back)]
    changed = _with(changed, changes, catalog)
    # A card, or a number of them, that is another today would bring the rate of today's along.
    others = [at[one.key] for one in moved if (one.gpu, one.gpus) != (today[at[one.key]].gpu, today[at[one.key]].gpus)]
    changed = _with_rates(changed, np.array([*others, *range(len(old), len(changed))], np.int64), catalog)
    changed = sustained_use_again(changed, catalog.gpus)
    kept = [row for row in _order(today, back) if row >= len(old) or today[row].key not in without]
    offers_then = replace(changed, age_months=age_months(changed.as_of.tolist(), as_of))
    offers_then = offers_then.take(np.array(kept, np.int64))
    return Laid(replace(catalog, as_of=as_of, offers=offers_then), len(moved), len(back), tuple(lost))


def _order(today: Sequence[Priced], back: Sequence[Priced]) -> list[int]:
    """Rows with those that came back where price lists have them, since of equals the first is chosen.

    Beside the regions of the same machine, or else after all machines of the provider's service.
    """
    machines: dict[tuple[str, ...], list[int]] = {}
    for row, one in enumerate(today):
        machines.setdefault((one.provider, one.service, one.instance), []).append(row)
        machines.setdefault((one.provider, one.service), []).append(row)
    places: list[tuple[float, tuple[str, str, str], int]] = [(row, ("", "", ""), row) for row in range(len(today))]
    for i, one in enumerate(back):
        same = machines.get((one.provider, one.service, one.instance), [])
        after = [row for row in same if (today[row].region, today[row].tier) > (one.region, one.tier)]
        place = after[0] - 0.5 if after else (same or machines[one.provider, one.service])[-1] + 0.5
        places.append((place, (one.instance, one.region, one.tier), len(today) + i))
    return [row for _, _, row in sorted(places)]


def _donors(
    gone: Sequence[Priced], today: Sequence[Priced], cards: AbstractSet[str]
) -> tuple[list[tuple[Priced, int]], list[str]]:
    """For each offer that is gone, a row of the same provider, service and region, whose terms it had."""
    place: dict[tuple[str, ...], int] = {}
    for row, one in enumerate(today):
        for key in _likeness(one):
            place.setdefault(key, row)
    found, lost = [], []
    for one in gone:
        rows = [place[key] for key in _likeness(one) if key in place]
        if rows and one.gpu in cards:
            found.append((one, rows[0]))
        else:
            lost.append(_lost(one))
    return found, lost


def _lost(one: Priced) -> str:
    return f"{one.provider} {one.instance} in {one.region}"


def _likeness(one: Priced) -> tuple[tuple[str, ...], ...]:
    """What a row may share with an offer, the nearest first: its other tier, its tier in its region, its region."""
    where = (one.provider, one.service, one.region)
    return (*where, one.instance), (*where, one.tier, ""), where


def _with_rates(offers: Offers, rows: Ints, catalog: Catalog) -> Offers:
    """The offers with preemption rates, waits and availability of their own card in these rows."""
    mine = offers.take(rows)
    names = [mine.providers[provider] for provider in mine.provider.tolist()]
    known = {one.id: one.preemption_per_hour for one in catalog.providers}
    instances = [instance.removeprefix("ml.") for instance in mine.instance.tolist()]
    bare: dict[str, Any] = without_spot_rates(len(mine)) | {
        "preemption_per_hour": np.array([known[name] for name in names], np.float64),
        "availability": availability_of(catalog.quotes, names, instances),
    }
    mine = with_spot_rates(replace(mine, **bare), catalog.spot_rates, catalog.gpus)
    columns = {name: getattr(offers, name).copy() for name in bare}
    for name, column in columns.items():
        column[rows] = getattr(mine, name)
    return replace(offers, **columns)


def _with(offers: Offers, changes: Sequence[tuple[int, Priced]], catalog: Catalog) -> Offers:
    """The offers with these rows as a lock has them."""
    if not changes:
        return offers
    rows = np.array([row for row, _ in changes], np.int64)
    card = {gpu.id: i for i, gpu in enumerate(catalog.gpus)}
    numbers = {
        "gpu": [card[one.gpu] for _, one in changes],
        "gpu_count": [one.gpus for _, one in changes],
        "memory_gib": [one.host_gib for _, one in changes],
        "vcpus": [one.vcpus for _, one in changes],
        "price_usd_per_hour": [one.usd_per_hour for _, one in changes],
        "spot": [one.tier == "spot" for _, one in changes],
        "committed_usd_per_hour": [one.usd_per_hour if one.tier in COMMITTED else np.nan for _, one in changes],
        **{mark: [mark in one.marks for _, one in changes] for mark in MARKS},
    }
    texts = {name: [getattr(one, name) for _, one in changes] for name in ("instance", "as_of", "confidence")}
    texts["term"] = [one.tier if one.tier in COMMITTED else "" for _, one in changes]
    columns = {}
    for name, values in {**numbers, **texts}.items():
        column = getattr(offers, name)
        fresh = np.array(values)
        # Text columns are as wide as their longest text, so that a longer one would be cut.
        wide = column.astype(np.result_type(column, fresh)) if name in texts else column.copy()
        wide[rows] = fresh
        columns[name] = wide
    return replace(offers, **columns)
