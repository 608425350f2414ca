"""Overlays read from files, as strictly as scenarios, with the place of whatever is wrong."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from planner.catalog.currencies import is_currency
from planner.catalog.exchange import usd_per_unit
from planner.catalog.rows import Catalog
from planner.resources import SCHEMAS
from planner.scenario.catalog_overlay import KIND, CatalogOverlay
from planner.scenario.paths import scenario_root
from planner.scenario.quantities import RATES, READ
from planner.source import Document, InvalidInput, Problem, read_document, schema_problems
from planner.source import Path as Place
from planner.source.refused import refused
from planner.space.dataset_places import Found, NamedFileError, find_named

KEY: Final = "overlays"
"""Key of a scenario that names its overlays."""
MOST: Final = 20
"""Overlays of one scenario."""


@dataclass(frozen=True, slots=True)
class Written:
    """An overlay as it was read."""

    overlay: CatalogOverlay
    document: Document
    path: Path
    name: str
    """Its file in plans: the path from the root of the repository."""
    amounts_in: tuple[str, ...]
    """Currencies other than USD that it writes amounts in."""

    def problem(self, path: Place, message: str, hint: str | None = None) -> Problem:
        """A problem with a value of it."""
        return self.document.problem("overlay", message, path, hint=hint)

    def warning(self, path: Place, message: str) -> Problem:
        """What a plan says of a line of it that does not count; told with its name, since plans print no file."""
        told = f"overlay {self.overlay.metadata.name}: {message}"
        return self.document.problem("overlay", told, path, severity="warning")


@cache
def catalog_overlay_schema() -> dict[str, Any]:
    """The committed JSON Schema of the file."""
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{KIND}.schema.json").read_text("utf-8"))
    return schema


def named_overlays(document: Document, scenario: Path, catalog: Catalog) -> tuple[Written, ...]:
    """The overlays that a scenario names, in its order; raises InvalidInput with every problem of all of them.

    Nothing outside the root of the scenario's repository is read. What is no list of names is left to its schema.
    """
    names = document.data.get(KEY) if isinstance(document.data, dict) else None
    if not isinstance(names, list) or len(names) > MOST:
        return ()
    rates = usd_per_unit(catalog.currencies)
    read: list[Written] = []
    problems: list[Problem] = []
    texts = dict(document.texts)
    for i, name in enumerate(names):
        if not isinstance(name, str) or not name:
            continue
        try:
            one = read_overlay(_found(name, (KEY, i), document, scenario), rates)
        except InvalidInput as error:
            problems += error.problems
            texts |= error.texts
            continue
        read.append(one)
        rates |= {each.currency: each.usd_per_unit for each in one.overlay.currencies}
    if problems:
        raise InvalidInput(problems, texts)
    return tuple(read)


def read_overlay(found: Found, rates: Mapping[str, float]) -> Written:
    """The overlay in a file, its amounts in USD at these rates and its own; raises InvalidInput with every problem."""
    document = read_document(found.path, found.shown)
    data = document.data
    if not isinstance(data, dict) or data.get("kind") != KIND:
        kind = data.get("kind") if isinstance(data, dict) else None
        message = f"is no {KIND}" if kind is None else f"kind {kind!r} is no {KIND}"
        problem = document.problem("kind", message, ("kind",), hint=f"an overlay starts with kind: {KIND}")
        raise InvalidInput([problem], document.texts)
    known = {**rates, **dict(_own_rates(data))}
    problems = schema_problems(document, catalog_overlay_schema(), known)
    if problems:
        raise InvalidInput(problems, document.texts)
    codes: set[str] = set()
    try:
        overlay = CatalogOverlay.model_validate(data, context={RATES: known, READ: codes})
    except ValidationError as error:
        raise InvalidInput(refused(document, error.errors()), document.texts) from None
    return Written(overlay, document, found.path, found.name, tuple(sorted(codes)))


def _found(name: str, place: Place, document: Document, scenario: Path) -> Found:
    home = document.file_at(place)
    try:
        return find_named(name, home if Path(home).is_file() else str(scenario), scenario_root(scenario))
    except NamedFileError as error:
        raise InvalidInput([document.problem("name", error.message, place, hint=error.hint)], document.texts) from None


def _own_rates(data: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Rates that the document gives, as far as they are some: its amounts cannot be read without them."""
    given = data.get("currencies")
    for each in given if isinstance(given, list) else ():
        if isinstance(each, dict):
            code, value = each.get("currency"), each.get("usd_per_unit")
            if isinstance(code, str) and is_currency(code) and isinstance(value, int | float) and value > 0:
                yield code, float(value)
