"""Overlays laid on a catalog: additions of all of them first, so that prices of one may name what another adds."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from planner.catalog.exchange import usd_per_unit
from planner.catalog.private import OverlayFile
from planner.catalog.rows import Catalog
from planner.scenario.paths import scenario_root
from planner.source import Document, InvalidInput, Problem
from planner.space.dataset_places import Found
from planner.space.overlay.additions import with_additions
from planner.space.overlay.prices import with_prices
from planner.space.overlay.reading import Written, named_overlays, read_overlay
from planner.space.overlay.told import Told


class Laid(NamedTuple):
    """A catalog with overlays on it, and what in them does not count."""

    catalog: Catalog
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlays:
    """The overlays that a scenario names."""

    written: tuple[Written, ...]
    root: Path
    """Nothing outside of it is read."""
    texts: Mapping[str, str]
    """Of their files, and of the scenario's."""
    amounts_in: set[str] = field(default_factory=set)
    """Takes the currencies, beside USD, that the scenario writes amounts in."""

    def on(self, catalog: Catalog) -> Laid:
        """The catalog with them on it; raises InvalidInput with every problem."""
        catalog, warnings = lay_overlays(catalog, self.written, self.root, self.texts)
        amounts = {*self.amounts_in, *(code for one in self.written for code in one.amounts_in)}
        return Laid(
            replace(catalog, own=replace(catalog.own, amounts_in=tuple(sorted(amounts)))) if amounts else catalog,
            warnings,
        )


def overlays_of(document: Document, scenario: Path, catalog: Catalog) -> Overlays:
    """The overlays that a scenario names; raises InvalidInput with every problem of their texts."""
    written = named_overlays(document, scenario, catalog)
    texts = {file: text for one in written for file, text in one.document.texts.items()}
    return Overlays(written, scenario_root(scenario), {**document.texts, **texts})


def check_overlay(path: Path, catalog: Catalog) -> tuple[tuple[Problem, ...], Mapping[str, str]]:
    """What in an overlay does not count, and its text; raises InvalidInput with every problem.

    It is laid on the catalog alone: what another overlay adds is not there.
    """
    root = scenario_root(path)
    name = path.resolve().relative_to(root).as_posix()
    one = read_overlay(Found(path, str(path), name), usd_per_unit(catalog.currencies))
    return lay_overlays(catalog, [one], root, one.document.texts).warnings, one.document.texts


def lay_overlays(catalog: Catalog, overlays: Sequence[Written], root: Path, texts: Mapping[str, str]) -> Laid:
    """The catalog with overlays on it; its digest covers them. Raises InvalidInput with every problem.

    Nothing outside `root` is read; `texts` are those that problems point into.
    """
    if not overlays:
        return Laid(catalog)
    told = Told()
    listed = catalog.digest
    for one in overlays:
        catalog = with_additions(catalog, one.overlay, one.name, one.path.parent, root, told.complain(one))
    catalog = with_prices(catalog, overlays, told)
    if told.problems:
        raise InvalidInput([*told.problems, *told.warnings], texts)
    digests = "\0".join(one.document.digest for one in overlays)
    files = tuple(_file(one) for one in overlays)
    return Laid(
        replace(
            catalog,
            digest=hashlib.sha256(f"{listed}\0{catalog.digest}\0{digests}".encode()).hexdigest(),
            own=replace(catalog.own, files=files),
            sources=(*catalog.sources, *(_source(file) for file in files)),
        ),
        tuple(told.warnings),
    )


def _file(one: Written) -> OverlayFile:
    days = [*(line.as_of for line in one.overlay.offers), *(rate.as_of for rate in one.overlay.currencies)]
    newest = max(days, default="")
    return OverlayFile(one.overlay.metadata.name, one.name, one.document.digest, newest)


def _source(file: OverlayFile) -> tuple[str, str, str]:
    return f"overlay {file.name}", f"{file.file}, SHA-256 {file.digest}", file.as_of
