"""`spot_rates.csv`: preemption rates, waits and availability of spot machines, laid on the offers they are true of."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from planner.catalog.preemption import WAIT_HOURS, SpotRate
from planner.catalog.rows import Bools, Gpu, Offers, Provider
from planner.catalog.tables import Directory, Table
from planner.units import earliest_day

FILE = "spot_rates.csv"
NO_RATE = -1
"""`Offers.spot_rate` of an offer that no row says anything of."""
_ANY = "any"
_RATES = ("preemption_per_hour_low", "preemption_per_hour", "preemption_per_hour_high")
_COLUMNS = (
    "provider", "region", "gpu", "gpu_count", *_RATES, "wait_hours", "availability", "confidence", "as_of", "source",
)  # fmt: skip


def read_spot_rates(
    directory: Directory, gpus: tuple[Gpu, ...], providers: tuple[Provider, ...]
) -> tuple[SpotRate, ...]:
    """Read `spot_rates.csv`; `any` stands for every region, card or number of cards."""
    table = directory.table(FILE, _COLUMNS)
    low, rate, high = (table.floats(name, least=1e-6, blank=False) for name in _RATES)
    wait, availability = table.floats("wait_hours"), table.floats("availability")
    provider = table.texts("provider", [one.id for one in providers])
    gpu = table.texts("gpu", [_ANY, *(one.id for one in gpus)])
    confidence = table.texts("confidence", ("low", "medium", "high"))
    region, source = table.required("region"), table.required("source")
    count = _counts(table)
    for row in np.flatnonzero(~((low < rate) & (rate < high))).tolist():
        table.complain(row, "preemption_per_hour must lie between its low and its high")
    for row in np.flatnonzero(availability > 1.0).tolist():
        table.complain(row, f"availability {table.columns['availability'][row]!r} is more than 1")
    _check_identity_and_dates(table)
    return tuple(
        SpotRate(
            provider=provider[row],
            region="" if region[row] == _ANY else region[row],
            gpu="" if gpu[row] == _ANY else gpu[row],
            gpu_count=count[row],
            low=float(low[row]),
            per_hour=float(rate[row]),
            high=float(high[row]),
            wait_hours=float(wait[row]),
            availability=float(availability[row]),
            confidence=confidence[row],
            as_of=table.columns["as_of"][row],
            source=source[row],
        )
        for row in range(len(table))
    )


def _counts(table: Table) -> list[int]:
    counts = []
    for row, cell in enumerate(table.columns["gpu_count"]):
        known = cell == _ANY or (cell.isascii() and cell.isdigit() and 0 < int(cell) <= 1024)
        if not known:
            table.complain(row, f"gpu_count {cell!r} is neither {_ANY} nor a number of cards")
        counts.append(int(cell) if known and cell != _ANY else 0)
    return counts


def _check_identity_and_dates(table: Table) -> None:
    seen: set[tuple[str, ...]] = set()
    for row, key in enumerate(
        zip(*(table.columns[n] for n in ("provider", "region", "gpu", "gpu_count")), strict=True)
    ):
        if key in seen:
            table.complain(row, f"{' '.join(key)} is given twice")
        seen.add(key)
    for row, date in enumerate(table.columns["as_of"]):
        try:
            earliest_day(date)
        except (ValueError, TypeError):
            table.complain(row, f"as_of {date!r} is not a date: YYYY, YYYY-MM or YYYY-MM-DD")


def with_spot_rates(offers: Offers, rates: Sequence[SpotRate], gpus: tuple[Gpu, ...]) -> Offers:
    """The offers with what is known of their spot machines; where several rows fit, the narrowest counts.

    A card narrows more than a region, and a region more than the number of cards. Rows on demand get the rate of their
    spot twin, for runs that share their work with it; availability is that of spot machines alone.
    """
    found = np.full(len(offers), NO_RATE)
    for index in sorted(range(len(rates)), key=lambda i: _narrow(rates[i])):
        found[_fits(offers, rates[index], gpus)] = index
    known = np.flatnonzero(found != NO_RATE)
    columns = {
        name: getattr(offers, name).copy()
        for name in ("preemption_per_hour", "preemption_cv", "wait_hours", "availability")
    }
    for row in known.tolist():
        one = rates[found[row]]
        columns["preemption_per_hour"][row], columns["preemption_cv"][row] = one.per_hour, one.cv
        if one.wait_hours == one.wait_hours:
            columns["wait_hours"][row] = one.wait_hours
        if offers.spot[row]:
            columns["availability"][row] = one.availability
    return replace(offers, spot_rate=found, **columns)


def without_spot_rates(count: int) -> dict[str, np.ndarray]:
    """Columns of offers that no row says anything of, beside the rate of their provider."""
    return {
        "preemption_cv": np.full(count, np.nan),
        "wait_hours": np.full(count, WAIT_HOURS),
        "spot_rate": np.full(count, NO_RATE),
    }


def _narrow(rate: SpotRate) -> int:
    return 4 * (rate.gpu != "") + 2 * (rate.region != "") + (rate.gpu_count > 0)


def _fits(offers: Offers, rate: SpotRate, gpus: tuple[Gpu, ...]) -> Bools:
    fits = np.asarray(offers.provider == offers.providers.index(rate.provider))
    if rate.gpu:
        fits &= offers.gpu == [gpu.id for gpu in gpus].index(rate.gpu)
    if rate.region:
        fits &= offers.region == rate.region
    if rate.gpu_count:
        fits &= offers.gpu_count == rate.gpu_count
    return fits
