"""Overlays laid on a catalog: additions of all of them first, so that prices of one may name what another adds."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from planner.catalog.exchange import rate_slip, usd_per_unit
from planner.catalog.private import OverlayFile
from planner.catalog.rows import Catalog
from planner.errors import InputError
from planner.scenario import KINDS
from planner.scenario.compose import Changes, compose
from planner.scenario.paths import scenario_root
from planner.scenario.time_rates import moment
from planner.source import Document, InvalidInput, Problem, read_document
from planner.space.dataset_places import Found
from planner.space.overlay.additions import with_additions
from planner.space.overlay.matching import Day
from planner.space.overlay.prices import with_prices
from planner.space.overlay.reading import Written, named_overlays, read_overlay
from planner.space.overlay.time_rates import with_own_rates
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
    start: str = ""
    """Day on which the scenario's machines start, YYYY-MM-DD as it is written there; empty where it says none."""
    laid: list[tuple[Catalog, Laid]] = field(default_factory=list, compare=False, repr=False)
    """Catalogs that they were laid on, and what came of it: once for each."""

    def on(self, catalog: Catalog) -> Laid:
        """The catalog with them on it; raises InvalidInput with every problem."""
        catalog, warnings = self._on(catalog)
        amounts = {*self.amounts_in, *(code for one in self.written for code in one.amounts_in)}
        return Laid(
            replace(catalog, own=replace(catalog.own, amounts_in=tuple(sorted(amounts)))) if amounts else catalog,
            warnings,
        )

    def _on(self, catalog: Catalog) -> Laid:
        for bare, laid in self.laid:
            if bare is catalog:
                return laid
        found = lay_overlays(catalog, self.written, self.root, self.texts, self.start)
        self.laid.append((catalog, found))
        return found


def overlays_of(document: Document, scenario: Path, catalog: Catalog) -> Overlays:
    """The overlays that a scenario names; raises InvalidInput with every problem of their texts."""
    written = named_overlays(document, scenario, catalog)
    texts = {file: text for one in written for file, text in one.document.texts.items()}
    return Overlays(written, scenario_root(scenario), {**document.texts, **texts}, start=_start(document.data))


def _start(data: object) -> str:
    """The day of `hardware.start`; what is none is left to the scenario's schema."""
    hardware = data.get("hardware") if isinstance(data, dict) else None
    start = hardware.get("start") if isinstance(hardware, dict) else None
    try:
        moment(str(start))
    except (ValueError, OverflowError):
        return ""
    return str(start)[: len("2026-12-05")]


def check_overlay(path: Path, catalog: Catalog) -> tuple[tuple[Problem, ...], Mapping[str, str]]:
    """What in an overlay does not count, and its text; raises InvalidInput with every problem.

    It is laid on the catalog alone: what another overlay adds is not there.
    """
    root = scenario_root(path)
    name = path.resolve().relative_to(root).as_posix()
    one = read_overlay(Found(path, str(path), name), usd_per_unit(catalog.currencies))
    return lay_overlays(catalog, [one], root, one.document.texts).warnings, one.document.texts


def lay_files(paths: Sequence[Path], catalog: Catalog) -> tuple[Laid, Mapping[str, str]]:
    """The catalog with overlays on it, and their texts: each file is one, or a scenario that names some.

    Raises InvalidInput with every problem of a file, InputError where a scenario names none and where the files lie in
    several repositories: what one of them names is looked for below its root alone.
    """
    written: list[Written] = []
    texts: dict[str, str] = {}
    start = ""
    roots = {scenario_root(path) for path in paths}
    if len(roots) > 1:
        message = f"{' and '.join(map(str, paths))} lie in several repositories"
        raise InputError(message)
    (root,) = roots
    for path in paths:
        document = read_document(path, str(path))
        if isinstance(document.data, dict) and document.data.get("kind") in KINDS:
            found = overlays_of(compose(document, path, Changes()), path, catalog)
            if not found.written:
                message = f"{path}: names no overlays"
                raise InputError(message)
            written += found.written
            start = found.start if len(paths) == 1 else ""
            texts |= found.texts
        else:
            name = path.resolve().relative_to(root).as_posix()
            known = usd_per_unit(catalog.currencies) | {
                rate.currency: rate.usd_per_unit for one in written for rate in one.overlay.currencies
            }
            written.append(read_overlay(Found(path, str(path), name), known))
            texts |= written[-1].document.texts
    return lay_overlays(catalog, written, root, texts, start), texts


def lay_overlays(
    catalog: Catalog, overlays: Sequence[Written], root: Path, texts: Mapping[str, str], start: str = ""
) -> Laid:
    """The catalog with overlays on it; its digest covers them. Raises InvalidInput with every problem.

    Their lines hold on the day of a `start`, else at the catalog's date. Nothing outside `root` is read; `texts` are
    those that problems point into.
    """
    if not overlays:
        return Laid(catalog)
    told = Told(Day.of(catalog.as_of, start))
    listed, rates = catalog.digest, catalog.currencies
    for one in overlays:
        catalog = with_additions(catalog, one.overlay, one.name, one.path.parent, root, told.complain(one))
        for i, rate in enumerate(one.overlay.currencies):
            told.dated(one, rate.as_of, ("currencies", i), catalog.as_of, f"the rate of {rate.currency}")
            if said := rate_slip(rate.currency, rate.usd_per_unit, rates):
                told.warn(one, ("currencies", i, "usd_per_unit"), said)
    catalog = with_prices(catalog, overlays, told)
    catalog = with_own_rates(catalog, overlays, told)
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
