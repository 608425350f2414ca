"""The kind `BusinessCase`: from a scenario, and what plans supply, to the whole case."""

from collections.abc import Mapping
from itertools import groupby

from planner.catalog.rows import Catalog
from planner.kinds.business_case.at_scale import scale_result
from planner.kinds.business_case.book import Book, open_book
from planner.kinds.business_case.compared import baseline_of, decision, pair_of, scored
from planner.kinds.business_case.figures import figure, listed
from planner.kinds.business_case.gathering import Gathering
from planner.kinds.business_case.hanging_on import tornado_chart
from planner.kinds.business_case.hour_choice import hour_table
from planner.kinds.business_case.inputs import PlanCosts, Tables
from planner.kinds.business_case.option_results import driven, option_result, revenue_by_month
from planner.kinds.business_case.other_courses import scenario_results
from planner.kinds.business_case.returned import returns_of
from planner.kinds.business_case.world import DECLINE, GROWTH
from planner.kinds.fine_tune import Origin
from planner.kinds.private import currency_reference, overlay_references
from planner.outcome import Assumption, CatalogReference, Metadata, PlannerReference, Source
from planner.outcome.business_case import BuildOrBuy, Case, OptionResult
from planner.scenario.business_case import BusinessCase
from planner.units import significant


def reckon(
    scenario: BusinessCase, plans: Mapping[tuple[str, int], PlanCosts], tables: Tables, catalog: Catalog,
    origin: Origin, warnings: list[str],
) -> Case:  # fmt: skip
    """Lines of all options become cash flows, returns, bands and a decision; same inputs and seed, same case.

    Figures without a band are those of every input at its median; bands are 5 and 95 % of draws of all uncertain
    inputs at once.

    Args:
        scenario: as it was read and checked.
        plans: (option, place in its `plans`) → what the plan supplies; one for each that is named.
        tables: values and histories of the files that it names.
        catalog: for currencies and overlays.
        origin: of the scenario.
        warnings: of reading it.

    Raises:
        InputError: inputs that make no sense together: a spread out of order or reaching a parity of 0, prices that
            fall by all there is, a life of no whole number of months, a history that fits nothing, more draws than
            memory is given to.
    """
    book = open_book(scenario, plans, tables)
    gathering = book.gathering
    decided = decision(book)
    options = _options(book, decided)
    known = [one for one in options if one.present_cost_usd.value is not None]
    cheapest = min(known, key=lambda one: one.present_cost_usd.value or 0.0, default=None)
    demand = {"predictions": driven(book, book.world.predictions), "users": driven(book, book.world.users)}
    revenue = revenue_by_month(book)
    weights = {name: weight for name, weight in scenario.factors.items() if weight > 0.0}
    hours = hour_table(scenario.hours, gathering, book.rate_per_month)
    scale = [scale_result(part, number, tables.histories.get(part.name), gathering)
             for number, part in enumerate(scenario.scale)]  # fmt: skip
    _warn(options, gathering)
    return Case(
        api_version="planner/v1",
        kind="BusinessCase",
        metadata=Metadata(**scenario.metadata.model_dump()),
        scenario=origin.reference(),
        catalog=CatalogReference(as_of=catalog.as_of, digest=catalog.digest),
        planner=PlannerReference(version=origin.version),
        overlays=overlay_references(catalog),
        currency=currency_reference(scenario, catalog),
        months=book.months,
        discount_rate_per_year=scenario.discount_rate,
        discount_rate_per_month=book.rate_per_month,
        demand_by_month={name: listed(by_month) for name, by_month in demand.items() if by_month is not None},
        revenue_by_month_usd=[] if revenue is None else listed(revenue),
        demand_growth_per_year=figure(book.middle.values[GROWTH]),
        price_decline_per_year=figure(book.middle.values[DECLINE]),
        inputs=list(gathering.inputs.values()),
        options=options,
        baseline=baseline_of(scenario),
        decision=decided,
        cheapest="" if cheapest is None else cheapest.name,
        weights={name: weights[name] / sum(weights.values()) for name in sorted(weights)},
        tornado=tornado_chart(book, "" if cheapest is None else cheapest.name),
        draws=0 if book.drawn is None else scenario.uncertainty.draws,
        seed=scenario.uncertainty.seed,
        scenarios=scenario_results(book),
        hours=hours,
        scale=scale,
        assumptions=[*gathering.assumptions, *_currency(scenario, catalog)],
        warnings=list(dict.fromkeys([*warnings, *gathering.warnings])),
        sources=_sources(gathering, catalog),
    )


def _options(book: Book, decided: BuildOrBuy | None) -> list[OptionResult]:
    found = []
    for owned in book.options:
        pair = pair_of(book, owned)
        returns = None if pair is None else returns_of(book, pair)
        found.append(option_result(book, owned, returns, scored(book.scenario, owned)))
    return found


def _warn(options: list[OptionResult], gathering: Gathering) -> None:
    """Say which options cost nothing."""
    for one in options:
        if not one.breakdown:
            gathering.warn(f"{one.name}: no cost is told")


def _currency(scenario: BusinessCase, catalog: Catalog) -> list[Assumption]:
    """The rate that money is shown at."""
    if scenario.currency is None:
        return []
    rate = catalog.currencies[scenario.currency]
    value = f"1 {rate.currency} = {significant(rate.usd_per_unit, 6)} USD on {rate.as_of}"
    note = f"{rate.source}; money is shown in it too"
    return [Assumption(key=f"currency {rate.currency}", value=value, tag="C", note=note)]


def _sources(gathering: Gathering, catalog: Catalog) -> list[Source]:
    """Who says what; plans rest on the catalog's date."""
    plans = {one.source for one in gathering.inputs.values() if one.tag == "P"}
    by_source = sorted((source, place, what) for place, (what, source) in enumerate(gathering.noted))
    found = []
    for source, group in groupby(by_source, key=lambda row: row[0]):
        named = [what for _, _, what in group]
        more = f" and {len(named) - 1} more" if len(named) > 1 else ""
        found.append(Source(what=f"{named[0]}{more}", source=source, as_of=catalog.as_of if source in plans else ""))
    return found
