"""What draws say: bands, how likely one beats another, and which input matters (DOMAIN 12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import rankdata

from planner.catalog.rows import Floats
from planner.estimate.finance.distributions import Distribution
from planner.estimate.finance.simulation import Model, results_of

BAND: Final = (0.05, 0.50, 0.95)
SWING: Final = (0.10, 0.90)
"""Quantiles of an input between which a tornado moves it."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What a result is like over all draws."""

    low: float
    """5 % of draws are lower, as 95 % are than `high`; all unknown where a draw is."""
    median: float
    high: float
    mean: float


def spread_of(result: Floats) -> Spread:
    """Quantiles of 5, 50 and 95 % and the mean of (draws,) results; infinite draws, as of a payback, count as such."""
    if np.isnan(result).any():
        return Spread(np.nan, np.nan, np.nan, np.nan)
    low, median, high = (float(x) for x in np.quantile(result, BAND, method="inverted_cdf"))
    with np.errstate(invalid="ignore"):
        return Spread(low, median, high, float(np.mean(result)))


def chance_of_less(first: Floats, second: Floats) -> float:
    """Probability that the first of two results of the same draws is the lower one; ties count half.

    NaN, unknown, where a draw of either is.

    Raises:
        ValueError: results of different numbers of draws.
    """
    _check_draws({"first": first, "second": second})
    if np.isnan(first).any() or np.isnan(second).any():
        return np.nan
    return float(np.mean(first < second) + np.mean(first == second) / 2.0)


@dataclass(frozen=True, slots=True)
class Swing:
    """What one input does to the result, all others at their median."""

    name: str
    input_low: float
    """Its quantile of 10 %."""
    input_high: float
    result_low: float
    """With the input at `input_low`."""
    result_high: float

    @property
    def width(self) -> float:
        """How far apart the two results are."""
        return abs(self.result_high - self.result_low)


@dataclass(frozen=True, slots=True)
class Tornado:
    """One input at a time from its 10 % to its 90 % quantile, the widest first; unknown ones last."""

    middle: float
    """With all inputs at their median."""
    swings: tuple[Swing, ...]


def tornado(model: Model, inputs: Mapping[str, Distribution]) -> Tornado:
    """Move each uncertain input between its quantiles of 10 and 90 %, the others at their median.

    Raises:
        ValueError: a model that gives no result for each row.
    """
    moved = [name for name, each in inputs.items() if not each.certain]
    rows = 2 * len(moved) + 1
    columns = {name: np.full(rows, float(each.quantile(np.array(0.5)))) for name, each in inputs.items()}
    for k, name in enumerate(moved):
        columns[name][2 * k + 1 : 2 * k + 3] = inputs[name].quantile(np.array(SWING))
    result = results_of(model, columns, rows)
    swings = [
        Swing(name, *columns[name][2 * k + 1 : 2 * k + 3].tolist(), *result[2 * k + 1 : 2 * k + 3].tolist())
        for k, name in enumerate(moved)
    ]
    swings.sort(key=lambda swing: (np.isnan(swing.width), -np.nan_to_num(swing.width), swing.name))
    return Tornado(float(result[0]), tuple(swings))


@dataclass(frozen=True, slots=True)
class VarianceShare:
    """How much of the spread of a result goes with one input."""

    name: str
    share: float
    """rho^2 over the sum of all; unknown where the result does not vary or is unknown in a draw."""


def variance_shares(inputs: Mapping[str, Floats], result: Floats) -> tuple[VarianceShare, ...]:
    """Shares by Spearman's rank correlation, rho_i^2/sum rho^2, the largest first; what does not vary is left out.

    It counts what an input does by itself, up or down, not what only two do together (Saltelli et al., Global
    Sensitivity Analysis, 2008, ch. 1).

    Args:
        inputs: name → (draws,) as drawn.
        result: (draws,).

    Raises:
        ValueError: columns of different numbers of draws.
    """
    _check_draws({"result": result, **inputs})
    varied = {name: column for name, column in inputs.items() if np.ptp(column) > 0.0}
    if np.isnan(result).any() or not (result != result[0]).any():
        return tuple(VarianceShare(name, np.nan) for name in sorted(varied))
    ranks = _standardised(result)
    found = {name: float(np.mean(_standardised(column) * ranks)) for name, column in varied.items()}
    whole = sum(rho**2 for rho in found.values())
    shares = (VarianceShare(name, rho**2 / whole if whole > 0.0 else np.nan) for name, rho in found.items())
    return tuple(sorted(shares, key=lambda each: (-each.share, each.name)))


def _standardised(values: Floats) -> Floats:
    ranks = rankdata(values)
    return np.asarray((ranks - ranks.mean()) / ranks.std())


def _check_draws(columns: Mapping[str, Floats]) -> None:
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        message = f"all columns must hold the same draws; their lengths are {', '.join(map(str, sorted(lengths)))}"
        raise ValueError(message)
