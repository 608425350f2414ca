"""Seeded Monte-Carlo over named inputs, evenly spread (Latin hypercube or Sobol), every draw in one column."""

from collections.abc import Callable, Mapping
from typing import Final, Literal

import numpy as np
from scipy.stats import qmc

from planner.catalog.rows import Floats
from planner.estimate.finance.distributions import Distribution

Sampling = Literal["latin_hypercube", "sobol"]
Model = Callable[[Mapping[str, Floats]], Floats]
"""Named inputs, (draws,) each, → (draws,) results."""
DRAWS: Final = 4096
LEAST_DRAWS: Final = 100
MOST_DRAWS: Final = 2**20
_EDGE: Final = 2.0**-53
"""Probabilities are kept this far from 0 and 1, where some quantiles are infinite."""


def draw_inputs(
    inputs: Mapping[str, Distribution], seed: int, draws: int = DRAWS, sampling: Sampling = "latin_hypercube"
) -> dict[str, Floats]:
    """Name → (draws,) independent values; the same for the same names, seed and number of draws, in whatever order.

    Latin hypercube: each input has one draw in every 1/draws of its probability (McKay, Beckman, Conover 1979). Sobol:
    scrambled by Owen's method, draws a power of two. Both by `scipy.stats.qmc`.

    Raises:
        ValueError: fewer than 100 draws or more than 2^20, or a number for Sobol that is no power of two.
    """
    if not LEAST_DRAWS <= draws <= MOST_DRAWS:
        message = f"{draws:,} draws: give {LEAST_DRAWS:,} to {MOST_DRAWS:,}"
        raise ValueError(message)
    if sampling == "sobol" and draws & (draws - 1):
        message = f"a Sobol sequence needs a power of two, not {draws:,} draws; give {2 ** draws.bit_length():,}"
        raise ValueError(message)
    drawn = sorted(name for name, distribution in inputs.items() if not distribution.certain)
    shares = np.clip(_shares(len(drawn), seed, draws, sampling), _EDGE, 1.0 - _EDGE)
    place = {name: k for k, name in enumerate(drawn)}
    half = np.full(draws, 0.5)
    return {name: each.quantile(shares[place[name]] if name in place else half) for name, each in inputs.items()}


def _shares(dimensions: int, seed: int, draws: int, sampling: Sampling) -> Floats:
    """(dimensions, draws) probabilities."""
    if not dimensions:
        return np.empty((0, draws))
    rng = np.random.default_rng(seed)
    if sampling == "sobol":
        points = qmc.Sobol(dimensions, rng=rng).random_base2(draws.bit_length() - 1)
    else:
        points = qmc.LatinHypercube(dimensions, rng=rng).random(draws)
    return np.ascontiguousarray(points.T)


def results_of(model: Model, inputs: Mapping[str, Floats], rows: int) -> Floats:
    """(rows,) what a model gives; one number stands for all, as of a model that reads none of its inputs.

    Raises:
        ValueError: a model that gives no result for each row.
    """
    found = np.asarray(model(inputs), np.float64)
    if found.shape not in {(), (rows,)}:
        message = f"the model gives an array of shape {found.shape}; it must give one number for each of {rows:,} draws"
        raise ValueError(message)
    return np.array(np.broadcast_to(found, rows))
