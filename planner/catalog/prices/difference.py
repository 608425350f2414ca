"""What moved between two lists of prices, the largest move first."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from planner.catalog.prices.row import PriceRow
from planner.catalog.rows import PLAIN, Catalog


@dataclass(frozen=True, slots=True)
class Move:
    """A price that is another now."""

    before: PriceRow
    after: PriceRow

    @property
    def share(self) -> float:
        """Change over what it was: 0.1 is 10 % more."""
        return self.after.usd_per_hour / self.before.usd_per_hour - 1.0


@dataclass(frozen=True, slots=True)
class PriceChanges:
    """All that differs between two lists of prices."""

    moved: tuple[Move, ...]
    """Largest first, by the factor up or down."""
    appeared: tuple[PriceRow, ...]
    vanished: tuple[PriceRow, ...]
    same: int
    """Prices that are what they were."""


def compare(before: Iterable[PriceRow], after: Iterable[PriceRow]) -> PriceChanges:
    """What moved, appeared and vanished, by provider, instance, region and tier."""
    old, new = {row.key: row for row in before}, {row.key: row for row in after}
    both = sorted(old.keys() & new.keys())
    moved = [Move(old[key], new[key]) for key in both if old[key].usd_per_hour != new[key].usd_per_hour]
    # The sort is stable: moves of the same size stay in the order of their keys.
    moved.sort(key=lambda move: -abs(math.log(move.after.usd_per_hour / move.before.usd_per_hour)))
    return PriceChanges(
        tuple(moved),
        tuple(new[key] for key in sorted(new.keys() - old.keys())),
        tuple(old[key] for key in sorted(old.keys() - new.keys())),
        len(both) - len(moved),
    )


def rows_in_force(catalog: Catalog) -> list[PriceRow]:
    """The prices of plain machines that a catalog plans with, sorted by key; quoted ones are no list's and left out.

    Their source is not known any more: where the catalog's prices are from is in its list of sources.
    """
    offers = catalog.offers
    tiers: Sequence[str] = offers.tier.tolist()
    rows = [
        PriceRow(
            provider=offers.providers[offers.provider[at]],
            instance=str(offers.instance[at]),
            gpu=catalog.gpus[offers.gpu[at]].id,
            gpu_count=int(offers.gpu_count[at]),
            vcpus=float(offers.vcpus[at]),
            memory_gib=float(offers.memory_gib[at]),
            region=str(offers.region[at]),
            tier=tiers[at],
            usd_per_hour=float(offers.price_usd_per_hour[at]),
            market="marketplace" if offers.marketplace[at] else "cloud",
            as_of=str(offers.as_of[at]),
            confidence=str(offers.confidence[at]),
            source="catalog",
        )
        for at in range(len(offers))
        if offers.service[at] == PLAIN and offers.confidence[at] != "quoted"
    ]
    return sorted(rows, key=lambda row: row.key)
