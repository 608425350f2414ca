"""A BusinessCase: checked, its tables read, and the scenarios whose plans supply its costs."""

from collections.abc import Mapping
from pathlib import Path

from planner.catalog.exchange import usd_per_unit
from planner.catalog.rows import Catalog
from planner.locking.choosing import Prices
from planner.planning.case_files import CaseFiles
from planner.planning.case_plans import CasePlans
from planner.planning.ready import MAPPING, CaseReady, Source, file_of, shown_path
from planner.scenario.business_case import BusinessCase
from planner.scenario.compose import Composed
from planner.scenario.template_folder import template_folder
from planner.source import Document, InvalidInput
from planner.space.business_case.checks import check_case
from planner.space.business_case.complaints import Complaints
from planner.space.business_case.spreads import check_spreads
from planner.space.currency import check_currency
from planner.space.overlay.laying import Overlays


def read_case(
    source: Source,
    document: Document,
    scenario: BusinessCase,
    overlays: Overlays,
    catalog: Catalog,
    price_max_age_months: float,
    prices: Prices,
) -> CaseReady:
    """The case with all that it names read.

    Args:
        source: file of the case, or what it says.
        document: what it says, with its places.
        scenario: the same, as its type.
        overlays: that it names, for its currency; scenarios that supply costs lay their own.
        catalog: without them.
        price_max_age_months: age from which prices of those scenarios are told as stale.
        prices: those of the lock beside each such scenario where locks count, else the catalog's.

    Raises:
        InvalidInput: every problem of the case, its tables and those scenarios.
    """
    laid, lapsed = overlays.on(catalog)
    told = document.warnings if isinstance(document, Composed) else ()
    found = Complaints(document, [], [*told, *lapsed], {**document.texts, **overlays.texts})
    templates = None
    try:
        templates = template_folder(scenario.templates, document, file_of(source))
    except InvalidInput as error:
        found.problems += error.problems
    check_currency(scenario, laid, found.complain)
    check_case(scenario, found)
    files = CaseFiles(source, found, {**usd_per_unit(laid.currencies), "USD": 1.0})
    values, histories = files.values(scenario), files.histories(scenario)
    check_spreads(scenario, values, found)
    plans = CasePlans(catalog, price_max_age_months, prices, files, found).read(scenario)
    if found.problems:
        raise InvalidInput([*found.problems, *found.warnings], found.texts)
    path = MAPPING if isinstance(source, Mapping) else shown_path(Path(source))
    return CaseReady(
        document,
        scenario,
        plans,
        values,
        histories,
        laid,
        tuple(found.warnings),
        path,
        found.texts,
        templates,
        overlays,
    )
