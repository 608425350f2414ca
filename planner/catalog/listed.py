"""Prices of machines as columns, one row per machine, region and tier: what every price list becomes.

The bundled list is wide (`prices.csv`: on demand and spot side by side), a snapshot is long; offers are made of either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from planner.catalog.prices.row import PriceRow
from planner.catalog.rows import Bools, Floats, Gpu, Ints, Provider
from planner.catalog.tables import Directory, Table
from planner.units import earliest_day

ON_DEMAND, SPOT = "on_demand", "spot"
_CONFIDENCE = ("low", "medium", "high")
_IDENTITY = ("provider", "instance_type", "region")
_COLUMNS = (
    "provider", "instance_type", "gpu", "gpu_count", "vcpus", "memory_gib", "region",
    "price_usd_per_hour", "spot_price_usd_per_hour", "as_of", "notes", "market", "retired",
    "price_confidence", "spot_confidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Columns of equal length; no machine has two prices in the same region and tier."""

    provider: Ints
    """Index into `Catalog.providers`."""
    instance: NDArray[np.str_]
    gpu: Ints
    """Index into `Catalog.gpus`."""
    gpu_count: Ints
    vcpus: Floats
    """NaN unknown."""
    memory_gib: Floats
    """Host memory; NaN unknown."""
    region: NDArray[np.str_]
    tier: NDArray[np.str_]
    """One of `prices.row.TIERS`."""
    usd_per_hour: Floats
    as_of: NDArray[np.str_]
    marketplace: Bools
    retired: Bools
    confidence: NDArray[np.str_]
    """high, medium or low."""
    derived: Bools
    """The price was derived from a saving, not listed."""

    def __len__(self) -> int:
        """Number of prices."""
        return len(self.provider)

    def take(self, rows: Ints | Bools) -> "Listed":
        """The prices of these rows, in this order."""
        return Listed(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    def and_also(self, other: "Listed") -> "Listed":
        """These prices, then others."""
        pairs = {each.name: (getattr(self, each.name), getattr(other, each.name)) for each in fields(self)}
        return Listed(**{name: np.concatenate(pair) for name, pair in pairs.items()})

    def without_spot(self) -> dict[int, int]:
        """Machines that are listed on demand and have no spot price, counted by provider."""
        keys = list(zip(self.provider.tolist(), self.instance.tolist(), self.region.tolist(), strict=True))
        priced = {keys[row] for row in np.flatnonzero(self.tier == SPOT)}
        counts: dict[int, int] = {}
        for row in np.flatnonzero(self.tier == ON_DEMAND):
            if keys[row] not in priced:
                counts[keys[row][0]] = counts.get(keys[row][0], 0) + 1
        return counts


def read_listed(directory: Directory, gpus: tuple[Gpu, ...], providers: tuple[Provider, ...]) -> Listed:
    """Read `prices.csv`; a spot price follows the price on demand of its machine."""
    table = directory.table("prices.csv", _COLUMNS)
    price = table.floats("price_usd_per_hour", least=1e-6, blank=False)
    spot_price = table.floats("spot_price_usd_per_hour", least=1e-6)
    _check(table, spot_price)
    provider = _codes(table, "provider", {one.id: i for i, one in enumerate(providers)}, "providers.csv")
    gpu = _codes(table, "gpu", {one.name: i for i, one in enumerate(gpus)}, "gpus.csv")
    count = table.ints("gpu_count", least=1)
    market = np.array(table.texts("market", ("cloud", "marketplace")))
    retired, memory, vcpus = table.flags("retired"), table.floats("memory_gib"), table.floats("vcpus")
    directory.problems.raise_any()

    n = len(table)
    spot_rows = np.flatnonzero(np.isfinite(spot_price))
    take = np.concatenate([np.arange(n), spot_rows])
    is_spot = np.concatenate([np.zeros(n, bool), np.ones(len(spot_rows), bool)])
    order = np.lexsort((is_spot, take))
    take, is_spot = take[order], is_spot[order]
    rank = {word: i for i, word in enumerate(_CONFIDENCE)}
    of_price = np.array([rank[word] for word in table.columns["price_confidence"]], np.int64)
    of_spot = np.array([rank.get(word, len(rank) - 1) for word in table.columns["spot_confidence"]], np.int64)
    confidence = np.where(is_spot, np.minimum(of_price, of_spot)[take], of_price[take])
    derived = np.array([note.startswith("spot derived") for note in table.columns["notes"]], bool)
    return Listed(
        provider=provider[take],
        instance=np.array(table.columns["instance_type"], np.str_)[take],
        gpu=gpu[take],
        gpu_count=count[take],
        vcpus=vcpus[take],
        memory_gib=memory[take],
        region=np.array(table.columns["region"], np.str_)[take],
        tier=np.where(is_spot, SPOT, ON_DEMAND),
        usd_per_hour=np.where(is_spot, spot_price[take], price[take]),
        as_of=np.array(table.columns["as_of"], np.str_)[take],
        marketplace=(market == "marketplace")[take],
        retired=retired[take],
        confidence=np.array(_CONFIDENCE)[confidence],
        derived=is_spot & derived[take],
    )


def lay_rows(
    listed: Listed, rows: Sequence[PriceRow], gpus: tuple[Gpu, ...], providers: tuple[Provider, ...]
) -> Listed:
    """The list with these prices instead of all that it has of their providers.

    A machine that the list calls retired stays so.
    """
    provider_at: Mapping[str, int] = {one.id: i for i, one in enumerate(providers)}
    gpu_at: Mapping[str, int] = {one.id: i for i, one in enumerate(gpus)}
    provider = np.array([provider_at[row.provider] for row in rows], np.int64)
    gone = {
        (int(listed.provider[at]), str(listed.instance[at])) for at in np.flatnonzero(listed.retired)
    }  # fmt: skip
    laid = Listed(
        provider=provider,
        instance=np.array([row.instance for row in rows], np.str_),
        gpu=np.array([gpu_at[row.gpu] for row in rows], np.int64),
        gpu_count=np.array([row.gpu_count for row in rows], np.int64),
        vcpus=np.array([row.vcpus for row in rows], np.float64),
        memory_gib=np.array([row.memory_gib for row in rows], np.float64),
        region=np.array([row.region for row in rows], np.str_),
        tier=np.array([row.tier for row in rows], np.str_),
        usd_per_hour=np.array([row.usd_per_hour for row in rows], np.float64),
        as_of=np.array([row.as_of for row in rows], np.str_),
        marketplace=np.array([row.market == "marketplace" for row in rows], bool),
        retired=np.array([(at, row.instance) in gone for at, row in zip(provider.tolist(), rows, strict=True)], bool),
        confidence=np.array([row.confidence for row in rows], np.str_),
        derived=np.zeros(len(rows), bool),
    )
    return listed.take(~np.isin(listed.provider, provider)).and_also(laid)


def _check(table: Table, spot_price: Floats) -> None:
    """Report cells that the columns' own types do not catch."""
    table.texts("price_confidence", _CONFIDENCE)
    words = table.texts("spot_confidence", ("", *_CONFIDENCE))
    table.required("instance_type")
    table.required("region")
    for row in np.flatnonzero(np.isfinite(spot_price)).tolist():
        if not words[row]:
            table.complain(row, "spot price without spot_confidence")
    seen: set[tuple[str, ...]] = set()
    for row, key in enumerate(zip(*(table.columns[name] for name in _IDENTITY), strict=True)):
        if key in seen:
            table.complain(row, f"{' '.join(key)} is given twice")
        seen.add(key)
    fine: set[str] = set()
    for row, date in enumerate(table.columns["as_of"]):
        if date in fine:
            continue
        try:
            earliest_day(date)
            fine.add(date)
        except (ValueError, TypeError):
            table.complain(row, f"as_of {date!r} is not a date: YYYY, YYYY-MM or YYYY-MM-DD")


def _codes(table: Table, column: str, known: dict[str, int], file: str) -> Ints:
    for row, name in enumerate(table.columns[column]):
        if name not in known:
            table.complain(row, f"{column} {name!r} is not in {file}")
    return np.array([known.get(name, 0) for name in table.columns[column]], np.int64)
