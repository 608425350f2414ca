"""What no offer of the catalog is at once, and what there is instead."""

from collections.abc import Mapping
from itertools import combinations
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Catalog
from planner.space.patterns import Pattern

_LISTED: Final = 8
"""Values that exist instead."""
_PLURAL: Final = {
    "gpu": "cards", "count": "numbers of cards", "provider": "providers", "region": "regions", "tier": "tiers",
}  # fmt: skip


def impossible(pattern: Pattern, catalog: Catalog) -> str:
    """Which parts of a question, as few as can be, no offer has together; what exists for the first of them."""
    o = catalog.offers
    columns = {"gpu": o.gpu, "count": o.gpu_count, "provider": o.provider, "region": o.region, "tier": o.tier}
    asked = [key for key in columns if key in pattern.codes]
    hits = {key: pattern.accepts(key, columns[key]) for key in asked}
    lacking = next((key for key in asked if not hits[key].any()), None)
    if lacking is not None:
        return _told(pattern, catalog, [key for key in ("gpu",) if key in hits and hits[key].any()], lacking, hits)
    for some in range(2, len(asked) + 1):
        for *first, last in combinations(asked, some):
            if not np.all([hits[key] for key in (*first, last)], axis=0).any():
                return _told(pattern, catalog, first, last, hits)
    return "no offer of the catalog is all of that at once"


def _told(pattern: Pattern, catalog: Catalog, first: list[str], last: str, hits: Mapping[str, Bools]) -> str:
    """`gpu h100-sxm and count 3; it has gpu h100-sxm: numbers of cards 1, 2, 4, 8`."""
    rows = np.all([hits[key] for key in first], axis=0) if first else np.ones(len(catalog.offers.gpu), bool)
    lead = " and ".join(_wanted(pattern, catalog, key) for key in first)
    wanted = " and ".join(filter(None, [lead, _wanted(pattern, catalog, last)]))
    have = f"{f'{lead}: ' if lead else ''}{_PLURAL[last]} {_names(catalog, last, rows)}"
    return f"no offer of the catalog has {wanted}; it has {have}"


def _wanted(pattern: Pattern, catalog: Catalog, key: str) -> str:
    names = [_name(catalog, key, code) for code in sorted(pattern.codes[key], key=str)]
    more = " …" if len(names) > _LISTED else ""
    return f"{key} {' or '.join(names[:_LISTED])}{more}"


def _names(catalog: Catalog, key: str, rows: Bools) -> str:
    o = catalog.offers
    column = {"gpu": o.gpu, "count": o.gpu_count, "provider": o.provider, "region": o.region, "tier": o.tier}[key]
    names = [_name(catalog, key, code) for code in np.unique(column[rows]).tolist()]
    return ", ".join(names[:_LISTED]) + (f" … ({len(names):,} in all)" if len(names) > _LISTED else "")


def _name(catalog: Catalog, key: str, code: int | str) -> str:
    if key == "gpu":
        return catalog.gpus[int(code)].id
    if key == "provider":
        return catalog.offers.providers[int(code)]
    return str(code)
