"""Budgets that hold with a probability, where costs are lognormal around their medians (DOMAIN.md section 11)."""

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate import chance


def needed_budget(median_usd: float, sigma: float, probability: float) -> float:
    """The budget that a cost keeps with this probability: median x exp(z sigma). sigma: deviation of ln cost.

    DOMAIN.md T-11.6: 80, 0.3, 0.9 gives 117.506.

    Raises:
        ValueError: probability not between 0 and 1, median or sigma below 0, or unknown.
    """
    _checked(np.array([median_usd]), sigma, 0.0, probability)
    return float(chance.quantile(median_usd, sigma, probability))


def mean_cost(median_usd: float, sigma: float) -> float:
    """The mean of a lognormal cost: median x exp(sigma^2 / 2). T-11.6: 80, 0.3 gives 83.682."""
    return float(chance.mean(median_usd, sigma))


def needed_together(
    medians_usd: Floats,
    sigma_own: Floats | float,
    sigma_shared: Floats | float,
    probability: float,
    seed: int = 0,
    draws: int = 20_000,
) -> float:
    """The budget that the sum of several costs keeps with this probability, drawn with an error they share.

    The shared error (utilisation, prices) moves all costs at once, so the sum is wider than independence says.
    (n,) medians; `sigma_own` is the deviation of ln cost of each by itself, `sigma_shared` of the common factor, each
    one number or one for every cost.

    Raises:
        ValueError: as `needed_budget`.
    """
    _checked(medians_usd, sigma_own, sigma_shared, probability)
    return float(np.quantile(drawn_together(medians_usd, sigma_own, sigma_shared, seed, draws), probability))


def drawn_together(
    medians_usd: Floats, sigma_own: Floats | float, sigma_shared: Floats | float, seed: int = 0, draws: int = 20_000
) -> Floats:
    """(draws,) sums of several lognormal costs with an error they share, as `needed_together` takes them."""
    random = np.random.default_rng(seed)
    shared = random.standard_normal(draws)
    total: Floats = np.zeros(draws)
    own, common = (np.broadcast_to(np.asarray(sigma, float), medians_usd.shape) for sigma in (sigma_own, sigma_shared))
    for median, by_itself, with_all in zip(medians_usd.tolist(), own.tolist(), common.tolist(), strict=True):
        total += median * np.exp(by_itself * random.standard_normal(draws) + with_all * shared)
    return total


def _checked(medians_usd: Floats, own: Floats | float, shared: Floats | float, probability: float) -> None:
    if not 0.0 < probability < 1.0:
        msg = f"a probability must lie between 0 and 1, not {probability:g}"
        raise ValueError(msg)
    if not all((np.isfinite(of) & (np.asarray(of) >= 0)).all() for of in (medians_usd, own, shared)):
        msg = "medians and deviations must be known and 0 or more"
        raise ValueError(msg)
