"""What draws say: bands, how likely one beats another or a limit holds, and which input matters (DOMAIN 11, 12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import ndtr
from scipy.stats import rankdata

from planner.catalog.rows import Bools, Floats
from planner.estimate import chance
from planner.estimate.finance.checks import Numbers
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
    unknown_share: float
    """Of draws."""


def spread_of(result: Floats) -> Spread:
    """Quantiles of 5, 50 and 95 % and the mean of (draws,) results; infinite draws, as of a payback, count as such."""
    unknown = float(np.isnan(result).mean())
    if unknown:
        return Spread(np.nan, np.nan, np.nan, np.nan, unknown)
    low, median, high = (float(x) for x in np.quantile(result, BAND, method="inverted_cdf"))
    with np.errstate(invalid="ignore"):
        return Spread(low, median, high, float(np.mean(result)), 0.0)


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


def chance_within(results: Mapping[str, Floats], limits: Mapping[str, float]) -> float:
    """Probability that all limits hold at once, in draws that share what moves them together (DOMAIN 11).

    NaN, unknown, where a draw of a limited result is.

    Raises:
        ValueError: a limit without a result, no limit, or results of different numbers of draws.
    """
    absent = sorted(set(limits) - set(results))
    if absent or not limits:
        message = f"no result is named {absent[0]}, which has a limit" if absent else "give one limit at least"
        raise ValueError(message)
    limited = {name: results[name] for name in limits}
    _check_draws(limited)
    if any(np.isnan(result).any() for result in limited.values()):
        return np.nan
    held = np.all([result <= limits[name] for name, result in limited.items()], axis=0)
    return float(np.mean(held))


def limit_holds(result: Floats, limit: float, probability: float) -> bool:
    """The chance constraint P(C <= B) >= p over draws; false where a draw is unknown.

    Raises:
        ValueError: a probability outside of 0 < p < 1.
    """
    _check_probability(probability)
    return chance_within({"": result}, {"": limit}) >= probability


def lognormal_limit_holds(median: Numbers, sd: Numbers, limit: Numbers, probability: float) -> tuple[Floats, Bools]:
    """The same of a lognormal figure, exactly: P(C <= B) >= p <=> m*exp(z_p*sigma) <= B (DOMAIN 11).

    Returns:
        The probability that the limit holds, Phi(ln(B/m)/sigma), and whether it is enough; all broadcast.

    Raises:
        ValueError: a probability outside of 0 < p < 1.
    """
    _check_probability(probability)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        apart = np.log(np.asarray(limit, np.float64) / median)
        share = np.where(np.asarray(sd) > 0.0, ndtr(apart / sd), np.where(apart >= 0.0, 1.0, 0.0))
    share = np.where(np.isnan(apart) | np.isnan(sd), np.nan, share)
    return share, np.asarray(chance.quantile(median, sd, probability) <= limit)


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
    rank_correlation: float
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
        return tuple(VarianceShare(name, np.nan, np.nan) for name in sorted(varied))
    ranks = _standardised(result)
    found = {name: float(np.mean(_standardised(column) * ranks)) for name, column in varied.items()}
    whole = sum(rho**2 for rho in found.values())
    shares = (VarianceShare(name, rho, rho**2 / whole if whole > 0.0 else np.nan) for name, rho in found.items())
    return tuple(sorted(shares, key=lambda each: (-each.share, each.name)))


def _standardised(values: Floats) -> Floats:
    ranks = rankdata(values)
    return np.asarray((ranks - ranks.mean()) / ranks.std())


def _check_draws(columns: Mapping[str, Floats]) -> None:
    lengths = {len(column) for column in columns.values()}
    if len(lengths) != 1:
        message = f"all columns must hold the same draws; their lengths are {', '.join(map(str, sorted(lengths)))}"
        raise ValueError(message)


def _check_probability(probability: float) -> None:
    if not 0.0 < probability < 1.0:
        message = f"the probability is {probability:g}; it must lie between 0 and 1"
        raise ValueError(message)
