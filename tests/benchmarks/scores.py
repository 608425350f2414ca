"""Figures that say how good predictions are: of rows in a group, and of the verdict whether a job fits."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats
from tests.benchmarks.cover import wilson

UNDER: Final = math.log(1.0 / 0.9)
"""ln(measured/predicted) from which a memory prediction is an out-of-memory in disguise: low by more than 10 %."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one set of predictions does on some rows."""

    n: int
    publishers: int
    median_ape: float
    of_publishers: float
    """Median of the publishers' median absolute percentage errors."""
    mape: float
    bias: float
    """Mean of ln(measured/predicted)."""
    p90: float
    """90 % point of |ln(measured/predicted)|."""
    within_15: float
    within_25: float
    under: float
    """Share of rows predicted low by more than 10 %."""


def score(residuals: Floats, publishers: Sequence[str]) -> Score:
    """Scores of rows with these ln(measured/predicted); NaN rows do not count."""
    known = np.isfinite(residuals)
    r, names = residuals[known], np.array(publishers, np.str_)[known]
    if not len(r):
        return Score(0, 0, *([math.nan] * 8))
    ape = np.abs(np.exp(-r) - 1.0)
    medians = [float(np.median(ape[names == name])) for name in sorted(set(names.tolist()))]
    return Score(
        n=len(r),
        publishers=len(medians),
        median_ape=float(np.median(ape)),
        of_publishers=float(np.median(medians)),
        mape=float(np.mean(ape)),
        bias=float(np.mean(r)),
        p90=float(np.quantile(np.abs(r), 0.9)),
        within_15=float(np.mean(ape <= 0.15)),
        within_25=float(np.mean(ape <= 0.25)),
        under=float(np.mean(r > UNDER)),
    )


@dataclass(frozen=True, slots=True)
class Cover:
    """How often 90 % bands hold what was measured."""

    n: int
    share: float
    low: float
    """Wilson interval of the share, 95 %."""
    high: float
    width: float
    """Mean of ln(upper/lower)."""


def cover(measured: Floats, low: Floats, high: Floats) -> Cover:
    """Coverage of bands, rows without one left out."""
    known = np.isfinite(measured) & np.isfinite(low) & np.isfinite(high)
    n = int(known.sum())
    if not n:
        return Cover(0, *([math.nan] * 4))
    inside = (measured[known] >= low[known]) & (measured[known] <= high[known])
    least, most = wilson(int(inside.sum()), n)
    width = float(np.mean(np.log(high[known] / low[known])))
    return Cover(n, float(inside.mean()), least, most, width)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Fits or out of memory, predicted against told."""

    fitting: int
    passed: int
    out_of_memory: int
    caught: int
    contradictory: int
    """Out-of-memory rows whose stated conditions another row fits with: no prediction can be right on both."""
    clear_caught: int
    """Caught ones of the other out-of-memory rows."""

    @property
    def caught_share(self) -> float:
        """Share of the out-of-memory rows that are predicted so."""
        return self.caught / self.out_of_memory if self.out_of_memory else math.nan

    @property
    def clear_caught_share(self) -> float:
        """Share of the out-of-memory rows that no fitting row contradicts that are predicted so."""
        clear = self.out_of_memory - self.contradictory
        return self.clear_caught / clear if clear else math.nan

    @property
    def passed_share(self) -> float:
        """Share of the fitting rows that are predicted to fit."""
        return self.passed / self.fitting if self.fitting else math.nan


def verdicts(fits: Sequence[bool | None], needed_gib: Floats, usable_gib: Floats, keys: Sequence[str]) -> Verdicts:
    """Confusion of rows with a verdict and a card of known size; `keys` are the stated conditions."""
    known = np.isfinite(needed_gib) & np.isfinite(usable_gib)
    predicted: Bools = needed_gib <= usable_gib
    told = [(fit, bool(predicted[i]), keys[i]) for i, fit in enumerate(fits) if fit is not None and known[i]]
    fitting = [ours for fit, ours, _ in told if fit]
    failing = [ours for fit, ours, _ in told if not fit]
    fitted_keys = {key for fit, _, key in told if fit}
    clear = [ours for fit, ours, key in told if not fit and key not in fitted_keys]
    caught = len(failing) - sum(failing)
    contradictory = len(failing) - len(clear)
    return Verdicts(len(fitting), sum(fitting), len(failing), caught, contradictory, len(clear) - sum(clear))


def as_json(found: Score | Cover | Verdicts) -> dict[str, float | int | None]:
    """Figures by name, unknown ones as null."""
    figures = asdict(found)
    if isinstance(found, Verdicts):
        figures |= {
            "caught_share": found.caught_share,
            "clear_caught_share": found.clear_caught_share,
            "passed_share": found.passed_share,
        }
    return {name: None if isinstance(v, float) and not math.isfinite(v) else v for name, v in figures.items()}
