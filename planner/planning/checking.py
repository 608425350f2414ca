"""Every problem of a scenario of any kind, without planning it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.kinds.reading import base_problems
from planner.planning.any_kind import read_ready
from planner.planning.reading import NO_CHANGES, document_of
from planner.planning.ready import Readied, Source, file_of
from planner.planning.told import remarks_of
from planner.scenario.compose import Changes, Composed, compose
from planner.scenario.template_folder import absent_folder
from planner.source import InvalidInput, Problem, in_order
from planner.space.offers import STALE_MONTHS
from planner.space.overlay.laying import overlays_of


def check_scenario(
    source: Source,
    catalog: Catalog | None = None,
    changes: Changes = NO_CHANGES,
    price_max_age_months: float = STALE_MONTHS,
) -> tuple[list[Problem], Mapping[str, str]]:
    """Every problem and warning of a scenario, and the texts they point into.

    Without changes every override is tried in turn. A base for others (`abstract: true`) is checked as far as it goes.
    """
    file = file_of(source)
    try:
        document = compose(document_of(source), file, changes)
        if isinstance(document, Composed) and document.abstract:
            return _base_problems(document, catalog or load_catalog(), file)
    except InvalidInput as error:
        return list(error.problems), error.texts
    names = document.overrides if isinstance(document, Composed) else ()
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    variants = [] if changes.overrides else [replace(changes, overrides=(name,)) for name in names]
    for each in (changes, *variants):
        try:
            ready = read_ready(source, catalog, each, price_max_age_months)
        except InvalidInput as error:
            problems += _new(error.problems, problems, each if each is not changes else None)
            texts |= error.texts
        else:
            remarks, pointed = remarks_of(ready)
            found = [*remarks, *missing_templates(ready)]
            problems += _new(found, problems, each if each is not changes else None)
            texts |= pointed
    return in_order(problems), texts


def missing_templates(ready: Readied) -> list[Problem]:
    """What is wrong with the folder of templates that a scenario names; plans do without it, reports do not."""
    problem = absent_folder(ready.templates, ready.document)
    return [] if problem is None else [problem]


def _new(found: Iterable[Problem], known: Sequence[Problem], variant: Changes | None) -> list[Problem]:
    """Problems that are not known yet, each told with the override it shows under."""
    if variant is None:
        return list(found)
    told = f" (with --override {variant.overrides[-1]})"
    return [replace(one, message=f"{one.message}{told}") for one in found if one not in known]


def _base_problems(document: Composed, catalog: Catalog, file: Path) -> tuple[list[Problem], Mapping[str, str]]:
    overlays = overlays_of(document, file, catalog)
    catalog, warnings = overlays.on(catalog)
    return [*base_problems(document, catalog), *document.warnings, *warnings], overlays.texts
