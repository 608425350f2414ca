"""What the files of a catalog say of providers and places that they do not name."""

import functools
from dataclasses import dataclass, fields
from pathlib import Path

from planner.catalog.places import Places, read_places
from planner.catalog.rows import Provider
from planner.catalog.tables import Directory

DEFAULT = "default"
_GIVEN = ("id", "confidence", "preemption_known")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds where nothing is known."""

    provider: Provider
    """The row `default` of `providers.csv`."""
    places: Places
    """Prices of storage and egress, grids and countries by place, with what takes their place elsewhere."""


@functools.lru_cache(maxsize=8)
def read_defaults(directory: Path) -> Defaults:
    """The defaults of a catalog that was read before without a problem."""
    files = Directory(directory)
    names = [each.name for each in fields(Provider) if each.name not in _GIVEN]
    table = files.table("providers.csv", ("provider", "confidence", *names))
    row = table.columns["provider"].index(DEFAULT)
    figures = {name: float(table.floats(name)[row]) for name in names}
    places = read_places(files)
    files.problems.raise_any()
    confidence = table.columns["confidence"][row]
    return Defaults(Provider(id=DEFAULT, confidence=confidence, preemption_known=False, **figures), places)
