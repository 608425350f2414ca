"""A user's runs against the catalog: what each figure was predicted as, and what a fit to the runs makes of it.

Every figure starts from the catalog's, as a prior: few runs move it part of the way, many as far as they say.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from scipy.special import expit, logit

from planner.calibrate.fit import Sample, fit
from planner.calibrate.laying import peak_constant
from planner.calibrate.run import Run
from planner.catalog.constants import STACK_PEAK, STACK_SPEED, Calibration
from planner.catalog.rows import Catalog, Floats, Ints
from planner.estimate.bands import MEMORY_SD
from planner.estimate.evidence import OFFSET_SD, RESIDUAL_SD, offset_posterior
from planner.measured.columns import Rows, rows_of
from planner.measured.predict import predict_memory, predict_speed

BEFORE_SD, AFTER_SD = 0.25, 0.10
"""Spread of a stack's speed on ln before any run, and after one on the same card and stack (DOMAIN 2.3) [E]."""
SPEED_ROW_SD: Final = (AFTER_SD**-2 - BEFORE_SD**-2) ** -0.5
"""What one run may be off the stack's own speed: the spread that takes the one above to the other."""
MEMORY_ROW_SD: Final = MEMORY_SD
"""What one run's peak may be off the stack's own factor, ln: as much as that factor is off 1 (DOMAIN 12) [E]."""
PRICE_SD, PRICE_ROW_SD = 0.15, 0.10
"""Spread of paid over listed price before any bill, and of one bill around it, ln [E]."""
LEAST_LEFT_OUT: Final = 3
"""Runs from which each is also predicted from the others."""
FOLDS: Final = 20
"""With more than twice as many runs they are left out in so many groups, not one by one."""

Quantity = Literal["speed", "memory", "price", "quality"]


@dataclass(frozen=True, slots=True)
class Refitted:
    """The runs that bear on one figure, predicted in three ways."""

    quantity: Quantity
    group: str
    """Stack, `provider/tier` or task."""
    runs: tuple[Run, ...]
    actual: Floats
    before: Floats
    """As published."""
    after: Floats
    """After the fit to these very runs."""
    left_out: Floats
    """After a fit to the others; NaN where there are fewer than three."""
    value: float
    """The figure after the fit: a factor, or an offset in logits."""
    error: float
    """Its standard error, on ln or in logits."""

    def residuals(self, predicted: Floats) -> Floats:
        """How far off predictions were: ln(actual/predicted), of q in logits."""
        if self.quantity == "quality":
            return np.asarray(logit(self.actual) - logit(predicted))
        return np.log(self.actual / predicted)


def refit_all(runs: Sequence[Run], catalog: Catalog) -> list[Refitted]:
    """All figures that some run bears on: by quantity, then by group."""
    return [*_speeds(runs, catalog), *_memories(runs, catalog), *_prices(runs), *_qualities(runs)]


def not_predicted(runs: Sequence[Run], refitted: Sequence[Refitted]) -> list[Run]:
    """Runs that tell a speed which nothing can be compared with: their card publishes no 16-bit peak."""
    compared = {id(run) for part in refitted if part.quantity == "speed" for run in part.runs}
    return [run for run in runs if not math.isnan(run.tokens_per_s_per_gpu) and id(run) not in compared]


def _groups(runs: Sequence[Run], figure: Callable[[Run], float], group: Callable[[Run], str]) -> Iterator[
    tuple[str, list[Run], Floats]
]:  # fmt: skip
    """Runs that tell a figure, by group, in order of their names."""
    told = [run for run in runs if not math.isnan(figure(run))]
    for name in sorted({group(run) for run in told}):
        mine = [run for run in told if group(run) == name]
        yield name, mine, np.array([figure(run) for run in mine])


def left_out_in_turn(count: int, refit: Callable[[Ints], Floats]) -> Floats:
    """Prediction of every run from a fit to others; `refit` gives those of all runs after a fit to some."""
    found = np.full(count, np.nan)
    if count < LEAST_LEFT_OUT:
        return found
    fold = np.arange(count) % FOLDS if count > 2 * FOLDS else np.arange(count)
    for k in np.unique(fold):
        found[fold == k] = refit(np.flatnonzero(fold != k))[fold == k]
    return found


def _stack_of(catalog: Catalog) -> Callable[[Run], str]:
    return lambda run: catalog.stacks[run.condition.stack].id if run.condition else ""


def _speeds(runs: Sequence[Run], catalog: Catalog) -> Iterator[Refitted]:
    for stack, mine, actual in _groups(runs, lambda run: run.tokens_per_s_per_gpu, _stack_of(catalog)):
        name = STACK_SPEED + stack
        known = catalog.calibration.constants[name]
        wide = replace(known, prior=known.value, prior_sd=max(known.spread, BEFORE_SD), fitted=np.nan, error=np.nan)
        prior = replace(catalog.calibration, constants={**catalog.calibration.constants, name: wide})
        yield from _constant(
            "speed", stack, name, mine, actual, catalog, prior, SPEED_ROW_SD,
            lambda rows, calibration: predict_speed(rows, calibration).tokens_per_s_per_gpu,
        )  # fmt: skip


def _memories(runs: Sequence[Run], catalog: Catalog) -> Iterator[Refitted]:
    for stack, mine, actual in _groups(runs, lambda run: run.memory_gib, _stack_of(catalog)):
        first = peak_constant(stack, MEMORY_SD)
        prior = replace(catalog.calibration, constants={**catalog.calibration.constants, first.name: first})
        yield from _constant(
            "memory", stack, STACK_PEAK + stack, mine, actual, catalog, prior, MEMORY_ROW_SD,
            lambda rows, calibration: predict_memory(rows, calibration).shown_gib,
        )  # fmt: skip


def _constant(
    quantity: Quantity, group: str, name: str, runs: list[Run], actual: Floats, catalog: Catalog, prior: Calibration,
    row_sd: float, predict: Callable[[Rows, Calibration], Floats],
) -> Iterator[Refitted]:  # fmt: skip
    """One constant fitted to the runs whose prediction is known; nothing where there is none."""
    rows = rows_of([run.condition for run in runs if run.condition is not None], catalog)
    before = predict(rows, prior)
    known = np.flatnonzero(np.isfinite(before) & (before > 0))
    if not len(known):
        return
    rows, actual, before = rows.part(known), actual[known], before[known]

    def fitted(kept: Ints) -> Calibration:
        part = rows.part(kept)
        sample = Sample(actual[kept], lambda tried: predict(part, tried), np.full(len(kept), row_sd))
        return fit(prior, [name], sample)

    everyone = np.arange(len(known))
    calibration = fitted(everyone)
    found, after = calibration.constants[name], predict(rows, calibration)
    yield Refitted(
        quantity,
        group,
        tuple(runs[i] for i in known.tolist()),
        actual,
        before,
        after,
        left_out_in_turn(len(known), lambda kept: predict(rows, fitted(kept))),
        found.value,
        max(found.spread, _scatter(np.log(actual / after))),
    )


def _scatter(residuals: Floats) -> float:
    """Standard error of a mean by the runs' own scatter: runs that disagree more than was assumed count for less."""
    n = len(residuals)
    return float(np.std(residuals, ddof=1)) / math.sqrt(n) if n >= LEAST_LEFT_OUT else 0.0


def _prices(runs: Sequence[Run]) -> Iterator[Refitted]:
    for machine, mine, paid in _groups(runs, lambda run: run.paid_usd, lambda run: run.machine):
        listed = np.array([run.listed_usd for run in mine])
        ratios = np.log(paid / listed)

        def factor(kept: Ints, ratios: Floats = ratios) -> tuple[float, float]:
            mean, sd = offset_posterior(ratios[kept], PRICE_SD, PRICE_ROW_SD)
            return math.exp(mean), sd

        def prices(
            kept: Ints, listed: Floats = listed, factor: Callable[[Ints], tuple[float, float]] = factor
        ) -> Floats:
            return listed * factor(kept)[0]

        everyone = np.arange(len(mine))
        left_out = left_out_in_turn(len(mine), prices)
        yield Refitted("price", machine, tuple(mine), paid, listed, prices(everyone), left_out, *factor(everyone))


def _qualities(runs: Sequence[Run]) -> Iterator[Refitted]:
    for task, mine, q in _groups(runs, lambda run: run.q, lambda run: run.task):
        predicted = np.array([run.predicted_q for run in mine])
        off = np.asarray(logit(q) - logit(predicted))

        def offset(kept: Ints, off: Floats = off) -> tuple[float, float]:
            return offset_posterior(off[kept], OFFSET_SD, RESIDUAL_SD)

        def moved(
            kept: Ints, predicted: Floats = predicted, offset: Callable[[Ints], tuple[float, float]] = offset
        ) -> Floats:
            return np.asarray(expit(logit(predicted) + offset(kept)[0]))

        everyone = np.arange(len(mine))
        left_out = left_out_in_turn(len(mine), moved)
        yield Refitted("quality", task, tuple(mine), q, predicted, moved(everyone), left_out, *offset(everyone))
