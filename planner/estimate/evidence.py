"""What a user's own evaluations and pilots say (DOMAIN 4.2): posterior of the prior's offset, and noise."""

from typing import Final

import numpy as np

from planner.catalog.rows import Floats

OFFSET_SD: Final = 0.5
"""tau: prior spread of a dataset's offset from the prior, in logits (DOMAIN 4.2) [E]."""
RESIDUAL_SD: Final = 0.3
"""sigma: spread of one evaluation around prior and offset, in logits (DOMAIN 4.2) [E]."""


def offset_posterior(residuals: Floats, tau: float = OFFSET_SD, sigma: float = RESIDUAL_SD) -> tuple[float, float]:
    """Mean and standard deviation, in logits, of a dataset's offset after residuals logit(q_i) - prediction_i.

    Normal with normal prior: var = 1/(1/tau^2 + n/sigma^2), mean = var * sum(e)/sigma^2 (DOMAIN 4.2).
    """
    variance = 1.0 / (1.0 / tau**2 + len(residuals) / sigma**2)
    return float(variance * np.sum(residuals) / sigma**2), float(np.sqrt(variance))


def accuracy_error(items: Floats, q: Floats) -> Floats:
    """Standard error of an accuracy q measured on `items` questions: sqrt(q(1-q)/n)."""
    return np.sqrt(q * (1.0 - q) / items)


def evaluation_variance(items: Floats, q: Floats) -> Floats:
    """The same as a variance of logit(q): 1/(n*q*(1-q)), the floor under any calibration (DOMAIN 4.2)."""
    return 1.0 / (items * q * (1.0 - q))
