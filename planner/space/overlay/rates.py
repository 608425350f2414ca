"""Fixed rates, and the machines of one's own that come with theirs: which offers each is for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.catalog.names import hint_of, resolve_gpus
from planner.catalog.private import OfferKey
from planner.catalog.rows import PLAIN, Catalog, Ints
from planner.scenario.catalog_overlay import OwnOffer, OwnProvider
from planner.source import Path as Place
from planner.space.overlay.machines import ON_DEMAND, Machine, own_machines, twins, without
from planner.space.overlay.matching import Complain, listed, provider_of
from planner.space.overlay.reading import Written
from planner.space.overlay.told import Told

MOST_MACHINES: Final = 5_000
"""Offers that one scenario's overlays may add."""


@dataclass(frozen=True, slots=True)
class FixedRate:
    """A line of an overlay that states a rate, and the rows of the catalog's offers that it is for."""

    one: Written
    line: OwnOffer
    place: Place
    rows: Ints


def with_machines(catalog: Catalog, overlays: Sequence[Written], told: Told) -> tuple[Catalog, list[FixedRate]]:
    """The catalog with the machines of one's own, still without a price, and the lines that state theirs."""
    taken = set(catalog.offers.identities())
    machines: list[Machine] = []
    rates: list[FixedRate] = []
    for one, line, place in _holding(catalog, overlays, told, own=True):
        complain = told.complain(one)
        found = list(_machines(line, overlays, catalog, place, complain))
        again = [machine for machine in found if _key(machine, catalog) in taken]
        if again:
            where = f"{line.provider} {line.instance} in {again[0].region} ({line.tier})"
            hint = "leave gpu out for a fixed rate of a listed machine"
            complain((*place, "instance"), f"{where} is there already", hint)
            continue
        taken |= {_key(machine, catalog) for machine in found}
        first = len(catalog.offers) + len(machines)
        rates.append(FixedRate(one, line, place, np.arange(first, first + len(found))))
        machines += found
        if len(machines) > MOST_MACHINES:
            complain(place, f"overlays add more than {MOST_MACHINES:,} offers", "name fewer regions")
            break
    if not machines:
        return catalog, rates
    return replace(catalog, offers=catalog.offers.and_also(own_machines(catalog, machines))), rates


def with_fixed_rates(catalog: Catalog, overlays: Sequence[Written], told: Told) -> tuple[Catalog, list[FixedRate]]:
    """The fixed rates for machines that are there; spot and committed ones of machines on demand join for it."""
    rates: list[FixedRate] = []
    stated: dict[tuple[int, int], FixedRate] = {}
    for one, line, place in _holding(catalog, overlays, told, own=False):
        offers = catalog.offers
        mine = listed(line, catalog, place, told.complain(one))
        rows = np.flatnonzero(mine & (offers.tier == line.tier))
        if line.tier != ON_DEMAND:
            catalog = replace(
                catalog, offers=offers.and_also(twins(catalog, without(catalog, mine, line.tier), line.tier))
            )
            rows = np.concatenate([rows, np.arange(len(offers), len(catalog.offers))])
        rate = FixedRate(one, line, place, rows)
        before = [stated.setdefault((id(one), row), rate) for row in rows.tolist()]
        told_twice = [int(each.place[1]) for each in before if each is not rate]
        if told_twice:
            first = min(told_twice)
            message = f"{line.provider} {line.instance} ({line.tier}) has a rate in offers[{first}] for the same days"
            told.complain(one)(place, message, "leave one of them out, or let one end before the other begins")
        rates.append(rate)
    return catalog, rates


def _holding(
    catalog: Catalog, overlays: Iterable[Written], told: Told, *, own: bool
) -> Iterator[tuple[Written, OwnOffer, Place]]:
    """Lines that hold on the day: of machines of one's own, or of fixed rates."""
    for one in overlays:
        for i, line in enumerate(one.overlay.offers):
            place: Place = ("offers", i)
            what = f"the price of {line.provider} {line.instance}"
            if (line.gpu is not None) is own and told.counts(one, line, place, what):
                told.dated(one, line.as_of, place, catalog.as_of, what)
                yield one, line, place


def _machines(
    line: OwnOffer, overlays: Sequence[Written], catalog: Catalog, place: Place, complain: Complain
) -> Iterator[Machine]:
    provider = provider_of(line.provider, catalog, place, complain)
    gpu = _gpu(line.gpu or "", catalog, (*place, "gpu"), complain)
    if provider is None or gpu is None:
        return
    grid, pue = _power(line.provider, overlays)
    for region in dict.fromkeys(line.regions or ()):
        yield Machine(
            provider, line.instance, region, line.tier, gpu, line.gpu_count or 1, _known(line.vcpus),
            _known(line.memory_gib), line.country or "", grid, pue,
        )  # fmt: skip


def _gpu(name: str, catalog: Catalog, place: Place, complain: Complain) -> int | None:
    found = resolve_gpus(catalog, name)
    if len(found) == 1:
        return found[0]
    names = [gpu.id for gpu in catalog.gpus]
    some = ", ".join(names[index] for index in found)
    message = f"{name!r} stands for several cards" if found else f"unknown GPU {name!r}"
    complain(place, message, f"name one of {some}" if found else hint_of(name, names, "see `planner list gpus`"))
    return None


def _power(provider: str, overlays: Iterable[Written]) -> tuple[float, float]:
    """Grid in kg per kWh, and PUE, of a provider of one's own; NaN where it does not say."""
    mine: list[OwnProvider] = [each for one in overlays for each in one.overlay.providers if each.id == provider]
    grams, pue = (mine[0].grid_gco2e_per_kwh, mine[0].pue) if mine else (None, None)
    return _known(grams) / 1000.0, _known(pue)


def _known(value: float | None) -> float:
    return float("nan") if value is None else value


def _key(machine: Machine, catalog: Catalog) -> OfferKey:
    return (catalog.offers.providers[machine.provider], PLAIN, machine.instance, machine.region, machine.tier)
