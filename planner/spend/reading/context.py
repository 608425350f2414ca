"""What readers of a review's sources are given beside the files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from planner.catalog.rows import Catalog
from planner.scenario.spend_rules import Told


@dataclass(frozen=True, slots=True)
class Reading:
    """How values are understood."""

    catalog: Catalog
    told: Mapping[str, Told]
    """Dimension → where it is told, for every dimension of the store; an empty one means tags and columns of its name.
    """
    usd_per_unit: Mapping[str, float]
    """Currency → USD for one unit; the scenario's own rates come before the catalog's."""
    names: Mapping[Path, str] = field(default_factory=dict)
    """File → its path from the root of the repository, which is the same wherever that lies."""

    def name_of(self, file: Path) -> str:
        """What a review calls a file: never where it lies on this machine."""
        return self.names.get(file, file.name)
