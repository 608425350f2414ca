"""Exponential smoothing with a weekly season, its parameters the likeliest to statsmodels, forecast from every day."""

from __future__ import annotations

import warnings
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from planner.catalog.rows import Floats
from planner.errors import SetupError
from planner.spend.store import MISSING

if TYPE_CHECKING:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

_WEEK: Final = 7
_FIRST: Final = 21
"""Days of the first fit: statsmodels starts seasons from two weeks and a few days."""
_FITS: Final = 2
"""Fits for the rolling origins, beside the one on all days."""
_ALPHAS: Final = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.8)
_BETAS: Final = (0.02, 0.1, 0.3)
"""Of α, which β is at most."""
_GAMMAS: Final = (0.01, 0.05, 0.15, 0.4)
"""Of 1 − α, which γ is at most (FPP3 8.5)."""
_PHIS: Final = (0.9, 0.98)
_LONGEST: Final = 400
"""Days that the parameters are fitted on: a year and a month."""


def ets(y: Floats, horizon: int, trend: bool) -> Floats:
    """(N, H) ETS(A,N,A) or, with a damped trend, ETS(A,Ad,A) of `y` (N,), N at least 28 (FPP3 8.5).

    Parameters are fitted at a few days only and kept until the next, so that no row knows what came after it. Rows
    before half of the days (at least 21) are NaN.
    """
    n = len(y)
    table = np.full((n, horizon), np.nan)
    first = max(_FIRST, n // 2)
    fits = [first + (n - first) * k // _FITS for k in range(_FITS)]
    ends = [*fits[1:], n]
    for fitted, end in zip(fits, ends, strict=True):
        table[fitted - 1 : end] = _from_states(y[:end], _fit(y[:fitted], trend), horizon, trend)[fitted - 1 : end]
    table[-1] = _from_states(y, _fit(y, trend), horizon, trend)[-1]
    return table


def _model(y: Floats, trend: bool) -> ETSModel:
    try:
        from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # an extra of its own
    except ImportError as error:
        raise SetupError(MISSING) from error
    return ETSModel(
        y, error="add", trend="add" if trend else None, damped_trend=trend, seasonal="add", seasonal_periods=_WEEK,
        initialization_method="heuristic",
    )  # fmt: skip


def _fit(y: Floats, trend: bool) -> Floats:
    """The parameters of a grid that are likeliest, in the order of statsmodels: α, β, γ, φ; ties go to the first.

    A grid, not an optimiser: of so few days the likelihood is flat around its best, and the same days give the same
    parameters on any machine.
    """
    model = _model(y[-_LONGEST:], trend)
    grid = [
        (alpha, *((share * alpha,) if trend else ()), part * (1.0 - alpha), *((phi,) if trend else ()))
        for alpha, share, part, phi in product(
            _ALPHAS, _BETAS if trend else (0.0,), _GAMMAS, _PHIS if trend else (1.0,)
        )
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a flat series has no likelihood: any parameters will do
        likely = [model.loglike(np.array(parameters)) for parameters in grid]
    return np.array(grid[int(np.argmax(np.nan_to_num(likely, nan=-np.inf, posinf=np.inf)))])


def _from_states(y: Floats, parameters: Floats, horizon: int, trend: bool) -> Floats:
    """(N, H) forecasts from the states after every day: level + (φ + … + φ^h)·trend + season of the weekday."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the likelihood of a flat series, which is not asked for
        states = _model(y, trend).smooth(parameters)
    ahead = (np.arange(horizon) % _WEEK) - _WEEK + 1
    at = np.maximum(np.arange(len(y))[:, None] + ahead, 0)
    table = np.asarray(states.level, np.float64)[:, None] + np.asarray(states.season, np.float64)[at]
    if trend:
        damping = np.cumsum(float(states.damping_trend) ** np.arange(1, horizon + 1))
        table = table + np.asarray(states.slope, np.float64)[:, None] * damping
    return np.asarray(table, np.float64)
