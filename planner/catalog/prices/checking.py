"""What a price must be to be believed: the same for what a source answers and for what stands in a snapshot."""

import datetime
import difflib
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from planner.catalog.prices.row import CONFIDENCE, MARKETS, TIERS, PriceRow
from planner.catalog.rows import Catalog

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

    @classmethod
    def of(cls, catalog: Catalog) -> "Known":
        """The names of a catalog."""
        return cls(tuple(one.id for one in catalog.providers), tuple(one.id for one in catalog.gpus))

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
