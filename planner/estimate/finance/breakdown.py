"""A cost by category: shares, and what it comes to per prediction, user and revenue dollar (MISSION D1)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.checks import Numbers, check_at_least


@dataclass(frozen=True, slots=True)
class Breakdown:
    """(categories, ...) columns; NaN is unknown."""

    categories: tuple[str, ...]
    share: Floats
    """Of the sum of all; unknown where one category is, or all are 0."""
    usd_per_prediction: Floats
    """Unknown where there are none, or they are not known; so are those below."""
    usd_per_user: Floats
    usd_per_revenue_usd: Floats


def cost_breakdown(
    costs_usd: Mapping[str, Numbers],
    *,
    predictions: Numbers = np.nan,
    users: Numbers = np.nan,
    revenue_usd: Numbers = np.nan,
) -> Breakdown:
    """Category → cost over a period, against what was served and earned in it.

    Raises:
        ValueError: no category, or a negative amount or count.
    """
    if not costs_usd:
        message = "a breakdown needs one category at least"
        raise ValueError(message)
    columns = np.broadcast_arrays(*(check_at_least(usd, 0.0, f"cost of {name}") for name, usd in costs_usd.items()))
    usd = np.stack(columns)

    def over(count: Numbers, name: str) -> Floats:
        counted = check_at_least(count, 0.0, name)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.where(counted > 0.0, usd / counted, np.nan)

    total = usd.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = np.where(total > 0.0, usd / total, np.nan)
    return Breakdown(
        tuple(costs_usd), share, over(predictions, "predictions"), over(users, "users"), over(revenue_usd, "revenue")
    )
