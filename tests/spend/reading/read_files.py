"""What tests of readers share: files from lines or objects, the catalog, and what was refused."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from planner.catalog.loader import load_catalog
from planner.scenario.spend_rules import DIMENSIONS, Told
from planner.spend.reading.context import Reading
from planner.spend.store import Store

CATALOG: Final = load_catalog()


def reading(rates: Mapping[str, float] | None = None, **told: Told) -> Reading:
    """The catalog, and where dimensions are told."""
    return Reading(CATALOG, {name: told.get(name, Told()) for name in (*DIMENSIONS, *told)}, rates or {})


def lines(path: Path, *written: str) -> Path:
    """A file with these lines."""
    path.write_text("".join(f"{line}\n" for line in written), "utf-8")
    return path


def objects(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """A file with an object of JSON on each line."""
    return lines(path, *(json.dumps(row) for row in rows))


def refused(store: Store) -> list[tuple[Any, ...]]:
    """File name, row, column, reason and value of all that was refused."""
    found = store.rows('SELECT file, row, "column", reason, value FROM rejects ORDER BY file, row, "column", reason')
    return [(Path(file).name, *rest) for file, *rest in found]
