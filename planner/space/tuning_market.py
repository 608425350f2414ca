"""Which prices of managed fine-tuning services a scenario may use: what it names, less what filters hold back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from planner.catalog.ages import age_months
from planner.catalog.managed_tuning import SERVICE, price_of, resolve_service_model, tuning_providers
from planner.catalog.quoted import TuningPrice
from planner.catalog.rows import Catalog, Ints
from planner.scenario.fine_tune import FineTune
from planner.scenario.hardware import Hardware
from planner.space.offers import RULES, STALE_MONTHS, SWITCHES, filter_words, turn_off
from planner.space.patterns import Pattern
from planner.space.recipes import MethodChoice

Complain = Callable[[tuple[str | int, ...], str, str | None], None]

_AIM: Final = "preference (dpo) or reinforcement tuning (rft); a scenario describes supervised tuning"
_REGIONS: Final = "where the service trains is unknown, which is none of hardware.regions"


@dataclass(frozen=True, slots=True)
class TuningMarket:
    """Prices in play, the services' own models that the scenario names, and what was held back."""

    prices: tuple[TuningPrice, ...] = ()
    models: tuple[str, ...] = ()
    """Ids of models that only services have, in the scenario's order."""
    removed: Mapping[str, int] = field(default_factory=dict)
    """Prices held back, by filter."""
    held: frozenset[str] = frozenset()
    """Providers with a price that is held back."""
    stale_months: float = STALE_MONTHS
    include: tuple[Pattern, ...] = ()
    exclude: tuple[Pattern, ...] = ()
    """The scenario's rules."""

    def removals(self) -> list[tuple[str, int, str]]:
        """What was held back in words, how many prices, and the line that lets them in."""
        return [
            (f"managed fine-tuning: {_words(name, self.stale_months)}", count, turn_off(name))
            for name, count in self.removed.items()
        ]


def asked_providers(hardware: Hardware, catalog: Catalog) -> list[str]:
    """Managed providers that a scenario asks for: by name, or all of them by asking for their service."""
    known = tuning_providers(catalog)
    if hardware.services != "any" and SERVICE not in hardware.services:
        return []
    if hardware.providers != "any":
        return [name for name in known if name in hardware.providers]
    return known if hardware.services != "any" else []


def service_models_of(scenario: FineTune, catalog: Catalog) -> dict[str, int]:
    """Models of services that the scenario names, and which entry of `models` each is."""
    found: dict[str, int] = {}
    for i, entry in enumerate(scenario.models):
        name = resolve_service_model(catalog, entry) if isinstance(entry, str) else None
        if name is not None:
            found.setdefault(name, i)
    return found


def open_tuning(
    scenario: FineTune, catalog: Catalog, models: Ints, methods: Sequence[MethodChoice], stale_months: float,
    rules: tuple[Sequence[Pattern], Sequence[Pattern]] = ((), ()),
) -> TuningMarket:  # fmt: skip
    """Select prices by provider, model and method, then apply rules and default filters; each counts what it holds."""
    named = tuple(service_models_of(scenario, catalog))
    asked = asked_providers(scenario.hardware, catalog)
    trained = {method.name for method in methods}
    # A price by name speaks for its model even where it is held back: a bracket does not stand in for it.
    fitting = {id(price) for m in models.tolist() for price in price_of(catalog.tuning_prices, catalog.models[m])}
    wanted = [
        price
        for price in catalog.tuning_prices
        if price.provider in asked
        and (price.model in named if price.model else id(price) in fitting)
        and (not price.method or price.method in trained)
    ]
    removed: dict[str, int] = {}
    back: set[str] = set()
    for name, hits in _filters(scenario.hardware, catalog, stale_months):
        held = [price for price in wanted if hits(price)]
        if held:
            removed[name] = len(held)
            back |= {price.provider for price in held}
            wanted = [price for price in wanted if not hits(price)]
    return TuningMarket(tuple(wanted), named, removed, frozenset(back), stale_months, *map(tuple, rules))


def _filters(
    hardware: Hardware, catalog: Catalog, stale_months: float
) -> Iterator[tuple[str, Callable[[TuningPrice], bool]]]:
    """Filters in force, in the order they are counted; what is unknown of a service satisfies no rule."""
    yield "aim", lambda price: price.aim != "sft"
    if hardware.regions != "any":
        yield "regions", lambda _: True
    for rule in RULES:
        if getattr(hardware, rule) is not None:
            yield rule, lambda _: True
    hits: dict[str, Callable[[TuningPrice], bool]] = {
        "retired": lambda price: price.retired,
        "low_confidence": lambda price: price.confidence == "low",
        "stale": lambda price: not age_months([price.as_of], catalog.as_of)[0] <= stale_months,
    }
    yield from ((name, hit) for name, hit in hits.items() if name not in hardware.allow)


def _words(name: str, stale_months: float) -> str:
    return {"aim": _AIM, "regions": _REGIONS, "retired": "retired products"}.get(name) or filter_words(
        name, stale_months
    )


def model_prices(market: TuningMarket, catalog: Catalog, models: Ints) -> list[tuple[TuningPrice, list[int]]]:
    """Prices in play for models of the catalog, each with the indices of its models."""
    found: dict[int, list[int]] = {}
    for m in models.tolist():
        for price in price_of(catalog.tuning_prices, catalog.models[m]):
            if price in market.prices:
                found.setdefault(market.prices.index(price), []).append(m)
    return [(market.prices[i], found[i]) for i in sorted(found)]


def check_tuning(
    scenario: FineTune, catalog: Catalog, market: TuningMarket, methods: Sequence[MethodChoice],
    report: Complain, warn: Complain,
) -> bool:  # fmt: skip
    """Report models that nothing in play tunes, and say whether all are tuned.

    Managed providers that are named and tune nothing are warned about.
    """
    fine = True
    asked = asked_providers(scenario.hardware, catalog)
    for name, i in service_models_of(scenario, catalog).items():
        theirs = [price for price in catalog.tuning_prices if price.model == name and price.aim == "sft"]
        if not any(price.model == name for price in market.prices):
            message = f"{name!r} exists only with managed services, and none of them in play tunes it"
            report(("models", i), message, _way_in(theirs, asked, market))
            fine = False
    if scenario.hardware.providers == "any":
        return fine
    playing = {price.provider for price in market.prices}
    trained = ", ".join(dict.fromkeys(method.name for method in methods))
    for i, name in enumerate(scenario.hardware.providers):
        if name in tuning_providers(catalog) and name not in playing:
            if name not in asked:
                message, hint = f"{name} is a managed service, and hardware.services has no {SERVICE}", f"add {SERVICE}"
            elif name in market.held:
                message, hint = f"{name} tunes nothing of the scenario as it stands", _let_in(market)
            else:
                message = f"{name} tunes no model of the scenario by {trained}"
                hint = "see `planner list tuning`"
            warn(("hardware", "providers", i), message, hint)
    return fine


def _way_in(theirs: Sequence[TuningPrice], asked: Sequence[str], market: TuningMarket) -> str | None:
    providers = list(dict.fromkeys(price.provider for price in theirs))
    if not providers:
        return "it is not tuned under supervision"
    if not set(providers) & set(asked):
        return f"name one of its providers: hardware: {{providers: [{providers[0]}]}}" + (
            f", or {', '.join(providers[1:])}" if providers[1:] else ""
        )
    return _let_in(market)


def _let_in(market: TuningMarket) -> str:
    """What filters hold back, and the line that lets it in."""
    told = "; ".join(f"{what}: {count}" for what, count, _ in market.removals())
    lets = ", ".join(name for name in market.removed if name in SWITCHES)
    return f"held back ({told})" + (f"; let in by hardware.allow: [{lets}]" if lets else "")
