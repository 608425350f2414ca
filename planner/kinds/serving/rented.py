"""Ways to serve on rented machines: kinds of replicas, how they scale, and every offer that holds them."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Catalog, Floats, Ints
from planner.errors import InputError
from planner.kinds.serving.capacity import Capacities
from planner.kinds.serving.hours import Month, hours_of, month_of
from planner.kinds.serving.machines import Renting, carbon_kg, cold_hours, machine_usd
from planner.kinds.serving.work import Work
from planner.kinds.serving.worth import worth_a_look
from planner.scenario.serving import Serving
from planner.space.offers import Market

AT_ONCE: Final = 2048
"""Groups that are looked at together, which bounds the memory of their hours."""
MOST_WAYS: Final = 10_000_000
"""Rented ways that one plan holds, about 2 GB of columns."""


@dataclass(frozen=True, slots=True)
class Rented:
    """Ways on rented machines, (n,) each."""

    kind: Ints
    """Row of `Capacities`."""
    scaling: Ints
    """Index into `replicas.scalings`."""
    offer: Ints
    """Row of the market's offers."""
    committed: Ints
    """Machines under a commitment; 0 on demand and for spot."""
    peak: Ints
    """Replicas in the busiest hour."""
    cost_usd: Floats
    """Of a month, levers included; NaN where a price is unknown."""
    carbon_kg: Floats
    cold_share: Floats
    """Share of the requests that wait for a cold start; 0 where nothing scales to zero."""

    def __len__(self) -> int:
        """Number of ways."""
        return len(self.kind)

    def take(self, rows: Ints) -> "Rented":
        """Some of them."""
        return Rented(*(getattr(self, one.name)[rows] for one in fields(self)))


def rented_ways(
    capacities: Capacities, works: list[Work], scenario: Serving, market: Market, catalog: Catalog, *,
    every_offer: bool = False,
) -> Rented:  # fmt: skip
    """Every kind of replica × scaling × offer whose machine holds it; kinds that carry nothing are left out.

    Offers that cannot be on a front are passed over (`worth_a_look`), unless every one is asked for.
    """
    renting = Renting.of(market, catalog, scenario)
    kept = np.ones(len(market.offers), bool) if every_offer else worth_a_look(market, renting)
    _refuse_too_many(capacities, scenario, market, kept)
    extra = np.array([work.embed_usd + work.upkeep_usd for work in works], np.float64)
    grid = capacities.replicas.grid
    parts = [_NONE]
    for rows, shape in _groups(capacities, market):
        which, offer = _offers_of(market, shape, kept)
        for s, scaling in enumerate(scenario.replicas.scalings):
            month = month_on(capacities, rows, works, scenario, scaling, market.shapes.count[shape] // grid.cards[rows])
            cold = cold_hours(market.offers, offer, capacities.replicas.x.weight_bytes[rows][which], scenario)
            cost, number = machine_usd(month, which, offer, renting, cold)
            parts.append(
                Rented(
                    rows[which], np.full(len(which), s), offer, number, month.hours.peak[which],
                    cost + extra[grid.work[rows]][which], carbon_kg(month, which, offer, renting),
                    np.nan_to_num(month.hours.cold_share)[which],
                )
            )  # fmt: skip
    return Rented(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Rented)))


def month_on(
    capacities: Capacities, rows: Ints, works: list[Work], scenario: Serving, scaling: str, per_machine: Ints,
    volume: Floats | float = 1.0,
) -> Month:  # fmt: skip
    """The month of these kinds on machines that hold so many replicas each; `volume` multiplies the traffic."""
    work = capacities.replicas.grid.work[rows]
    mean = np.stack([one.requests_per_s for one in works], axis=1)[:, work] * volume
    peak = mean * np.array([one.burst for one in works], np.float64)[work]
    block = scenario.replicas
    return month_of(hours_of(mean, peak, capacities.rate_per_s[rows], block, scaling), per_machine, block)


def _groups(capacities: Capacities, market: Market) -> Iterator[tuple[Ints, Ints]]:
    """Kinds that carry something with every machine shape that holds them, some at a time."""
    grid = capacities.replicas.grid
    carries = np.flatnonzero(capacities.rate_per_s > 0)
    for start in range(0, len(carries), AT_ONCE):
        rows = carries[start : start + AT_ONCE]
        same = grid.gpu[rows][:, None] == market.shapes.gpu[None, :]
        holds = grid.cards[rows][:, None] <= market.shapes.count[None, :]
        kind, shape = np.nonzero(same & holds)
        yield rows[kind], shape


def passed_over(capacities: Capacities, scenario: Serving, market: Market, catalog: Catalog, works: int) -> Ints:
    """Ways on offers that are not looked at, in all scalings, by work, (works,)."""
    dropped = ~worth_a_look(market, Renting.of(market, catalog, scenario))
    by_shape = np.bincount(market.shape_of_offer[dropped], minlength=len(market.shapes))
    found = np.zeros(works, np.int64)
    for rows, shape in _groups(capacities, market):
        weights = by_shape[shape].astype(np.float64)
        found += np.bincount(capacities.replicas.grid.work[rows], weights, minlength=works).astype(np.int64)
    return found * len(scenario.replicas.scalings)


def _refuse_too_many(capacities: Capacities, scenario: Serving, market: Market, kept: Bools) -> None:
    by_shape = np.bincount(market.shape_of_offer[kept], minlength=len(market.shapes))
    ways = sum(int(by_shape[shape].sum()) for _, shape in _groups(capacities, market))
    ways *= len(scenario.replicas.scalings)
    if ways > MOST_WAYS:
        message = (
            f"{ways:,} ways to rent machines, at most {MOST_WAYS:,} are planned; name fewer models, levers or providers"
        )
        raise InputError(message)


def _offers_of(market: Market, shape: Ints, kept: Bools) -> tuple[Ints, Ints]:
    """Every offer of these shapes that is kept: which of them it is of, and the offer."""
    order = np.argsort(market.shape_of_offer, kind="stable")
    order = order[kept[order]]
    counts = np.bincount(market.shape_of_offer[kept], minlength=len(market.shapes))
    starts = np.cumsum(counts) - counts
    which = np.repeat(np.arange(len(shape)), counts[shape])
    within = np.arange(len(which)) - np.repeat(np.cumsum(counts[shape]) - counts[shape], counts[shape])
    return which, order[starts[shape][which] + within]


_NO_ROWS: Final = np.empty(0, np.int64)
_NONE: Final = Rented(_NO_ROWS, _NO_ROWS, _NO_ROWS, _NO_ROWS, _NO_ROWS, np.empty(0), np.empty(0), np.empty(0))
