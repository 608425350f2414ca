"""Runs → overlay: the refitted figures as the file holds them, with the bands that the runs themselves give."""

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from planner.calibrate.overlay import (
    KIND,
    Bands,
    CatalogUsed,
    Factor,
    Intercept,
    Overlay,
    OwnBand,
    Preemption,
    RunsUsed,
    rounded,
)
from planner.calibrate.refit import AFTER_SD, LEAST_LEFT_OUT, Refitted
from planner.calibrate.run import Run
from planner.catalog.constants import STACK_SPEED
from planner.catalog.rows import Catalog, Floats
from planner.errors import InputError
from planner.estimate.bands import MEMORY_SD
from planner.estimate.conformal import interval, runs_needed
from planner.estimate.spot import PRIOR_RATE_HOURS, PRIOR_SHAPE, rate_posterior

PRIOR_SD: Final = {"speed": AFTER_SD, "memory": MEMORY_SD}
"""Spread of the next residual that few runs are blended with, ln (DOMAIN 12)."""


def make_overlay(
    runs: Sequence[Run], refitted: Sequence[Refitted], catalog: Catalog, digest: str, left_out: int
) -> Overlay:
    """The overlay of these runs; InputError where none of them says anything that could be refitted."""
    rates = _preemption(runs, catalog)
    if not refitted and not rates:
        message = "no run tells a speed, a peak, a price, a quality or a preemption that could be compared"
        raise InputError(message)
    return Overlay(
        api_version="planner/v1",
        kind=KIND,
        runs=RunsUsed(used=len(runs), left_out=left_out, digest=digest, **_dates(runs)),
        catalog=CatalogUsed(as_of=catalog.as_of, digest=catalog.digest),
        speed={
            part.group: _factor(part, catalog.calibration[STACK_SPEED + part.group]) for part in _of("speed", refitted)
        },
        memory={part.group: _factor(part, 1.0) for part in _of("memory", refitted)},
        preemption=rates,
        price={part.group: _factor(part, 1.0) for part in _of("price", refitted)},
        quality={
            part.group: Intercept(mean=rounded(part.value), sd=rounded(part.error), **_evidence(part.runs))
            for part in _of("quality", refitted)
        },
        bands=Bands(throughput=_throughput_bands(refitted, catalog), memory=_memory_bands(refitted)),
    )


def own_band(residuals: Floats, prior_sd: float) -> tuple[float, float]:
    """Band of the next residual after those of runs that were left out of their own fit; NaN ones were not."""
    return interval(residuals[np.isfinite(residuals)], prior_sd)


def cards(part: Refitted, catalog: Catalog) -> list[str]:
    """The card of every run."""
    return [catalog.gpus[run.condition.gpu].id for run in part.runs if run.condition is not None]


def _of(quantity: str, refitted: Iterable[Refitted]) -> list[Refitted]:
    return [part for part in refitted if part.quantity == quantity]


def _factor(part: Refitted, before: float) -> Factor:
    return Factor(before=rounded(before), value=rounded(part.value), error=rounded(part.error), **_evidence(part.runs))


def _throughput_bands(refitted: Iterable[Refitted], catalog: Catalog) -> dict[str, OwnBand]:
    bands = {}
    for part in _of("speed", refitted):
        names, off = np.array(cards(part, catalog)), part.residuals(part.left_out)
        for card in sorted(set(names.tolist())):
            mine = [part.runs[i] for i in np.flatnonzero(names == card)]
            bands[f"{part.group}/{card}"] = _band(mine, off[names == card], PRIOR_SD["speed"])
    return bands


def _memory_bands(refitted: Iterable[Refitted]) -> dict[str, OwnBand]:
    """From three runs on: before, the published band is the better one."""
    parts = [part for part in _of("memory", refitted) if len(part.runs) >= LEAST_LEFT_OUT]
    return {part.group: _band(part.runs, part.residuals(part.left_out), PRIOR_SD["memory"]) for part in parts}


def _band(runs: Sequence[Run], residuals: Floats, prior_sd: float) -> OwnBand:
    low, high = own_band(residuals, prior_sd)
    enough = int(np.isfinite(residuals).sum()) >= runs_needed()
    way = "conformal" if enough else "student-t"
    conditions = [run.condition for run in runs if run.condition is not None]
    sizes = [condition.model.p_total for condition in conditions]
    return OwnBand(
        low=rounded(low),
        high=rounded(high),
        runs=len(residuals),
        way=way,
        methods=sorted({condition.method for condition in conditions}),
        least_parameters=rounded(min(sizes)),
        most_parameters=rounded(max(sizes)),
    )


def _preemption(runs: Sequence[Run], catalog: Catalog) -> dict[str, Preemption]:
    """Gamma posteriors; the prior is that of all the provider's machines in `spot_rates.csv`, where they have one.

    Else it has its usual weight, and the mean of the provider's own rate where that is known.
    """
    told = [run for run in runs if not math.isnan(run.preemptions)]
    before = {provider.id: provider.preemption_per_hour for provider in catalog.providers}
    wide = {r.provider: r for r in catalog.spot_rates if r.whole_provider}
    found = {}
    for machine in sorted({run.machine for run in told}):
        mine = [run for run in told if run.machine == machine]
        count, running = sum(int(run.preemptions) for run in mine), sum(run.running_hours for run in mine)
        provider = machine.partition("/")[0]
        rate = before[provider]
        shape, hours = rate_posterior(count, running)
        hours += (PRIOR_SHAPE / rate if rate > 0 else PRIOR_RATE_HOURS) - PRIOR_RATE_HOURS
        if provider in wide:
            rate, (shape, hours) = wide[provider].per_hour, wide[provider].gamma
            shape, hours = shape + count, hours + running
        found[machine] = Preemption(
            before=rounded(rate),
            value=rounded(shape / hours),
            shape=rounded(shape),
            hours=rounded(hours),
            preemptions=count,
            running_hours=rounded(running),
            **_evidence(mine),
        )
    return found


def _evidence(runs: Sequence[Run]) -> dict[str, Any]:
    return {"runs": len(runs), **_dates(runs)}


def _dates(runs: Sequence[Run]) -> dict[str, Any]:
    dates = sorted(run.date for run in runs if run.date)
    return {"first": dates[0], "last": dates[-1]} if dates else {}
