"""What a Portfolio names of the catalog and of its teams: that each exists, and is said once."""

from collections.abc import Iterable

import numpy as np

from planner.catalog.names import resolve_gpus, resolve_provider
from planner.catalog.rows import Catalog
from planner.scenario.portfolio import Portfolio
from planner.source import Path as Place
from planner.source.forms import country_of
from planner.space.offers import countries_of, known_countries
from planner.space.portfolio.remarks import Checking, among
from planner.space.time_rates import Line, with_time_rates


def check_names(scenario: Portfolio, catalog: Catalog, checking: Checking) -> None:
    """Report unknown cards, regions and countries, rates for the same hour, and quotas and outages said twice."""
    _check_quotas(scenario, catalog, checking)
    seen: set[tuple[str, str]] = set()
    for number, outage in enumerate(scenario.outages):
        place: Place = ("outages", number)
        _check_region(outage.provider, outage.region, (*place, "region"), catalog, checking)
        key = outage.provider.lower(), outage.region or ""
        if key in seen:
            checking.complain(place, "this outage is asked about already", "take it out")
        seen.add(key)
    for k, name in enumerate(scenario.residency or ()):
        if not countries_of([name], catalog):
            code = country_of(name)
            known = [*catalog.country_groups, *sorted(known_countries(catalog))]
            hint = f"write {code}" if code is not None else among(name, known, "codes and groups")
            checking.complain(("residency", k), f"no region of the catalog is known to lie in {name!r}", hint)
    lines = [Line(rate, ("time_rates", k), "the portfolio") for k, rate in enumerate(scenario.time_rates)]
    with_time_rates(catalog, lines, checking.complain)


def check_teams(scenario: Portfolio, of_jobs: Iterable[str], checking: Checking) -> None:
    """Warn about teams that no job is of; `of_jobs` has the team of each, empty where it has none."""
    theirs = sorted({team for team in of_jobs if team})
    for number, team in enumerate(scenario.teams):
        if team.name not in theirs:
            hint = among(team.name, theirs, "teams of jobs")
            checking.warn(("teams", number, "name"), f"no job is of the team {team.name}", hint)


def _check_quotas(scenario: Portfolio, catalog: Catalog, checking: Checking) -> None:
    seen: set[tuple[str, str, tuple[int, ...], str]] = set()
    for number, quota in enumerate(scenario.quotas):
        place: Place = ("quotas", number)
        cards: tuple[int, ...] = ()
        if quota.gpu is not None:
            cards = resolve_gpus(catalog, quota.gpu)
            if not cards:
                hint = among(quota.gpu, [gpu.id for gpu in catalog.gpus], "cards")
                checking.complain((*place, "gpu"), f"unknown GPU {quota.gpu!r}", hint)
                continue
        _check_region(quota.provider, quota.region, (*place, "region"), catalog, checking)
        key = (quota.provider or "").lower(), quota.region or "", cards, quota.tier or ""
        if key in seen:
            checking.complain(place, "there is a quota of these machines already", "use `changes` for one that grows")
        seen.add(key)


def _check_region(provider: str | None, region: str | None, place: Place, catalog: Catalog, checking: Checking) -> None:
    """Report a region that is unknown, or that its provider does not have."""
    if region is None:
        return
    offers = catalog.offers
    known: list[str] = np.unique(offers.region).tolist()
    if region not in known:
        checking.complain(place, f"unknown region {region!r}", among(region, known, "regions"))
        return
    index = None if provider is None else resolve_provider(catalog, provider)
    if index is None:
        return
    theirs: list[str] = np.unique(offers.region[offers.provider == index]).tolist()
    if region not in theirs:
        message = f"{provider} has no region {region!r}"
        checking.complain(place, message, among(region, theirs, f"regions of {provider}"))
