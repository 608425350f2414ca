"""Other machines for the same recipe: another tier, region, seller, card or number of cards, one change at a time."""

from dataclasses import dataclass, replace

import numpy as np

from planner.catalog.names import resolve_gpus
from planner.catalog.rows import PLAIN, Bools, Catalog, Ints, Offers
from planner.kinds.advise.tried import Standing
from planner.kinds.problem import Problem
from planner.scenario.hardware import Hardware
from planner.space.offers import Market, open_market


@dataclass(frozen=True, slots=True)
class Machines:
    """The scenario's offers, then those that one of its lists keeps out."""

    market: Market
    own: int
    """Offers of the scenario; the rest is outside of it."""
    opens: dict[str, Bools]
    """List of the scenario → offers that it does not hold."""

    def opened_by(self, offer: int) -> list[str]:
        """The lists that an offer has to be added to."""
        return [name for name, outside in self.opens.items() if outside[offer]]


def machines(problem: Problem, hardware: Hardware, catalog: Catalog) -> Machines:
    """Offers in reach: residency, availability, services and the default filters hold as in the scenario.

    Marketplaces, doubtful prices and the like are not advised on unless the scenario allows them.
    """
    own = problem.space.market
    anything = {"gpus": "any", "counts": "any", "providers": "any", "regions": "any", "tiers": ["on_demand", "spot"]}
    wide = open_market(hardware.model_copy(update=anything), catalog, own.stale_months)
    had = set(_keys(own.offers))
    new = wide.offers.take(np.array([key not in had for key in _keys(wide.offers)], bool))
    offers = own.offers.and_also(new)
    market = replace(own, offers=offers).restricted(np.ones(len(offers), bool))
    opens = closed_lists(hardware, catalog, offers)
    return Machines(market, len(own.offers), opens)


def _keys(o: Offers) -> list[tuple[object, ...]]:
    columns = (o.provider, o.service, o.instance, o.region, o.tier, o.gpu, o.gpu_count)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def closed_lists(hardware: Hardware, catalog: Catalog, offers: Offers) -> dict[str, Bools]:
    """List of the hardware block → offers that it leaves out."""
    found: dict[str, Bools] = {}
    if hardware.gpus != "any":
        cards = sorted({index for name in hardware.gpus for index in resolve_gpus(catalog, name)})
        found["hardware.gpus"] = ~np.isin(offers.gpu, cards)
    if hardware.counts != "any":
        found["hardware.counts"] = ~np.isin(offers.gpu_count, hardware.counts)
    if hardware.providers != "any":
        names = [offers.providers.index(name) for name in hardware.providers if name in offers.providers]
        found["hardware.providers"] = ~np.isin(offers.provider, names)
    if hardware.regions != "any":
        found["hardware.regions"] = ~np.isin(offers.region, hardware.regions)
    found["hardware.tiers"] = ~np.isin(offers.tier, hardware.tiers)
    return found


def other_machines(here: Standing, reach: Machines) -> tuple[Ints, Ints, list[str]]:
    """Combination, offer and kind of every machine that differs in one thing from a combination's own.

    An offer that no single list lets in is left out.
    """
    offers = reach.market.offers
    usable = np.sum([np.zeros(len(offers)), *reach.opens.values()], axis=0) <= 1
    base: list[int] = []
    found: list[int] = []
    kinds: list[str] = []
    for i, own in enumerate(here.offer.tolist()):
        for kind, hit in differing(offers, own).items():
            rows = np.flatnonzero(hit & usable).tolist()
            base += [i] * len(rows)
            found += rows
            kinds += [kind] * len(rows)
    return np.array(base, np.int64), np.array(found, np.int64), kinds


def differing(o: Offers, own: int) -> dict[str, Bools]:
    """Kind → offers that differ from one in that, and otherwise as little as can be asked.

    Another tier or region is of the same seller's same machine; another seller rents the same cards in the same
    number and tier; other cards come in the same number, another number of the same card, both in the same tier.
    """

    def same(column: np.ndarray) -> Bools:
        return np.asarray(column == column[own])

    seller = same(o.provider) & same(o.service)
    machine = seller & same(o.instance)
    cards, tier = same(o.gpu) & same(o.gpu_count), same(o.spot) & same(o.term)
    return {
        "tier": machine & cards & same(o.region) & ~tier,
        "region": machine & cards & tier & ~same(o.region),
        "provider": cards & tier & ~seller,
        "gpu": same(o.gpu_count) & tier & ~same(o.gpu),
        "count": same(o.gpu) & tier & ~same(o.gpu_count),
    }


def pinned(o: Offers, own: int, other: int, catalog: Catalog) -> list[str]:
    """The `--set` words that leave only the other machine, as far as it differs from the own one."""
    tier = o.tier.tolist()
    words = {
        "gpu": ("gpus", catalog.gpus[o.gpu[other]].id, o.gpu[own] != o.gpu[other]),
        "count": ("counts", str(o.gpu_count[other]), o.gpu_count[own] != o.gpu_count[other]),
        "provider": ("providers", o.providers[o.provider[other]], o.provider[own] != o.provider[other]),
        "region": ("regions", str(o.region[other]), o.region[own] != o.region[other] and o.region[other] != "any"),
        "tier": ("tiers", tier[other], tier[own] != tier[other]),
    }
    return [f"hardware.{key}=[{name}]" for key, name, differs in words.values() if differs]


def machine_words(o: Offers, k: int, catalog: Catalog) -> str:
    """A machine in a few words: cards, seller, region and tier."""
    tier = str(o.tier[k]).replace("_", " ")
    service = "" if o.service[k] == PLAIN else f" {o.service[k]}"
    cards = f"{o.gpu_count[k]}x {catalog.gpus[o.gpu[k]].id}"
    region = "" if o.region[k] == "any" else f" {o.region[k]}"
    return f"{cards}, {o.providers[o.provider[k]]}{service}{region}, {tier}"
