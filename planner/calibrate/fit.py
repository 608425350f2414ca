"""Fitting constants to rows: least squares on ln(actual/predicted), shrunk towards the priors (DOMAIN 12)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.optimize import least_squares

from planner.catalog.constants import Calibration
from planner.catalog.rows import Floats

HEAVY: Final = 2.0
"""Residual, in standard deviations, from which its pull stops growing (pseudo-Huber)."""
BEARS: Final = 1e-3
"""Least change of ln prediction per change of ln constant for a row to count as one that bears on it."""

INDEPENDENT: Final = 4.0
"""Most independent rows that the rows of one publisher count for [E]."""

Predict = Callable[[Calibration], Floats]
"""Predictions of all rows under a calibration, in the unit of what was observed."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows to fit on: what was observed, how to predict it, and how far one row may be trusted."""

    observed: Floats
    predict: Predict
    sd: Floats
    """Standard deviation of ln(actual/predicted) that a row is taken to have, clusters of like rows allowed for."""


def cluster_sd(sd: Floats, groups: Sequence[str]) -> Floats:
    """Rows of one publisher share its errors: however many, they count as `INDEPENDENT` ones at most."""
    _, inverse, counts = np.unique(np.array(groups, np.str_), return_inverse=True, return_counts=True)
    n = counts[inverse].astype(np.float64)
    return sd * np.sqrt(n / np.minimum(n, INDEPENDENT))


def fit(calibration: Calibration, names: Sequence[str], sample: Sample) -> Calibration:
    """The calibration with these constants fitted, each with its standard error and the rows that bear on it.

    A constant on which no row bears keeps its prior, and counts as not fitted.
    """
    constants = [calibration.constants[name] for name in names]
    start = np.log([constant.prior for constant in constants])
    spread = np.array([constant.prior_sd for constant in constants])
    known = np.isfinite(sample.observed) & (sample.observed > 0)
    target = np.log(np.where(known, sample.observed, 1.0))

    def logs(x: Floats) -> Floats:
        tried = calibration.with_values(dict(zip(names, np.exp(x).tolist(), strict=True)))
        predicted = sample.predict(tried)
        return np.where(known & np.isfinite(predicted), np.log(np.where(predicted > 0, predicted, 1.0)), target)

    def residuals(x: Floats) -> Floats:
        scaled = (target - logs(x)) / sample.sd
        pulled = np.sign(scaled) * HEAVY * np.sqrt(2.0 * (np.sqrt(1.0 + (scaled / HEAVY) ** 2) - 1.0))
        return np.concatenate([pulled, (x - start) / spread])

    found = least_squares(residuals, start, max_nfev=60)
    jacobian = np.asarray(found.jac, np.float64)
    covariance = np.linalg.inv(jacobian.T @ jacobian)
    slopes = jacobian[: len(target)] * sample.sd[:, None]
    bears = (np.abs(slopes) > BEARS).sum(axis=0)
    fitted = {}
    for i, constant in enumerate(constants):
        if bears[i]:
            error = float(np.sqrt(covariance[i, i]))
            fitted[constant.name] = replace(constant, fitted=float(np.exp(found.x[i])), error=error, rows=int(bears[i]))
        else:
            fitted[constant.name] = replace(constant, fitted=np.nan, error=np.nan, rows=0)
    return replace(calibration, constants={**calibration.constants, **fitted})
