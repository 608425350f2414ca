"""`sustained_use.csv`: discounts for running most of a month, laid on the offers that have them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from planner.catalog.managed import QUOTED
from planner.catalog.rate_plans import FLAT, Monthly
from planner.catalog.rows import PLAIN, Gpu, Offers, Provider
from planner.catalog.tables import Directory, Table
from planner.units import earliest_day

FILE: Final = "sustained_use.csv"
_COLUMNS = ("provider", "gpus", "from_month_share", "price_share", "confidence", "as_of", "source")


def read_sustained_use(
    directory: Directory, gpus: tuple[Gpu, ...], providers: tuple[Provider, ...]
) -> tuple[Monthly, ...]:
    """Read `sustained_use.csv`: rows of the same provider and cards are the steps of one plan, in their order."""
    table = directory.table(FILE, _COLUMNS)
    start, price = table.floats("from_month_share", blank=False), table.floats("price_share", least=1e-6, blank=False)
    provider = table.texts("provider", [one.id for one in providers])
    cards, source = table.required("gpus"), table.required("source")
    table.texts("confidence", ("low", "medium", "high"))
    _check(table, gpus)
    steps: dict[tuple[str, str], list[int]] = {}
    for row, key in enumerate(zip(provider, cards, strict=True)):
        steps.setdefault(key, []).append(row)
    plans = []
    for (name, some), rows in steps.items():
        edges, factors = tuple(start[rows].tolist()), tuple(price[rows].tolist())
        if edges[0] != 0 or not all(a < b for a, b in zip(edges, (*edges[1:], 1.0), strict=True)):
            table.complain(rows[0], "from_month_share must rise from 0 and stay below 1")
        if not all(b <= a for a, b in zip((1.0, *factors), factors, strict=False)):
            table.complain(rows[0], "price_share must not rise, from 1 at most")
        plans.append(
            Monthly(
                edges=edges,
                factors=factors,
                provider=name,
                gpus=tuple(some.split("|")),
                words=_words(edges, factors),
                source=f"{source[rows[0]]}, {table.columns['as_of'][rows[0]]}",
            )
        )
    return tuple(plans)


def _check(table: Table, gpus: tuple[Gpu, ...]) -> None:
    known = {gpu.id for gpu in gpus}
    taken: dict[tuple[str, str], str] = {}
    for row, (provider, cell, date) in enumerate(
        zip(*(table.columns[name] for name in ("provider", "gpus", "as_of")), strict=True)
    ):
        for name in cell.split("|"):
            if name not in known:
                table.complain(row, f"no card is called {name!r}")
            if taken.setdefault((provider, name), cell) != cell:
                table.complain(row, f"{provider} {name} has two plans")
        try:
            earliest_day(date)
        except (ValueError, TypeError):
            table.complain(row, f"as_of {date!r} is not a date: YYYY, YYYY-MM or YYYY-MM-DD")


def _words(edges: Sequence[float], factors: Sequence[float]) -> str:
    """`sustained use: 80 % of the price from 25 % of a month on, 60 % from 50 %`."""
    steps = [(100 * edge, 100 * factor) for edge, factor in zip(edges, factors, strict=True) if factor < 1]
    if not steps:
        return "sustained use: nothing off"
    (edge, factor), *more = steps
    first = f"sustained use: {factor:g} % of the price from {edge:g} % of a month on"
    return ", ".join([first, *(f"{factor:g} % from {edge:g} %" for edge, factor in more)])


def with_sustained_use(offers: Offers, plans: tuple[Monthly, ...], gpus: tuple[Gpu, ...]) -> Offers:
    """The offers with these discounts, on plain machines on demand at the list's price; no other rate is kept.

    A spot price, a commitment, a marketplace and a managed service have none. The discount holds for list prices from
    wherever they come, a price list or a snapshot: it is the provider's own.
    """
    rate = np.full(len(offers), FLAT)
    plain = (offers.service == PLAIN) & (offers.tier == "on_demand") & ~offers.marketplace
    plain &= offers.confidence != QUOTED
    at = {gpu.id: i for i, gpu in enumerate(gpus)}
    for index, plan in enumerate(plans):
        mine = plain & (offers.provider == offers.providers.index(plan.provider))
        rate[mine & np.isin(offers.gpu, [at[name] for name in plan.gpus])] = index
    return replace(offers, rate=rate, terms=replace(offers.terms, rates=plans))


def sustained_use_again(offers: Offers, gpus: tuple[Gpu, ...]) -> Offers:
    """Offers of a catalog as `with_sustained_use` has them, after rows of it were given other cards and tiers."""
    plans = tuple(plan for plan in offers.terms.rates if isinstance(plan, Monthly))
    return with_sustained_use(offers, plans, gpus)
