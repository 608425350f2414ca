"""Negotiated discounts of overlays: which offers each is for, and which list price it is taken off."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.catalog.rows import Bools, Catalog, Floats, Ints, Offers
from planner.scenario.catalog_overlay import Discount
from planner.scenario.tiers import COMMITTED
from planner.source import Path as Place
from planner.space.overlay.machines import ON_DEMAND, twins, without
from planner.space.overlay.matching import negotiated
from planner.space.overlay.reading import Written
from planner.space.overlay.told import Told
from planner.space.percentages import slip


@dataclass(frozen=True, slots=True)
class Negotiated:
    """A discount of an overlay, and the rows of the catalog's offers that it is for."""

    one: Written
    line: Discount
    rows: Ints
    off_usd: Floats
    """(rows,) USD per hour that the percentage is taken off."""

    @property
    def how(self) -> str:
        """How the prices came about, in words."""
        return f"{self.line.percent:g} % off the {'list' if self.line.off == 'list' else 'list price on demand'}"


def with_discounts(
    catalog: Catalog, list_usd: Floats, overlays: Sequence[Written], told: Told
) -> tuple[Catalog, list[Negotiated]]:
    """The catalog with committed offers, still without a price, that discounts off the price on demand are for.

    `list_usd` are the list prices of its offers, NaN where no list has one; offers that join lie after them.
    """
    found: list[Negotiated] = []
    for one in overlays:
        for i, line in enumerate(one.overlay.discounts):
            place: Place = ("discounts", i)
            mine = negotiated(line, catalog, place, told.complain(one))
            if not told.counts(one, line, place, f"the discount at {line.provider}"):
                continue
            listed = np.concatenate([list_usd, np.full(len(catalog.offers) - len(list_usd), np.nan)])
            if line.off == ON_DEMAND:
                for tier in line.tiers:
                    bare = without(catalog, mine, tier)
                    bare = bare[np.isfinite(listed[bare])]
                    catalog = replace(catalog, offers=catalog.offers.and_also(twins(catalog, bare, tier)))
                    mine = np.concatenate([mine, np.ones(len(bare), bool)])
                    listed = np.concatenate([listed, np.full(len(bare), np.nan)])
                off = _on_demand(catalog.offers, mine, listed)
            else:
                off = listed
            rows = np.flatnonzero(mine & np.isin(catalog.offers.tier, line.tiers) & np.isfinite(off))
            if said := slip(line.percent):
                told.warn(one, (*place, "percent"), said)
            if not told.problems:
                _tell(one, line, place, set(catalog.offers.tier[rows].tolist()), mine, told)
            found.append(Negotiated(one, line, rows, off[rows]))
    return catalog, found


def _on_demand(offers: Offers, mine: Bools, listed: Floats) -> Floats:
    """(offers,) list price on demand of the same machine in the same place; NaN where none is listed."""
    columns = (offers.provider, offers.service, offers.instance, offers.region)
    rows = np.flatnonzero(mine)
    keys = list(zip(*(column[rows].tolist() for column in columns), strict=True))
    base = (offers.tier[rows] == ON_DEMAND).tolist()
    usd = {key: listed[row] for key, row, is_base in zip(keys, rows.tolist(), base, strict=True) if is_base}
    off = np.full(len(offers), np.nan)
    off[rows] = [usd.get(key, np.nan) for key in keys]
    return off


def _tell(one: Written, line: Discount, place: Place, met: set[str], mine: Bools, told: Told) -> None:
    """Warn about a discount for nothing, and about commitments that no list has a price for."""
    missing = [tier for tier in line.tiers if tier in COMMITTED and tier not in met]
    if line.off == "list" and missing and mine.any():
        told.warn(
            one, (*place, "tiers"),
            f"no list has a price for {', '.join(missing)} that {line.percent:g} % could be taken off at "
            f"{line.provider}: write off: on_demand where the percentage is off the price on demand",
        )  # fmt: skip
    elif not met:
        told.warn(one, place, f"the discount at {line.provider} matches no offer of the catalog")
