"""A scenario without the machines of some places: as if nobody offered them, and nothing else changed."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.catalog.rate_plans import FLAT
from planner.catalog.rows import Bools, Catalog, Offers
from planner.errors import InputError
from planner.kinds.portfolio.inputs import Place
from planner.planning.ready import AnyReady, Ready, ServingReady
from planner.space.offers import Market
from planner.space.rules import narrowed

SPOT = "spot"


def without(ready: AnyReady, places: Sequence[Place]) -> AnyReady:
    """The scenario without any machine of these places, and without the services of a provider that is named whole.

    A run that is partly on spot machines keeps none whose spot machines are of such a place. What a Serving scenario
    serves is tuned where it was: only the machines of the service change. Raises InputError where nothing is left.
    """
    if not places:
        return ready
    return _tuning(ready, places) if isinstance(ready, Ready) else _serving(ready, places)


def words(place: Place) -> str:
    """A place in words: `aws us-east-1 h100-sxm on_demand`."""
    parts = (place.provider, place.region, ", ".join(place.gpus), place.tier)
    return " ".join(filter(None, parts)) or "any machine"


def _tuning(ready: Ready, places: Sequence[Place]) -> Ready:
    space, catalog = ready.space, ready.catalog
    market, kept = _cut(space.market, catalog, places)
    rules = space.rules
    if rules is not None and len(market.offers):
        rules = narrowed(rules, space.recipes, kept)
        if rules is None:
            market = market.restricted(np.zeros(len(market.offers), bool))
    else:
        rules = None
    prices = tuple(price for price in space.tuning.prices if not _whole(price.provider, places))
    if not len(market.offers) and not prices:
        raise _nothing(ready, places)
    tuning = replace(space.tuning, prices=prices)
    return replace(ready, space=replace(space, market=market, rules=rules, tuning=tuning))


def _serving(ready: ServingReady, places: Sequence[Place]) -> ServingReady:
    space = ready.space
    market, _ = _cut(space.market, ready.catalog, places)
    apis = tuple(one for one in space.apis if not _whole(one.api.provider, places))
    first = space.first
    if first is not None and (
        (first.api is not None and _whole(first.api.api.provider, places))
        or (first.model is not None and not len(market.offers))
    ):
        first = None
    if len(market.offers):
        return replace(ready, space=replace(space, market=market, apis=apis, first=first))
    if not apis:
        raise _nothing(ready, places)
    # Without machines nothing of one's own is served, the tuned model included.
    models = np.zeros(0, space.models.dtype)
    return replace(ready, space=replace(space, market=market, apis=apis, first=first, models=models), trained=None)


def _cut(market: Market, catalog: Catalog, places: Sequence[Place]) -> tuple[Market, Bools]:
    """The market without the places, and which of its offers are left."""
    offers = market.offers
    gone: Bools = np.zeros(len(offers), bool)
    lost: Bools = np.zeros(len(offers), bool)
    for place in places:
        there = _there(offers, catalog, place)
        gone |= there & ((offers.tier == place.tier) if place.tier else True)
        if place.tier in ("", SPOT):
            lost |= there
    twinned = replace(
        offers,
        spot_twin_usd_per_hour=np.where(lost, np.nan, offers.spot_twin_usd_per_hour),
        spot_twin_rate=np.where(lost, FLAT, offers.spot_twin_rate),
    )
    return replace(market, offers=twinned).restricted(~gone), ~gone


def _there(offers: Offers, catalog: Catalog, place: Place) -> Bools:
    """Offers at a place, whatever their tier."""
    there: Bools = np.ones(len(offers), bool)
    if place.provider:
        names = [name.lower() for name in offers.providers]
        wanted = place.provider.lower()
        there &= offers.provider == (names.index(wanted) if wanted in names else -1)
    if place.region:
        there &= offers.region == place.region
    if place.gpus:
        there &= np.isin(offers.gpu, [i for i, gpu in enumerate(catalog.gpus) if gpu.id in place.gpus])
    return there


def _whole(provider: str, places: Sequence[Place]) -> bool:
    """Whether a place is all of this provider, its services with it."""
    return any(
        place.provider.lower() == provider.lower() and not (place.region or place.gpus or place.tier)
        for place in places
    )


def _nothing(ready: AnyReady, places: Sequence[Place]) -> InputError:
    told = "; ".join(words(place) for place in places)
    return InputError(f"{ready.path}: no offer is left without {told}")
