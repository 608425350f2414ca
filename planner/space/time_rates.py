"""Rates by the time of the week, laid on the offers that they hold for; two for the same hour are a problem."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.catalog.names import hint_of, resolve_gpus, resolve_provider
from planner.catalog.rate_plans import FLAT, Weekly
from planner.catalog.rows import PLAIN, Bools, Catalog, Floats, Ints, Offers
from planner.scenario import Planned
from planner.scenario.time_rates import DAYS, MINUTES_PER_DAY, TimeRate, start_of
from planner.space.offers import Market
from planner.space.percentages import slip
from planner.units import earliest_day

Place = tuple[str | int, ...]
Complain = Callable[[Place, str, str | None], None]
MINUTES_PER_WEEK: Final = 7 * MINUTES_PER_DAY
PLACE: Final[Place] = ("hardware", "time_rates")


@dataclass(frozen=True, slots=True)
class Line:
    """A rate, where it is written, and who says so."""

    rate: TimeRate
    place: Place
    source: str


def with_time_rates(catalog: Catalog, lines: Sequence[Line], complain: Complain) -> tuple[Offers, list[bool]]:
    """The offers with these rates, and which of the lines hold for some offer.

    An offer that one of them holds for has no other rate plan beside: neither sustained use nor one of before.
    """
    offers = catalog.offers
    holds: Bools = np.zeros((len(offers), len(lines)), bool)
    for i, line in enumerate(lines):
        holds[:, i] = _held(line, catalog, complain)
    rows = np.flatnonzero(holds.any(axis=1))
    sets, which = np.unique(holds[rows], axis=0, return_inverse=True)
    weeks = [minutes(line.rate) for line in lines]
    plans, refused = list(offers.terms.rates), set[tuple[int, int]]()
    rate: Ints = offers.rate.copy()
    for s, held in enumerate(sets):
        mine = np.flatnonzero(held).tolist()
        for k, i in enumerate(mine):
            for j in mine[:k]:
                if (i, j) not in refused and (weeks[i] & weeks[j]).any():
                    refused.add((i, j))
                    _refuse(lines[i], lines[j], int(np.argmax(weeks[i] & weeks[j])), complain)
        plan = weekly([lines[i] for i in mine])
        if plan not in plans:
            plans.append(plan)
        rate[rows[which.reshape(-1) == s]] = plans.index(plan)
    holding: list[bool] = np.asarray(holds.any(axis=0)).tolist()
    return replace(offers, rate=rate, terms=replace(offers.terms, rates=tuple(plans))), holding


def minutes(rate: TimeRate) -> Bools:
    """(minutes of a week from Monday 00:00 UTC on,) whether a rate holds."""
    first, last = rate.span
    length = (last - first) % MINUTES_PER_DAY or MINUTES_PER_DAY
    found: Bools = np.zeros(MINUTES_PER_WEEK, bool)
    for day in rate.days or DAYS:
        start = DAYS.index(day) * MINUTES_PER_DAY + first - rate.offset_minutes
        found[np.arange(start, start + length) % MINUTES_PER_WEEK] = True
    return found


def weekly(lines: Sequence[Line]) -> Weekly:
    """The rate plan of lines that do not overlap."""
    factors: Floats = np.ones(MINUTES_PER_WEEK)
    for line in lines:
        factors[minutes(line.rate)] = line.rate.factor
    edges = np.flatnonzero(np.diff(factors, prepend=np.nan))
    return Weekly(
        edges=tuple((edges / 60.0).tolist()),
        factors=tuple(factors[edges].tolist()),
        words="; ".join(rate_words(line.rate) for line in lines),
        source="; ".join(dict.fromkeys(line.source for line in lines)),
    )


def rate_words(rate: TimeRate) -> str:
    """`30 % off on sat, sun 22:00-06:00 UTC+01:00`."""
    change = f"{rate.percent_more:g} % more" if rate.percent_off is None else f"{rate.percent_off:g} % off"
    days = [] if rate.days is None else [f"on {', '.join(day for day in DAYS if day in rate.days)}"]
    hours = [] if rate.hours is None else [rate.hours]
    clock = "UTC" if rate.offset_minutes == 0 else f"UTC{rate.utc_offset}"
    return f"{change} {' '.join([*days, *hours])} {clock}"


def slip_of(rate: TimeRate) -> tuple[str, str]:
    """The key of a percentage that was meant as a share, it seems, and what to say of it; empty of any other."""
    key, percent = (
        ("percent_off", rate.percent_off) if rate.percent_off is not None else ("percent_more", rate.percent_more)
    )
    return key, slip(percent or 0.0)


def check_time_rates(scenario: Planned, catalog: Catalog, complain: Complain) -> None:
    """Report unknown providers and cards of a scenario's own rates, and rates for the same hour of a machine."""
    with_time_rates(catalog, scenario_lines(scenario), complain)


def scenario_lines(scenario: Planned) -> list[Line]:
    """The rates that a scenario writes itself."""
    return [Line(rate, (*PLACE, i), "the scenario") for i, rate in enumerate(scenario.hardware.time_rates)]


def with_scenario_rates(scenario: Planned, catalog: Catalog) -> Catalog:
    """The catalog with a scenario's own rates, and the start that it gives; problems are told by `check_time_rates`."""
    lines, start = scenario_lines(scenario), start_of(scenario.hardware.start)
    if lines:
        offers, _ = with_time_rates(catalog, lines, lambda *_: None)
        catalog = replace(catalog, offers=offers)
    if start is None:
        return catalog
    return replace(catalog, offers=replace(catalog.offers, terms=replace(catalog.offers.terms, start=start)))


def check_rates_in_play(
    scenario: Planned, catalog: Catalog, market: Market, warn: Complain, *, shared: bool
) -> None:  # fmt: skip
    """Warn about rates that hold for no offer in play, and about a start that no price depends on.

    Where runs are `shared` with spot twins, these are in play too, whatever tiers the scenario names.
    """
    lines, offers = scenario_lines(scenario), market.offers
    if lines:
        twins = offers.take(np.isfinite(offers.spot_twin_usd_per_hour) & shared)
        in_play = offers.and_also(replace(twins, spot=np.ones(len(twins), bool), term=np.full(len(twins), "")))
        _, holding = with_time_rates(replace(catalog, offers=in_play), lines, lambda *_: None)
        for line, held in zip(lines, holding, strict=True):
            if not held:
                warn(line.place, f"{rate_words(line.rate)} holds for no offer in play", None)
    for line in lines:
        key, said = slip_of(line.rate)
        if said:
            warn((*line.place, key), said, None)
    start, today = scenario.hardware.start, earliest_day(catalog.as_of).isoformat()
    if start is not None and start[: len(today)] < today:
        said = f"is before the catalog's date {catalog.as_of}: prices are of that date, not of the start"
        warn(("hardware", "start"), said, "give a later start, or an earlier date: --as-of")
    timed = (offers.rate != FLAT) | ((offers.spot_twin_rate != FLAT) & shared)
    if start is not None and not timed.any():
        warn(("hardware", "start"), "does nothing: no price of an offer in play depends on the time", None)


def _held(line: Line, catalog: Catalog, complain: Complain) -> Bools:
    """The offers that a line holds for: plain machines of its providers, cards and tiers."""
    offers, rate = catalog.offers, line.rate
    providers = [
        found
        for j, name in enumerate(rate.providers)
        if (found := _provider(name, catalog, (*line.place, "providers", j), complain)) is not None
    ]
    mine = np.isin(offers.provider, providers) & (offers.service == PLAIN) & np.isin(offers.tier, rate.tiers)
    if rate.gpus is not None:
        cards = [
            index
            for j, name in enumerate(rate.gpus)
            for index in _cards(name, catalog, (*line.place, "gpus", j), complain)
        ]
        mine &= np.isin(offers.gpu, cards)
    return np.asarray(mine)


def _provider(name: str, catalog: Catalog, place: Place, complain: Complain) -> int | None:
    found = resolve_provider(catalog, name)
    if found is None:
        hint = hint_of(name, catalog.offers.providers, "see `planner list offers`")
        complain(place, f"unknown provider {name!r}", hint)
    return found


def _cards(name: str, catalog: Catalog, place: Place, complain: Complain) -> tuple[int, ...]:
    found = resolve_gpus(catalog, name)
    if not found:
        complain(
            place, f"unknown GPU {name!r}", hint_of(name, [gpu.id for gpu in catalog.gpus], "see `planner list gpus`")
        )
    return found


def _refuse(line: Line, other: Line, minute: int, complain: Complain) -> None:
    day, rest = divmod(minute, MINUTES_PER_DAY)
    when = f"{DAYS[day]} {rest // 60:02d}:{rest % 60:02d} UTC"
    where = f"{other.place[-2]}[{other.place[-1]}]"
    message = f"holds at {when} for machines that {where} ({rate_words(other.rate)}) holds for then too"
    complain(line.place, message, "for one hour of a machine there is one rate: narrow days, hours, gpus or tiers")
