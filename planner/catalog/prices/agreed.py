"""List prices of a cloud: for one machine, region and tier there is one price, or none that can be believed."""

import math
import re
from collections.abc import Iterable
from typing import Final

from planner.catalog.prices.row import Key, PriceRow
from planner.catalog.prices.sifting import NotAPriceError, Sieve, text

_REGION: Final = re.compile(r"[a-z][a-z0-9-]{1,40}")


def region_of(value: object, what: str) -> str:
    """The name of a cloud's region; raises NotAPriceError."""
    region = text(value, what)
    if not _REGION.fullmatch(region):
        message = f"{what} {region!r} is no region"
        raise NotAPriceError(message)
    return region


def keep_agreed(sieve: Sieve, rows: Iterable[tuple[str, PriceRow]]) -> None:
    """Keep the newest price of each key; report those of the same day that contradict each other.

    `rows` come with what is newer sorting last, such as a date of ISO 8601.
    """
    found: dict[Key, tuple[str, list[PriceRow]]] = {}
    for since, row in rows:
        newest, there = found.setdefault(row.key, (since, []))
        if since > newest:
            found[row.key] = (since, [row])
        elif since == newest:
            there.append(row)
    for _, there in found.values():
        prices = sorted(row.usd_per_hour for row in there)
        if math.isclose(prices[0], prices[-1], rel_tol=1e-9):
            sieve.keep(there[0])
        else:
            said = f"listed at {prices[0]:g} and at {prices[-1]:g} USD/h; neither is taken"
            sieve.broken(" ".join(there[0].key[1:]), said)
