"""Cards as logs name them → the catalog's."""

import math
import re
from dataclasses import dataclass, field
from typing import Final

from planner.catalog.names import resolve_gpus
from planner.catalog.prices.cards import CardOf, card_resolver
from planner.catalog.rows import Catalog

_COUNTED: Final = re.compile(r"(\d{1,3})\s*[x×*]\s*(\S.*)|(\S.*?)(?:\s+[x×*]\s*|:)(\d{1,3})", re.IGNORECASE)


@dataclass(slots=True)
class Cards:
    """Looks cards up; what it does not know is kept to be told."""

    catalog: Catalog
    unknown: set[str] = field(default_factory=set)
    _resolver: CardOf | None = None
    _known: dict[str, tuple[str, float | None]] = field(default_factory=dict)
    _instances: dict[str, tuple[int, int]] | None = None

    def find(self, written: str) -> tuple[str, float | None]:
        """Catalog id, '' where the name means no card or several, and the number of cards where it says one: 8xH100."""
        if written not in self._known:
            if len(self._known) > 100_000:
                self._known.clear()
            self._known[written] = self._find(written)
        found = self._known[written]
        if written and not found[0]:
            self.unknown.add(written)
        return found

    def _find(self, written: str) -> tuple[str, float | None]:
        counted = _COUNTED.fullmatch(written.strip())
        if counted and (card := self._card(counted[2] or counted[3])):
            return card, float(counted[1] or counted[4])
        return self._card(written), None

    def _card(self, written: str) -> str:
        if not written:
            return ""
        named = resolve_gpus(self.catalog, written)
        if len(named) == 1:
            return self.catalog.gpus[named[0]].id
        if self._resolver is None:
            self._resolver = card_resolver(self.catalog)
        return self._resolver(written, math.nan) or ""

    def of_instance(self, instance: str) -> tuple[str, float | None]:
        """The card of an instance type and how many of it; '' where the catalog has no such type, or several."""
        if self._instances is None:
            offers = self.catalog.offers
            pairs: dict[str, set[tuple[int, int]]] = {}
            for own, *pair in zip(
                offers.instance.tolist(), offers.gpu.tolist(), offers.gpu_count.tolist(), strict=True
            ):
                pairs.setdefault(own.lower(), set()).add((pair[0], pair[1]))
            self._instances = {own: next(iter(which)) for own, which in pairs.items() if len(which) == 1}
        found = self._instances.get(instance.lower())
        return ("", None) if found is None else (self.catalog.gpus[found[0]].id, float(found[1]))
