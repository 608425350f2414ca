"""Limits that are kept with a probability: quantiles of lognormal figures (DOMAIN 11)."""

import numpy as np
from scipy.special import ndtri

from planner.catalog.rows import Floats


def quantile(median: Floats | float, sd: Floats | float, probability: float) -> Floats:
    """Value that a lognormal figure stays under with `probability`: m*exp(z_p*sigma), held against the limit."""
    return np.asarray(median * np.exp(ndtri(probability) * np.asarray(sd)))


def mean(median: Floats | float, sd: Floats | float) -> Floats:
    """Mean of a lognormal figure: m*exp(sigma^2/2)."""
    return np.asarray(median * np.exp(np.square(sd) / 2.0))
