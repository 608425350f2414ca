"""The smaller model of a cascade: one of the catalog's on rented machines, or one behind an API."""

from dataclasses import dataclass

from planner.catalog.apis import api_hint, find_apis
from planner.catalog.names import resolve_model
from planner.catalog.rows import Catalog
from planner.scenario.serving import Serving
from planner.space.axes import Complain
from planner.space.serving.api_choice import ApiChoice


@dataclass(frozen=True, slots=True)
class First:
    """The model that answers first: one of the two is given."""

    model: int | None
    """Index into `Catalog.models`."""
    api: ApiChoice | None


def first_of_cascade(scenario: Serving, catalog: Catalog, report: Complain) -> First | None:
    """The smaller model that the scenario names; None without a cascade, or where a problem was reported.

    A name with a provider is an API; a bare one is a model of the catalog before it is an API.
    """
    cascade = scenario.levers.cascade
    if cascade is None:
        return None
    index = None if "/" in cascade.first else resolve_model(catalog, cascade.first)
    if index is not None:
        if catalog.models[index].decoder:
            return First(index, None)
        report(("levers", "cascade", "first"), f"{cascade.first!r} is no causal decoder and cannot answer", None)
        return None
    found = find_apis(catalog, cascade.first)
    if len(found) == 1:
        return First(None, ApiChoice(found[0], None))
    told = "is offered by several providers" if found else "is no model of the catalog, and of no API"
    report(("levers", "cascade", "first"), f"{cascade.first!r} {told}", api_hint(catalog, cascade.first))
    return None
