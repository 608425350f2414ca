"""Which offers a line of an overlay means; what it names and nobody has is a problem at its place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

import numpy as np

from planner.catalog.names import hint_of, resolve_gpus, resolve_provider
from planner.catalog.rows import PLAIN, Bools, Catalog, Offers
from planner.scenario.catalog_overlay import Dated, Discount, OwnOffer
from planner.source import Path as Place
from planner.units import earliest_day

Complain = Callable[[Place, str, str | None], None]
SHOWN: Final = 8
"""Names that a hint lists."""


@dataclass(frozen=True, slots=True)
class Day:
    """The day at which contracts are held against their terms."""

    date: str
    """YYYY-MM-DD."""
    words: str
    """What it is the day of."""

    @classmethod
    def of(cls, as_of: str, start: str) -> "Day":
        """The day that a scenario's machines start on, as it is written there; without one the catalog's date."""
        if start:
            return cls(start, f"hardware.start {start}")
        return cls(earliest_day(as_of).isoformat(), f"the catalog's date {as_of}")


def holds(line: Dated, day: Day) -> tuple[str, str]:
    """The key that keeps a line from holding on a day, and why; two empty texts where none does."""
    if line.until is not None and line.until < day.date:
        return "until", f"ended on {line.until}, before {day.words}"
    if line.from_ is not None and line.from_ > day.date:
        return "from", f"begins on {line.from_}, after {day.words}"
    return "", ""


def provider_of(name: str, catalog: Catalog, place: Place, complain: Complain) -> int | None:
    """The provider that a line names."""
    found = resolve_provider(catalog, name)
    if found is None:
        hint = hint_of(name, catalog.offers.providers, "see `planner list providers`, or add it under providers")
        complain((*place, "provider"), f"unknown provider {name!r}", hint)
    return found


def in_regions(offers: Offers, mine: Bools, regions: Sequence[str] | None, place: Place, complain: Complain) -> Bools:
    """Those of some offers that lie in these regions."""
    if regions is None:
        return mine
    known = np.unique(offers.region[mine]).tolist()
    for j, name in enumerate(regions):
        if name not in known:
            hint = hint_of(name, known, f"it has {', '.join(known[:SHOWN])}{' …' if len(known) > SHOWN else ''}")
            complain((*place, "regions", j), f"nothing that this line is about is offered in {name!r}", hint)
    return np.asarray(mine & np.isin(offers.region, list(regions)))


def negotiated(line: Discount, catalog: Catalog, place: Place, complain: Complain) -> Bools:
    """The offers, in all tiers, of the machines that a discount is for."""
    offers = catalog.offers
    provider = provider_of(line.provider, catalog, place, complain)
    if provider is None:
        return np.zeros(len(offers), bool)
    mine = offers.provider == provider
    if line.gpus is not None:
        cards = {
            index for j, name in enumerate(line.gpus) for index in _cards(name, catalog, (*place, "gpus", j), complain)
        }
        mine &= np.isin(offers.gpu, sorted(cards))
    if line.instances is not None:
        names = np.unique(offers.instance[mine]).tolist()
        kept = [name for name in names if any(fnmatchcase(name.lower(), each.lower()) for each in line.instances)]
        mine &= np.isin(offers.instance, kept)
    mine &= np.isin(offers.service, line.services)
    if mine.any():
        mine = in_regions(offers, mine, line.regions, place, complain)
    return np.asarray(mine)


def _cards(name: str, catalog: Catalog, place: Place, complain: Complain) -> tuple[int, ...]:
    ids = [gpu.id for gpu in catalog.gpus]
    wild = any(sign in name for sign in "*?[")
    found = (
        tuple(i for i, id_ in enumerate(ids) if fnmatchcase(id_, name.lower())) if wild else resolve_gpus(catalog, name)
    )
    if not found:
        hint = "see `planner list gpus`" if wild else hint_of(name, ids, "see `planner list gpus`")
        complain(place, f"no GPU matches {name!r}" if wild else f"unknown GPU {name!r}", hint)
    return found


def listed(line: OwnOffer, catalog: Catalog, place: Place, complain: Complain) -> Bools:
    """The plain machines on demand or spot, of any tier, that a fixed rate is for."""
    offers = catalog.offers
    provider = provider_of(line.provider, catalog, place, complain)
    if provider is None:
        return np.zeros(len(offers), bool)
    own = (offers.provider == provider) & (offers.service == PLAIN)
    mine = np.asarray(own & (offers.instance == line.instance))
    if not mine.any():
        hint = _machines(line.instance, np.unique(offers.instance[own]).tolist())
        complain((*place, "instance"), f"the catalog has no machine {line.instance!r} of {line.provider}", hint)
        return mine
    return in_regions(offers, mine, line.regions, place, complain)


def _machines(name: str, known: Sequence[str]) -> str:
    """What to do about a machine that nobody lists: those whose names begin so, else the one that was meant."""
    begin = [each for each in known if each.lower().startswith(name.lower())]
    if len(begin) == 1:
        return f"did you mean {begin[0]!r}?"
    if not begin:
        return hint_of(name, known, "give gpu, gpu_count and regions for a machine of its own")
    return f"there are {', '.join(begin[:SHOWN])}{' …' if len(begin) > SHOWN else ''}"
