"""A Serving scenario: its traffic read, its names looked up in the catalog with the prices chosen for it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from planner.locking.choosing import Priced
from planner.planning.ready import MAPPING, ServingReady, Source, file_of, shown_path
from planner.scenario.compose import Composed
from planner.scenario.paths import scenario_root
from planner.scenario.serving import Serving
from planner.scenario.template_folder import template_folder
from planner.source import Document, InvalidInput, Problem
from planner.source import Path as Place
from planner.space.contracts import check_contracts, under_contract
from planner.space.currency import check_currency
from planner.space.custom_models import extend_catalog
from planner.space.overlay.laying import Overlays

if TYPE_CHECKING:
    from planner.traffic import Traffic


def read_serving(
    source: Source, document: Document, scenario: Serving, overlays: Overlays, chosen: Priced,
    price_max_age_months: float, known: "Traffic | None" = None,
) -> ServingReady:  # fmt: skip
    """The scenario looked up in a catalog with the prices chosen for it; `known` is its traffic, where it was read.

    Raises InvalidInput with every problem.
    """
    from planner.planning.traffic import traffic_of
    from planner.space.serving.resolve import resolve_serving
    from planner.space.serving.stand_in import any_traffic, without_rates

    catalog, lapsed = overlays.on(chosen.catalog)
    problems: list[Problem] = []
    told = document.warnings if isinstance(document, Composed) else ()
    warnings = [*told, *chosen.warnings, *lapsed]

    def complain(path: Place, message: str, hint: str | None) -> None:
        problems.append(document.problem("name", message, path, hint=hint))

    def warn(path: Place, message: str, hint: str | None) -> None:
        warnings.append(document.problem("shadowed", message, path, key=True, hint=hint, severity="warning"))

    file = file_of(source)
    texts = {**document.texts, **overlays.texts}
    templates = None
    try:
        templates = template_folder(scenario.templates, document, file)
    except InvalidInput as error:
        problems += error.problems
    catalog = extend_catalog(
        scenario, catalog, lambda place: Path(document.file_at(place)).parent, scenario_root(file), complain
    )
    catalog = under_contract(scenario, catalog)
    check_currency(scenario, catalog, complain)
    check_contracts(scenario, complain, warn)
    try:
        traffic = known or traffic_of(scenario.traffic, document, source)
    except InvalidInput as error:
        problems += error.problems
        texts |= error.texts
        # Names are looked up all the same; what is wrong with a lever for want of traffic is not told.
        scenario, traffic = without_rates(scenario), any_traffic()
    warnings += traffic.warnings
    space = resolve_serving(scenario, catalog, traffic, complain, warn, price_max_age_months)
    if space is None or problems:
        raise InvalidInput([*problems, *warnings], texts)
    path = MAPPING if isinstance(source, Mapping) else shown_path(Path(source))
    lock = chosen.reference(None if isinstance(source, Mapping) else scenario_root(file))
    return ServingReady(document, scenario, space, catalog, tuple(warnings), path, texts, lock, templates, overlays)
