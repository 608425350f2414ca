"""Models that forecast a series from each of its days at once: naive, drift, exponential smoothing, damped Holt.

Every model gives a table (N, H): row t is what it says after value t about the values 1..H later, from values 0..t
alone. So the last row is the forecast, and all rows together are a rolling-origin test.
"""

from collections.abc import Callable
from itertools import product
from typing import Final

import numpy as np

from planner.catalog.rows import Floats

_ALPHAS: Final = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9)
_BETAS: Final = (0.05, 0.15, 0.3, 0.5)
_PHIS: Final = (0.8, 0.9, 0.98)
_WEEK: Final = 7


def naive(y: Floats, horizon: int) -> Floats:
    """What was last seen stays."""
    return np.repeat(y[:, None], horizon, axis=1)


def drift(y: Floats, horizon: int) -> Floats:
    """The mean step so far goes on: y_t + h*(y_t - y_0)/t (Hyndman and Athanasopoulos, FPP3 5.2)."""
    slope = np.zeros_like(y)
    slope[1:] = (y[1:] - y[0]) / np.arange(1, len(y))
    return np.asarray(y[:, None] + slope[:, None] * np.arange(1, horizon + 1), np.float64)


def weekly(y: Floats, horizon: int) -> Floats:
    """The value of the same weekday, last seen; in the first week the last value."""
    ahead = (np.arange(horizon) % _WEEK) - _WEEK + 1
    at = np.arange(len(y))[:, None] + ahead
    return np.where(at >= 0, y[np.maximum(at, 0)], y[:, None])


def smoothed(y: Floats, horizon: int) -> Floats:
    """Simple exponential smoothing; alpha is what did best on the values so far."""
    grid = np.array([(alpha, 0.0, 1.0) for alpha in _ALPHAS])
    return _best(y, grid, horizon)


def damped(y: Floats, horizon: int) -> Floats:
    """Damped Holt; alpha, beta and phi are what did best on the values so far."""
    return _best(y, np.array(list(product(_ALPHAS, _BETAS, _PHIS))), horizon)


def damped_states(y: Floats, alpha: Floats, beta: Floats, phi: Floats) -> tuple[Floats, Floats, Floats]:
    """Level, trend and one-step error after every value, each (N, G) for G sets of parameters.

    l_t = alpha*y_t + (1-alpha)*(l + phi*b); b_t = beta*(l_t - l) + (1-beta)*phi*b (FPP3 8.2, damped trend), where l and
    b are those before; l_0 = y_0, b_0 = 0. The forecast h ahead is l_t + (phi + … + phi^h)*b_t.
    """
    level, trend = np.empty((len(y), len(alpha))), np.zeros((len(y), len(alpha)))
    error = np.zeros_like(level)
    level[0] = y[0]
    for t in range(1, len(y)):
        expected = level[t - 1] + phi * trend[t - 1]
        error[t] = y[t] - expected
        level[t] = expected + alpha * error[t]
        trend[t] = beta * (level[t] - level[t - 1]) + (1.0 - beta) * phi * trend[t - 1]
    return level, trend, error


def _best(y: Floats, grid: Floats, horizon: int) -> Floats:
    alpha, beta, phi = grid.T
    level, trend, error = damped_states(y, alpha, beta, phi)
    chosen = np.argmin(np.cumsum(error**2, axis=0), axis=1)
    rows = np.arange(len(y))
    damping = np.cumsum(phi[chosen][:, None] ** np.arange(1, horizon + 1), axis=1)
    return np.asarray(level[rows, chosen][:, None] + damping * trend[rows, chosen][:, None], np.float64)


MODELS: Final[dict[str, Callable[[Floats, int], Floats]]] = {
    "naive": naive,
    "drift": drift,
    "exponential smoothing": smoothed,
    "damped Holt": damped,
    "weekly": weekly,
}
