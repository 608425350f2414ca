"""A scenario from its file to what can be planned: composed, checked, priced, looked up."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from planner.calibrate.scenario_overlay import calibrated
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Catalog
from planner.kinds.reading import typed
from planner.locking.choosing import BESIDE, CATALOG, Priced, Prices, price
from planner.planning.locked import since_locked
from planner.planning.ready import MAPPING, AnyReady, Ready, Source, file_of, laid_over, shown_path
from planner.planning.tuned import named_scenario
from planner.scenario import Planned
from planner.scenario.compose import Changes, Composed, compose, meaning
from planner.scenario.fine_tune import FineTune
from planner.scenario.paths import scenario_root
from planner.scenario.serving import Serving
from planner.scenario.template_folder import template_folder
from planner.source import Document, InvalidInput, Problem, parse_document, read_document
from planner.source import Path as Place
from planner.space.contracts import under_contract
from planner.space.currency import check_currency
from planner.space.custom_models import extend_catalog
from planner.space.dataset import Measured, measure
from planner.space.dataset_places import Places
from planner.space.offers import STALE_MONTHS
from planner.space.overlay.laying import Overlays, overlays_of
from planner.space.patterns import UNKNOWN_KEY
from planner.space.resolve import resolve

if TYPE_CHECKING:
    from planner.scenario import Scenario

NO_CHANGES: Final = Changes()
OTHERWISE: Final = {
    "FineTune": "`planner plan` plans it; in Python, planner.plan",
    "Serving": "`planner plan` plans either kind, and `planner explain` shows each configuration of the plan",
    "SpendReview": "`planner plan` reviews it; in Python, planner.review",
    "Portfolio": "`planner plan` plans all its jobs; in Python, planner.plan_portfolio",
    "BusinessCase": "`planner plan` reckons it; in Python, planner.business_case",
}
"""What is done with a scenario of each kind, where another is asked for."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A scenario as its type, before anything in it is looked up."""

    document: Document
    scenario: "Scenario"
    catalog: Catalog
    """As it was given, without overlays."""
    overlays: Overlays


def read_any(
    source: Source,
    catalog: Catalog | None = None,
    changes: Changes = NO_CHANGES,
    price_max_age_months: float = STALE_MONTHS,
    calibration: Path | None = None,
    prices: Prices = BESIDE,
    *,
    written: Document | None = None,
) -> AnyReady:
    """Read, put together, check and resolve a scenario that plans something.

    Raises InvalidInput with every problem found, and for what is planned in another way: reviews, portfolios, cases.
    An overlay at `calibration` counts instead of the one that the scenario names. `prices` are by default those of the
    lock beside the scenario, where there is one. `written` is what the source says, where it was read already: the
    part of another file, at which `source` then is.
    """
    opened = open_scenario(source, catalog, changes, written)
    if not isinstance(opened.scenario, Planned):
        message = f"a FineTune or Serving is needed here, and this is a {opened.scenario.kind}"
        raise refused_kind(opened.document, message, OTHERWISE[opened.scenario.kind])
    return read_planned(source, opened, opened.scenario, price_max_age_months, calibration, prices)


def read_planned(
    source: Source, opened: Opened, scenario: Planned, price_max_age_months: float,
    calibration: Path | None, prices: Prices,
) -> AnyReady:  # fmt: skip
    """A scenario that was put together, looked up with the prices chosen for it; raises InvalidInput."""
    if isinstance(scenario, FineTune):
        return _fine_tune(source, opened, scenario, price_max_age_months, calibration, prices)
    from planner.planning.serving_reading import read_serving

    if calibration is not None:
        message = "a calibration is of runs that tune a model, and this is a Serving"
        raise refused_kind(opened.document, message, "leave the calibration out")
    document, overlays = opened.document, opened.overlays
    trained, broken = None, InvalidInput([], {})
    try:
        trained = _trained(source, opened, scenario, price_max_age_months, prices)
    except InvalidInput as error:
        broken = error
    chosen = price(opened.catalog, prices, _file(source))
    try:
        ready = read_serving(source, document, scenario, overlays, chosen, price_max_age_months)
    except InvalidInput as error:
        raise InvalidInput([*error.problems, *broken.problems], {**broken.texts, **error.texts}) from None
    if broken.problems:
        raise broken
    later = _later(ready, chosen, prices)
    if later is not None:
        chosen = replace(price(opened.catalog, later, _file(source)), beside=chosen.beside)
        known = ready.space.traffic
        ready = read_serving(source, document, scenario, overlays, chosen, price_max_age_months, known)
    return replace(ready, trained=trained)


def read_scenario(
    source: Source,
    catalog: Catalog | None = None,
    changes: Changes = NO_CHANGES,
    price_max_age_months: float = STALE_MONTHS,
    calibration: Path | None = None,
    prices: Prices = BESIDE,
) -> Ready:
    """The same of a FineTune scenario; raises InvalidInput for one of another kind, before anything is looked up."""
    opened = open_scenario(source, catalog, changes)
    if not isinstance(opened.scenario, FineTune):
        message = f"a FineTune is needed here, and this is a {opened.scenario.kind}"
        raise refused_kind(opened.document, message, OTHERWISE[opened.scenario.kind])
    return _fine_tune(source, opened, opened.scenario, price_max_age_months, calibration, prices)


def _trained(
    source: Source, opened: Opened, scenario: Serving, price_max_age_months: float, prices: Prices
) -> Ready | None:
    """The fine-tuning scenario that one of serving names, with the prices of its own lock where locks count."""
    file = named_scenario(scenario, opened.document, source)
    if file is None:
        return None
    own_prices = BESIDE if prices.beside else CATALOG
    return read_scenario(file, opened.catalog, NO_CHANGES, price_max_age_months, None, own_prices)


def open_scenario(source: Source, catalog: Catalog | None, changes: Changes, written: Document | None = None) -> Opened:
    """A scenario put together and read as its type; `written` is what its source says, where that is known.

    Raises InvalidInput.
    """
    written = document_of(source) if written is None else written
    document = compose(written, file_of(source), changes)
    if isinstance(document, Composed) and document.abstract:
        message, hint = "is only a base for others", "plan a scenario that extends it, or take `abstract` out"
        raise InvalidInput([written.problem("abstract", message, ("abstract",), key=True, hint=hint)], written.texts)
    catalog = catalog or load_catalog()
    overlays = overlays_of(document, file_of(source), catalog)
    scenario = typed(document, overlays.on(catalog).catalog, overlays.amounts_in)
    return Opened(document, scenario, catalog, overlays)


def refused_kind(document: Document, message: str, hint: str) -> InvalidInput:
    """A complaint about the kind of a scenario."""
    return InvalidInput([document.problem("kind", message, ("kind",), hint=hint)], document.texts)


def _fine_tune(
    source: Source, opened: Opened, scenario: FineTune, price_max_age_months: float, calibration: Path | None,
    prices: Prices,
) -> Ready:  # fmt: skip
    document, overlays, file = opened.document, opened.overlays, _file(source)
    chosen = price(opened.catalog, prices, file)
    ready = _resolved(source, document, scenario, chosen, overlays, price_max_age_months, calibration)
    later = _later(ready, chosen, prices)
    if later is None:
        return ready
    chosen = replace(price(opened.catalog, later, file), beside=chosen.beside)
    known = ready.space.measured
    return _resolved(source, document, scenario, chosen, overlays, price_max_age_months, calibration, known)


def _later(ready: AnyReady, chosen: Priced, prices: Prices) -> Prices | None:
    """The lock's prices without what came later than it; None where nothing did, or the lock is no reason to look.

    What came later was not there to choose, and must not move a decision that is locked.
    """
    lock = chosen.lock
    if not prices.beside or lock is None or lock.lock.scenario.digest != meaning(ready.document):
        return None
    later = since_locked(lock, ready, chosen.catalog)
    return later if later.without or later.without_services or later.without_apis else None


def _resolved(
    source: Source,
    document: Document,
    scenario: FineTune,
    chosen: Priced,
    overlays: Overlays,
    price_max_age_months: float,
    calibration: Path | None,
    known: Measured | None = None,
) -> Ready:
    """The scenario looked up in a catalog with the prices chosen for it; `known` is what its dataset's file holds."""
    catalog, lapsed = overlays.on(chosen.catalog)
    problems: list[Problem] = []
    told = document.warnings if isinstance(document, Composed) else ()
    warnings = [*told, *chosen.warnings, *lapsed]

    def complain(path: Place, message: str, hint: str | None) -> None:
        key = (bool(path) and path[0] == "axes" and len(path) == 2) or message.startswith(UNKNOWN_KEY)
        problems.append(document.problem("name", message, path, key=key, hint=hint))

    def warn(path: Place, message: str, hint: str | None) -> None:
        warnings.append(document.problem("shadowed", message, path, key=True, hint=hint, severity="warning"))

    file = file_of(source)
    broken: list[Problem] = []
    texts = {**document.texts, **overlays.texts}
    try:
        catalog, remarks = calibrated(catalog, scenario.calibration, document, file, calibration, chosen.catalog.digest)
        warnings += remarks
    except InvalidInput as error:
        broken += error.problems
        texts |= error.texts
    templates = None
    try:
        templates = template_folder(scenario.templates, document, file)
    except InvalidInput as error:
        broken += error.problems
    catalog = extend_catalog(
        scenario, catalog, lambda place: Path(document.file_at(place)).parent, scenario_root(file), complain
    )
    catalog = under_contract(scenario, catalog)
    measured = known or measure(scenario.dataset, _places(document, source), complain, broken)
    check_currency(scenario, catalog, complain)
    space = resolve(scenario, catalog, complain, warn, measured, price_max_age_months, laid_over(document))
    if space is None or problems or broken:
        raise InvalidInput([*problems, *broken, *warnings], texts)
    path = MAPPING if isinstance(source, Mapping) else shown_path(Path(source))
    lock = chosen.reference(None if isinstance(source, Mapping) else scenario_root(file))
    return Ready(document, scenario, space, catalog, tuple(warnings), path, texts, lock, templates, overlays)


def document_of(source: Source) -> Document:
    """The document of a scenario, as its file or mapping says it; raises InvalidInput where it cannot be read."""
    if isinstance(source, Mapping):
        text = yaml.safe_dump(json.loads(json.dumps(dict(source))), sort_keys=False, allow_unicode=True)
        return parse_document(text.encode(), MAPPING)
    return read_document(Path(source), os.fspath(source))


def _file(source: Source) -> Path | None:
    return None if isinstance(source, Mapping) else Path(source)


def _places(document: Document, source: Source) -> Places:
    """Where files named in the scenario are looked for: beside the file that names them, or else the scenario's."""
    own = "." if isinstance(source, Mapping) else os.fspath(source)

    def home(key: str) -> str:
        file = document.file_at(("dataset", key))
        return file if Path(file).is_file() else own

    return Places(home, scenario_root(Path.cwd() / "-" if isinstance(source, Mapping) else Path(source)))
