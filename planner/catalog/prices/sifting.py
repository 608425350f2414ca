"""Foreign rows sifted into prices, cards that nobody knows, and rows that are none: nothing goes missing silently."""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from planner.catalog.digits import ten_digits
from planner.catalog.prices.checking import DEAREST_USD_PER_HOUR, MOST_CARDS
from planner.catalog.prices.plain_text import plain
from planner.catalog.prices.row import Key, PriceRow
from planner.catalog.prices.source import Fetched

_TOLD: Final = 200
"""Complaints that are kept; the last one counts the others."""


class NotAPriceError(ValueError):
    """A cell that cannot be what it should be; its text says why."""


def number(value: object, what: str) -> float:
    """A finite JSON number; raises NotAPriceError."""
    if value is None or value == "":
        message = f"{what} is missing"
        raise NotAPriceError(message)
    if isinstance(value, bool) or not isinstance(value, int | float):
        message = f"{what} {plain(value, 30)!r} is no number"
        raise NotAPriceError(message)
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        message = f"{what} is {found}"
        raise NotAPriceError(message)
    return found


def written_number(value: object, what: str) -> float:
    """A finite number, as JSON or written out as text; raises NotAPriceError."""
    if isinstance(value, str) and value.strip():
        try:
            value = float(value)
        except ValueError:
            message = f"{what} {plain(value, 30)!r} is no number"
            raise NotAPriceError(message) from None
    return number(value, what)


def price(usd: float, what: str = "price") -> float:
    """A believable price per hour, in USD to ten digits; raises NotAPriceError."""
    if usd <= 0:
        message = f"{what} is {usd:g}"
        raise NotAPriceError(message)
    if usd > DEAREST_USD_PER_HOUR:
        message = f"{what} {usd:g} is above {DEAREST_USD_PER_HOUR:,.0f} USD/h"
        raise NotAPriceError(message)
    return ten_digits(usd)


def gpus(value: float, what: str = "GPU count") -> int:
    """A believable number of cards; raises NotAPriceError."""
    if not 1 <= value <= MOST_CARDS or value != math.floor(value):  # infinity has no floor
        message = f"{what} is {value:g}"
        raise NotAPriceError(message)
    return int(value)


def size(value: object, factor: float = 1.0) -> float:
    """A size that need not be given, such as host memory: NaN where it is missing, no number, or not above 0."""
    try:
        found = written_number(value, "") * factor
    except NotAPriceError:
        return math.nan
    return found if 0 < found < math.inf else math.nan


def text(value: object, what: str, longest: int = 200) -> str:
    """Text on one line; raises NotAPriceError where there is none."""
    found = plain(value, longest) if isinstance(value, str) else ""
    if not found:
        message = f"{what} is missing"
        raise NotAPriceError(message)
    return found


@dataclass(slots=True)
class Sieve:
    """What became of the rows so far."""

    _rows: dict[Key, PriceRow] = field(default_factory=dict)
    _unknown: Counter[str] = field(default_factory=Counter)
    _malformed: list[str] = field(default_factory=list)
    _untold: int = 0

    def keep(self, row: PriceRow) -> None:
        """Keep a price; of several with one key the cheapest, since one may choose among them."""
        known = self._rows.get(row.key)
        if known is None or row.usd_per_hour < known.usd_per_hour:
            self._rows[row.key] = row

    def known(self, key: Key) -> float | None:
        """The price kept for a key, in USD per hour."""
        row = self._rows.get(key)
        return None if row is None else row.usd_per_hour

    def strange(self, printed: str) -> None:
        """Count a row with a card that the catalog lacks."""
        self._unknown[plain(printed)] += 1

    def broken(self, which: object, why: object) -> None:
        """Note a row that is no price."""
        if len(self._malformed) < _TOLD:
            self._malformed.append(f"{plain(which)}: {plain(why, 200)}")
        else:
            self._untold += 1

    def fetched(self) -> Fetched:
        """All of it, in an order that does not depend on the provider's."""
        more = [f"and {self._untold:,} more"] if self._untold else []
        rows = sorted(self._rows.values(), key=lambda row: row.key)
        return Fetched(tuple(rows), dict(sorted(self._unknown.items())), (*self._malformed, *more))
