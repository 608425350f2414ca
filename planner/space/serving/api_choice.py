"""The models behind an API that a scenario means, each with what its author says of it."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from planner.catalog.api_models import ApiModel
from planner.catalog.apis import api_hint, find_apis
from planner.catalog.names import suggest
from planner.catalog.quoted import TuningPrice
from planner.catalog.rows import Catalog
from planner.scenario.serving import OwnApi, Serving
from planner.space.axes import Complain
from planner.space.serving.tuned_api import MARK, tuned_names, tuned_variant

WILD: Final = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class ApiChoice:
    """One model behind an API, and what the scenario says of it."""

    api: ApiModel
    own: OwnApi | None
    """What a price list does not say; None where the scenario says nothing."""
    tuned: TuningPrice | None = None
    """What serving costs of a variant that the provider tuned; None of all others."""


def choose_apis(scenario: Serving, catalog: Catalog, report: Complain) -> tuple[ApiChoice, ...]:
    """The models behind an API, each once, in the scenario's order; problems go to `report`."""
    found: dict[str, ApiChoice] = {}
    for i, entry in enumerate(scenario.apis):
        name, own = (entry, None) if isinstance(entry, str) else (entry.model, entry)
        place: tuple[str | int, ...] = ("apis", i) if own is None else ("apis", i, "model")
        if MARK in name:
            variant = tuned_variant(catalog, name)
            if variant is None:
                hint = suggest(name.lower(), known := tuned_names(catalog))
                report(place, f"what serving the tuned variant {name!r} costs is not known",
                       f"did you mean {hint!r}?" if hint else f"known are {', '.join(known)}")  # fmt: skip
            elif variant[0].id not in found or own is not None:
                found[variant[0].id] = ApiChoice(variant[0], own, variant[1])
            continue
        if WILD & set(name):
            meant = tuple(api for api in catalog.apis if fnmatchcase(api.id, name.lower()))
            if own is not None:
                report(place, f"{name!r} means several models, and what is said here is true of one", "name the one")
                continue
            if not meant:
                report(place, f"no model behind an API matches {name!r}", "`planner list apis` shows them")
        else:
            meant = find_apis(catalog, name)
            if len(meant) != 1:
                told = "is offered by several providers" if meant else "is no model behind an API that the catalog has"
                report(place, f"{name!r} {told}", api_hint(catalog, name))
                continue
        for api in meant:
            if api.id in found and own is not None and found[api.id].own is not None:
                report(place, f"{api.id} is described twice", "describe it once")
            if api.id not in found or own is not None:
                found[api.id] = ApiChoice(api, own)
    return tuple(found.values())
