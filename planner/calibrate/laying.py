"""Laying an overlay on a catalog: the one place where a user's runs change figures, so that all else follows."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from planner.calibrate.overlay import Evidence, Overlay, OwnBand
from planner.catalog.constants import STACK_PEAK, STACK_SPEED, Band, Calibration, Changed, Constant, Offset, Overlaid
from planner.catalog.preemption import SpotRate
from planner.catalog.rate_plans import FLAT, Monthly
from planner.catalog.rows import Bools, Catalog, Offers
from planner.units import Z90, significant


def overlaid(catalog: Catalog, overlay: Overlay, file: str, digest: str) -> Catalog:
    """The catalog with the figures of an overlay; `file` and `digest` say in plans where they come from."""
    used = overlay.runs
    record = Overlaid(file, digest, used.used, used.first or "", used.last or "", tuple(changes(overlay)))
    calibration = _calibration(catalog.calibration, overlay)
    return replace(
        catalog,
        calibration=replace(calibration, overlays=(*calibration.overlays, record)),
        offers=_offers(catalog.offers, overlay, catalog.spot_rates, _private(catalog)),
    )


def peak_constant(stack: str, spread: float) -> Constant:
    """The multiplier of a stack's peak memory before any run: 1, with a spread on ln."""
    means = f"peak memory of {stack} over what the formulas of DOMAIN 3 give"
    return Constant(STACK_PEAK + stack, 1.0, spread, "1", means, "runs of your own")


def _calibration(calibration: Calibration, overlay: Overlay) -> Calibration:
    constants = dict(calibration.constants)
    for stack, found in overlay.speed.items():
        name = STACK_SPEED + stack
        constants[name] = replace(constants[name], fitted=found.value, error=found.error, rows=found.runs)
    for stack, found in overlay.memory.items():
        first = peak_constant(stack, max(found.error, 1e-9))
        constants[first.name] = replace(first, fitted=found.value, error=found.error, rows=found.runs)
    bands = {f"throughput/{name}": _band(band) for name, band in overlay.bands.throughput.items()}
    bands |= {f"memory/{name}": _band(band) for name, band in overlay.bands.memory.items()}
    offsets = {task: Offset(found.mean, found.sd, found.runs) for task, found in overlay.quality.items()}
    return replace(
        calibration,
        constants=constants,
        own_bands={**calibration.own_bands, **bands},
        offsets={**calibration.offsets, **offsets},
        paid={
            **calibration.paid,
            **{name: calibration.paid.get(name, 1.0) * found.value for name, found in overlay.price.items()},
        },
    )


def _band(band: OwnBand) -> Band:
    least, most = band.least_parameters or 0.0, band.most_parameters or math.inf
    return Band(band.low, band.high, band.runs, 0, tuple(band.methods), (least, most))


def _private(catalog: Catalog) -> Bools:
    """Offers whose price is the user's own already: what is paid of the list says nothing more of them."""
    return np.array([key in catalog.own.prices for key in catalog.offers.identities()], bool)


def _offers(offers: Offers, overlay: Overlay, rates: Sequence[SpotRate], private: Bools) -> Offers:
    """Prices times what is paid of them; the rates at which machines are taken away.

    An on-demand row carries the price and rate of its spot twin for runs that share their work with it. Where a
    narrower row of `spot_rates.csv` than that of the whole provider is true of an offer, the history updates that row's
    Gamma (DOMAIN 5.3); all other offers take the posterior in the overlay. What is paid of a price has sustained use in
    it already, so that none is taken off on top.
    """
    provider = np.array(offers.providers)[offers.provider]
    tier = offers.tier
    price, plan = offers.price_usd_per_hour.copy(), offers.rate.copy()
    monthly = np.array([*(isinstance(each, Monthly) for each in offers.terms.rates), False], bool)
    for name, found in overlay.price.items():
        mine = (np.char.add(np.char.add(provider, "/"), tier) == name) & ~private
        price[mine] *= found.value
        plan[mine & monthly[plan]] = FLAT
    rate, cv = offers.preemption_per_hour.copy(), offers.preemption_cv.copy()
    for name, history in overlay.preemption.items():
        mine = provider == name.rpartition("/")[0]
        rate[mine], cv[mine] = history.value, history.shape**-0.5
        for row in np.unique(offers.spot_rate[mine & (offers.spot_rate >= 0)]).tolist():
            if rates[row].whole_provider:
                continue
            shape, hours = rates[row].gamma
            shape, hours = shape + history.preemptions, hours + history.running_hours
            known = mine & (offers.spot_rate == row)
            rate[known], cv[known] = shape / hours, shape**-0.5
    return replace(offers, price_usd_per_hour=price, rate=plan, preemption_per_hour=rate, preemption_cv=cv)


def changes(overlay: Overlay) -> Iterator[Changed]:
    """One line for every figure, with what it was and what it rests on."""
    for prefix, table in ((STACK_SPEED, overlay.speed), (STACK_PEAK, overlay.memory), ("price ", overlay.price)):
        for name, found in sorted(table.items()):
            value = f"{significant(found.before)} → {significant(found.value)}"
            yield Changed(f"{prefix}{name}", value, f"{_runs(found)}; ±{100 * Z90 * found.error:.0f} %")
    for name, rate in sorted(overlay.preemption.items()):
        value = f"{significant(rate.before, 2)} → {significant(rate.value, 2)} per running hour"
        seen = f"{rate.preemptions} in {significant(rate.running_hours)} h"
        yield Changed(f"preemption {name}", value, f"{_runs(rate)}: {seen}")
    for name, offset in sorted(overlay.quality.items()):
        value = f"0 → {offset.mean:+.2f} logit"
        yield Changed(f"quality {name}", value, f"{_runs(offset)}; ±{Z90 * offset.sd:.2f}")
    for quantity, table_of_bands in (("throughput", overlay.bands.throughput), ("memory", overlay.bands.memory)):
        for name, band in sorted(table_of_bands.items()):
            value = f"{100 * np.expm1(band.low):+.0f} % to {100 * np.expm1(band.high):+.0f} %"
            yield Changed(f"band {quantity}/{name}", value, f"90 %, {band.way}, from {_plural(band.runs)} of yours")


def _runs(found: Evidence) -> str:
    dates = "" if found.first is None else f", {found.first} to {found.last}"
    return f"{_plural(found.runs)} of yours{dates}"


def _plural(count: int) -> str:
    return f"{count:,} run{'' if count == 1 else 's'}"
