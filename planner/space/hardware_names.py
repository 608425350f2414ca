"""The names of a scenario's hardware block, looked up; and which of its keys leaves nothing to rent."""

import numpy as np

from planner.catalog.managed_tuning import SERVICE, tuning_providers
from planner.catalog.names import resolve_gpus, suggest
from planner.catalog.rows import Catalog
from planner.scenario import Planned
from planner.source.forms import country_of
from planner.space.axes import Complain
from planner.space.offers import (
    RULES,
    SWITCHES,
    Market,
    countries_of,
    filter_words,
    known_countries,
    open_market,
)  # fmt: skip


def check_gpus(scenario: Planned, catalog: Catalog, report: Complain) -> dict[str, tuple[str, ...]]:
    """Report unknown cards; returns names that stand for several, and which."""
    families = {}
    if scenario.hardware.gpus == "any":
        return {}
    for i, name in enumerate(scenario.hardware.gpus):
        found = resolve_gpus(catalog, name)
        if not found:
            near = suggest(name, [gpu.id for gpu in catalog.gpus])
            report(
                ("hardware", "gpus", i),
                f"unknown GPU {name!r}",
                f"did you mean {near!r}?" if near else "see `planner list gpus`",
            )
        elif len(found) > 1:
            families[name] = tuple(catalog.gpus[index].id for index in found)
    return families


def check_offered(scenario: Planned, catalog: Catalog, warn: Complain) -> None:
    """Warn about cards that are named and that nobody rents out: what they cost is unknown, so they are in no plan."""
    if scenario.hardware.gpus == "any":
        return
    offered = set(np.unique(catalog.offers.gpu).tolist())
    for i, name in enumerate(scenario.hardware.gpus):
        found = resolve_gpus(catalog, name)
        if found and offered.isdisjoint(found):
            warn(
                ("hardware", "gpus", i),
                f"no offer of the catalog has {name}, so that what it costs is unknown and it is not in the plan",
                "give a price under offers of a CatalogOverlay, or take newer ones: planner prices refresh",
            )


def check_places(scenario: Planned, catalog: Catalog, report: Complain) -> None:
    """Report unknown providers and regions."""
    hardware = scenario.hardware
    if hardware.providers != "any":
        sellers = [*catalog.offers.providers, *tuning_providers(catalog)]
        for i, name in enumerate(hardware.providers):
            if name not in sellers:
                near = suggest(name, sellers)
                report(
                    ("hardware", "providers", i),
                    f"unknown provider {name!r}",
                    f"did you mean {near!r}?"
                    if near
                    else "see `planner list providers`, or define it in an overlay (kind: CatalogOverlay)",
                )
    if hardware.regions != "any":
        known = np.unique(catalog.offers.region).tolist()
        for i, name in enumerate(hardware.regions):
            if name not in known:
                near = suggest(name, known)
                guess = f"did you mean {near!r}? else " if near else ""
                report(
                    ("hardware", "regions", i),
                    f"unknown region {name!r}",
                    f"{guess}see `planner list regions`, or ask for a country with hardware.residency",
                )


def check_residency_and_services(scenario: Planned, catalog: Catalog, report: Complain) -> None:
    """Report unknown countries, groups of countries and services."""
    hardware = scenario.hardware
    places = [*catalog.country_groups, *sorted(known_countries(catalog))]
    for i, name in enumerate(hardware.residency or ()):
        if not countries_of([name], catalog):
            report(
                ("hardware", "residency", i),
                f"no region of the catalog is known to lie in {name!r}",
                f"write {code}" if (code := country_of(name)) is not None
                else f"countries are two-letter codes; groups: {', '.join(catalog.country_groups)}"
                if len(name) != 2 else f"known: {', '.join(places)}",
            )  # fmt: skip
    known = sorted({*catalog.offers.service.tolist(), SERVICE})
    for i, name in enumerate(hardware.services if hardware.services != "any" else ()):
        if name not in known:
            near = suggest(name, known)
            report(
                ("hardware", "services", i),
                f"unknown service {name!r}",
                f"did you mean {near!r}?" if near else f"known: {', '.join(known)}",
            )


def in_the_way(scenario: Planned, catalog: Catalog) -> tuple[str | int, ...]:
    """The one key of `hardware` without which something would match.

    The whole block where there are several, and where only the age of the prices holds back what every key lets in.
    """
    fresh_or_not = [*scenario.hardware.allow, "stale"]
    if len(open_market(scenario.hardware.model_copy(update={"allow": fresh_or_not}), catalog).offers):
        return ("hardware",)
    written = scenario.hardware.model_fields_set
    lifted = {"tiers": ["on_demand", "spot"], "residency": [], "min_availability": None, "services": []}
    for key in ("counts", "regions", "residency", "min_availability", "tiers", "providers", "services", "gpus"):
        if key in written:
            without = scenario.hardware.model_copy(update={key: lifted.get(key, "any")})
            if len(open_market(without, catalog).offers):
                return ("hardware", key)
    return ("hardware",)


def held_back(market: Market) -> str:
    """What keeps every offer out, and what to do about it."""
    words = {name: f"{filter_words(name, market.stale_months)}: {n}" for name, n in market.removed.items()}
    rules = ", ".join(text for name, text in words.items() if name in RULES)
    filters = ", ".join(text for name, text in words.items() if name in SWITCHES)
    lets_in = ", ".join(name for name in words if name in SWITCHES)
    parts = [f"held back: {rules}"] if rules else []
    parts += [f"held back by default filters ({filters}); let in by hardware.allow: [{lets_in}]"] if filters else []
    return "; ".join(parts) or "widen gpus, counts, providers, regions, services or tiers"
