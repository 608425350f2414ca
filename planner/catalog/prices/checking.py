"""What a price must be to be believed: the same for what a source answers and for what stands in a snapshot."""

import datetime
import difflib
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np

from planner.catalog.prices.row import CONFIDENCE, MARKETS, TIERS, PriceRow
from planner.catalog.rows import PLAIN, Catalog

DEAREST_USD_PER_HOUR: Final = 1e6
"""Above this a price of a machine is a slip."""
MOST_CARDS: Final = 1024
"""Cards in one machine."""
LONGEST_NAME: Final = 200
"""Characters of an instance, region or source."""


@dataclass(frozen=True)
class Known:
    """Names that the catalog has."""

    providers: tuple[str, ...]
    gpus: tuple[str, ...]
    machines: Mapping[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    """Provider and name, in small letters, of listed machines of clouds → their card and how many of it."""

    @classmethod
    def of(cls, catalog: Catalog) -> "Known":
        """The names of a catalog."""
        gpus, offers = tuple(one.id for one in catalog.gpus), catalog.offers
        rows = np.flatnonzero((offers.service == PLAIN) & ~offers.marketplace & (offers.confidence != "quoted"))
        columns = (offers.provider, offers.instance, offers.gpu, offers.gpu_count)
        machines = {
            (offers.providers[provider], instance.casefold()): (gpus[gpu], count)
            for provider, instance, gpu, count in zip(*(column[rows].tolist() for column in columns), strict=True)
        }
        return cls(tuple(one.id for one in catalog.providers), gpus, machines)

    @cached_property
    def provider_set(self) -> frozenset[str]:
        """Ids of providers."""
        return frozenset(self.providers)

    @cached_property
    def gpu_set(self) -> frozenset[str]:
        """Ids of cards."""
        return frozenset(self.gpus)


def faults(row: PriceRow, known: Known, day: str) -> list[str]:
    """Everything that is wrong with a price that was seen up to a day, in words; nothing for most."""
    wrong = []
    for name, allowed, of in (
        ("provider", known.provider_set, known.providers), ("gpu", known.gpu_set, known.gpus), ("tier", TIERS, TIERS),
        ("market", MARKETS, MARKETS), ("confidence", CONFIDENCE, CONFIDENCE),
    ):  # fmt: skip
        if getattr(row, name) not in allowed:
            wrong.append(_unknown(name, getattr(row, name), of))
    texts = {name: _text(getattr(row, name)) for name in ("instance", "region", "source")}
    wrong += [f"{name} {problem}" for name, problem in texts.items() if problem]
    if not 1 <= row.gpu_count <= MOST_CARDS:
        wrong.append(f"gpu_count {row.gpu_count} is no number of cards in a machine: 1 to {MOST_CARDS}")
    wrong += _other_machine(row, known)
    if not 0 < row.usd_per_hour <= DEAREST_USD_PER_HOUR:  # NaN is none either
        wrong.append(f"usd_per_hour {row.usd_per_hour:g} is no price: above 0, up to {DEAREST_USD_PER_HOUR:,.0f}")
    for name in ("vcpus", "memory_gib"):
        value = getattr(row, name)
        if not (math.isnan(value) or 0 < value < math.inf):
            wrong.append(f"{name} {value:g} is not above 0 and finite; leave it blank where it is unknown")
    if (dated := day_of(row.as_of)) is None:
        wrong.append(f"as_of {row.as_of!r} is not a day: YYYY-MM-DD")
    elif dated > datetime.date.fromisoformat(day):
        wrong.append(f"as_of {row.as_of} is after {day}, the day of the snapshot: some clock is wrong")
    return wrong


def _other_machine(row: PriceRow, known: Known) -> list[str]:
    """What contradicts the listed machine of this name: clouds change neither the number of its cards nor their family.

    The form of a card (SXM, PCIe) and its memory are told differently by different lists of the same machine.
    """
    listed = known.machines.get((row.provider, row.instance.casefold()))
    if listed is None or row.market != MARKETS[0] or row.gpu not in known.gpu_set:
        return []
    gpu, count = listed
    if row.gpu_count == count and row.gpu.partition("-")[0] == gpu.partition("-")[0]:
        return []
    return [f"{row.provider} {row.instance} has {count} x {gpu} in the bundled list, not {row.gpu_count} x {row.gpu}"]


def day_of(text: str) -> datetime.date | None:
    """The day in `text`, written YYYY-MM-DD; None where it is none."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def twice(row: PriceRow) -> str:
    """What is to be said of a price that is there already."""
    return f"{' '.join(row.key)} is given twice"


def _unknown(name: str, given: str, allowed: Sequence[str]) -> str:
    near = difflib.get_close_matches(given.lower(), allowed, n=1)
    hint = f"did you mean {near[0]!r}?" if near else _listed(allowed)
    return f"{name} {given[:LONGEST_NAME]!r} is not known; {hint}"


def _listed(allowed: Collection[str]) -> str:
    names = sorted(allowed) if len(allowed) > len(TIERS) else list(allowed)
    return f"known: {', '.join(names)}" if len(names) <= 30 else f"{len(names)} are known: see `planner list`"


def _text(text: str) -> str:
    if not text.strip():
        return "is blank"
    if text != text.strip():
        return f"{text[:LONGEST_NAME]!r} has blanks around it"
    if len(text) > LONGEST_NAME:
        return f"{text[:20]!r}… is longer than {LONGEST_NAME} characters"
    return "" if text.isprintable() else f"{text!r} has characters that cannot be printed"
