"""Which prices a scenario is planned with: those of the lock beside it, of another lock, or the catalog's own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from planner.catalog.api_models import ApiModel
from planner.catalog.quoted import TuningPrice
from planner.catalog.rows import Catalog, Offers
from planner.locking.apis import LaidApis, edited_apis, lay_apis, locked_apis
from planner.locking.lock import ReadLock, lock_path, read_lock
from planner.locking.prices import Laid, edited, lay
from planner.locking.services import (
    LaidServices,
    ServiceKey,
    edited_services,
    lay_services,
    locked_services,
    service_key,
)
from planner.locking.table import ON_DEMAND, SPOT, Key, priced
from planner.locking.table import Priced as Offer
from planner.outcome import LockReference
from planner.scenario.paths import scenario_root
from planner.source import InvalidInput, Problem

SHOWN: Final = 3
"""Edited prices that a message names."""


@dataclass(frozen=True, slots=True)
class Prices:
    """A choice of prices; without a lock those of the catalog."""

    lock: ReadLock | None = None
    without: frozenset[Key] = frozenset()
    """Offers that were not there to choose when the lock was made."""
    without_services: frozenset[ServiceKey] = frozenset()
    """The same of prices of managed services."""
    without_apis: frozenset[str] = frozenset()
    """The same of models behind an API, by their ids."""
    beside: bool = False
    """Whether a lock beside the scenario counts."""


CATALOG: Final = Prices()
BESIDE: Final = Prices(beside=True)


@dataclass(frozen=True, slots=True)
class Priced:
    """A catalog with the chosen prices, and what is to be said of them."""

    catalog: Catalog
    lock: ReadLock | None = None
    """The lock whose prices are in it."""
    laid: Laid | None = None
    services: LaidServices | None = None
    """None where the lock says nothing of managed services, so that the catalog's own prices count."""
    warnings: tuple[Problem, ...] = ()
    beside: Path | None = None
    """The lock's file, where it is the one beside the scenario."""
    apis: LaidApis | None = None
    """None where the lock says nothing of models behind an API."""

    def reference(self, root: Path | None) -> LockReference | None:
        """The lock as plans name it, by its path from `root`; None where the catalog's own prices count."""
        if self.lock is None or self.laid is None:
            return None
        path = None if self.beside is None else self.beside.resolve()
        inside = root is not None and path is not None and path.is_relative_to(root)
        return LockReference(
            file=path.relative_to(root).as_posix() if inside and path and root else self.lock.file,
            digest=self.lock.digest,
            as_of=self.lock.lock.catalog.as_of,
            catalog_digest=self.lock.lock.catalog.digest,
            offers=self.laid.moved + self.laid.returned,
            services=None if self.services is None else self.services.moved + self.services.returned,
            apis=None if self.apis is None else self.apis.moved,
        )


def price(catalog: Catalog, prices: Prices, scenario: Path | None) -> Priced:
    """The catalog with the prices that count for a scenario in a file; raises InvalidInput for a lock that is none.

    A lock that names this very catalog adds nothing: it is compared, and what was edited in it does not count.
    """
    lock, beside = prices.lock, None
    if lock is None and prices.beside and scenario is not None and lock_path(scenario).is_file():
        beside = lock_path(scenario)
        lock = read_lock(_inside(beside))
    if lock is None:
        return Priced(catalog)
    if lock.lock.catalog.digest == catalog.digest:
        changed = edited_prices(lock, catalog)
        return Priced(catalog, warnings=(_edited(lock, changed),) if changed else ())
    laid = lay(lock.offers, lock.lock.catalog.as_of, catalog, prices.without)
    found, lost = laid.catalog, laid.lost
    services = apis = None
    if lock.services is not None:
        services = lay_services(lock.services, found, prices.without_services)
        found, lost = replace(found, tuning_prices=services.prices), (*lost, *services.lost)
    if lock.apis is not None:
        apis = lay_apis(lock.apis, found, prices.without_apis)
        found, lost = replace(found, apis=apis.apis), (*lost, *apis.lost)
    return Priced(found, lock, laid, services, _told(lock, lost), beside, apis)


def edited_prices(lock: ReadLock, catalog: Catalog) -> tuple[str, ...]:
    """Where a lock differs from the catalog of the very digest that it names, in words; services and APIs last."""
    return (
        *edited(lock.offers, catalog),
        *edited_services(lock.services or (), catalog),
        *edited_apis(lock.apis or (), catalog),
    )


def since(
    lock: ReadLock, market: Offers, services: Iterable[TuningPrice], catalog: Catalog, apis: Iterable[ApiModel] = ()
) -> Prices:
    """The prices of a lock without what a scenario's market holds beside them: it came later, or nobody locked it."""
    new = frozenset[ServiceKey]()
    if lock.services is not None:
        new = frozenset(map(service_key, locked_services(services, catalog))) - {*map(service_key, lock.services)}
    later = frozenset[str]()
    if lock.apis is not None:
        later = frozenset(one.id for one in locked_apis(apis, catalog)) - {one.id for one in lock.apis}
    return Prices(lock, new_since(lock, market, catalog), new, without_apis=later)


def new_since(lock: ReadLock, market: Offers, catalog: Catalog) -> frozenset[Key]:
    """Offers that a market rests on and its lock does not list, so that they came later."""
    found = _rests_on(market, catalog, shares=True) - {one.key for one in lock.offers}
    return found & {one.key for one in priced(catalog.offers, catalog.gpus)} if found else found


def locked_offers(market: Offers, catalog: Catalog, *, shares: bool) -> list[Offer]:
    """What a market rests on, at the catalog's own prices, whatever a calibration made of them.

    `shares`: whether runs may be shared with spot machines that are no candidates themselves.
    """
    wanted = _rests_on(market, catalog, shares=shares)
    return [one for one in priced(catalog.offers, catalog.gpus) if one.key in wanted]


def _rests_on(market: Offers, catalog: Catalog, *, shares: bool) -> frozenset[Key]:
    """The offers of a market and their twins: spot and committed ones are compared with the same on demand.

    A committed price that is derived from a discount rests on the price on demand.
    """
    # Machines with a card of the user's own are no offers of the catalog.
    market = market.take(market.gpu < len(catalog.gpus))
    own = {one.key for one in priced(market.take(~market.derived_term), catalog.gpus)}
    twins = {(*one.key[:4], ON_DEMAND) for one in priced(market, catalog.gpus)}
    if shares:
        shared = market.take(np.isfinite(market.spot_twin_usd_per_hour))
        twins |= {(*one.key[:4], SPOT) for one in priced(shared, catalog.gpus)}
    return frozenset(own | twins)


def edited_text(lock: ReadLock, changed: tuple[str, ...]) -> str:
    """What was changed in a lock by hand, in words."""
    more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
    return f"{'; '.join(changed[:SHOWN])}{more}; the lock names the catalog of {lock.lock.catalog.as_of}"


def _inside(path: Path) -> Path:
    """The lock's path; raises InvalidInput where a link leads out of what a scenario may read."""
    if not path.resolve().is_relative_to(scenario_root(path.parent / "-")):
        message = "is a link that leads out of the repository"
        raise InvalidInput([Problem("lock", message, str(path), hint="make it with `planner lock`")], {})
    return path


def _edited(lock: ReadLock, changed: tuple[str, ...]) -> Problem:
    message = f"prices were changed by hand and do not count: {edited_text(lock, changed)}"
    hint = "renew it with `planner lock --refresh`"
    return Problem("lock", message, lock.file, lock.document.span(("offers",), key=True), "offers", hint, "warning")


def _told(lock: ReadLock, lost: tuple[str, ...]) -> tuple[Problem, ...]:
    if not lost:
        return ()
    names = ", ".join(lost[:SHOWN]) + (f" and {len(lost) - SHOWN} more" if len(lost) > SHOWN else "")
    message = f"today's catalog lacks what is needed to plan with: {names}"
    hint = "renew it with `planner lock --refresh`"
    return (Problem("lock", message, lock.file, lock.document.span(("offers",), key=True), "offers", hint, "warning"),)
