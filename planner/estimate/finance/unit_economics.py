"""What a prediction, a user and a dollar of revenue cost, month by month, and where the margin goes (MISSION D4)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.estimate.finance.checks import check_at_least, check_same_months

_LEAST_MONTHS: Final = 3
"""A trend needs so many known months: two always lie on a line."""


@dataclass(frozen=True, slots=True)
class UnitEconomics:
    """(..., months) columns; NaN is unknown, and `unknown` says why."""

    usd_per_prediction: Floats
    usd_per_user: Floats
    usd_per_revenue_usd: Floats
    margin_share: Floats
    """(revenue - cost)/revenue."""
    margin_usd_per_user: Floats
    margin_trend_per_month: Floats
    """(...) change of the margin's share from month to month, by least squares."""
    usd_per_prediction_trend_per_month: Floats
    """(...) the same of the cost of a prediction."""
    unknown: tuple[str, ...]


def unit_economics(
    cost_usd: Floats,
    *,
    revenue_usd: Floats | None = None,
    predictions: Floats | None = None,
    users: Floats | None = None,
) -> UnitEconomics:
    """Unit costs and margins of each month; a month without revenue, predictions or users has none, and says so.

    Args:
        cost_usd: (..., months).
        revenue_usd: (..., months), as the other two; not known where not given.
        predictions: served in the month.
        users: active in the month.

    Raises:
        ValueError: series of different lengths, or a negative cost, revenue or count.
    """
    given = {"revenue": revenue_usd, "predictions": predictions, "users": users}
    known = {name: np.asarray(column, np.float64) for name, column in given.items() if column is not None}
    check_same_months({"cost": np.asarray(cost_usd, np.float64), **known})
    cost = check_at_least(cost_usd, 0.0, "cost")
    said: list[str] = []

    def counted(name: str, what: str) -> Floats:
        if name not in known:
            said.append(f"{name} not known: {what} unknown")
            return np.full(cost.shape, np.nan)
        column = check_at_least(known[name], 0.0, name)
        said.extend(_missing(column, name, what))
        return np.where(column > 0.0, column, np.nan)

    revenue = counted("revenue", "margin and cost per revenue dollar are")
    served = counted("predictions", "cost per prediction is")
    active = counted("users", "cost and margin per user are")
    said.extend(f"cost not known in {_told(months)}" for months in [_months(np.isnan(cost))] if months)
    with np.errstate(over="ignore"):  # as for a demand that is next to nothing
        per_prediction, per_user, margin = cost / served, cost / active, (revenue - cost) / revenue
        per_revenue_usd = cost / revenue
    earned = revenue if revenue_usd is None else np.asarray(revenue_usd, np.float64)
    with np.errstate(over="ignore"):
        margin_per_user = (earned - cost) / active
    margin_trend, cost_trend = trend_per_month(margin), trend_per_month(per_prediction)
    for what, trend in (("margin", margin_trend), ("cost per prediction", cost_trend)):
        if np.isnan(trend).any():
            said.append(f"fewer than {_LEAST_MONTHS} known months: the trend of the {what} is unknown")
    return UnitEconomics(
        usd_per_prediction=per_prediction,
        usd_per_user=per_user,
        usd_per_revenue_usd=per_revenue_usd,
        margin_share=margin,
        margin_usd_per_user=margin_per_user,
        margin_trend_per_month=margin_trend,
        usd_per_prediction_trend_per_month=cost_trend,
        unknown=tuple(said),
    )


def trend_per_month(by_month: Floats) -> Floats:
    """(...) slope of the known months by least squares: sum (t - mean t) y/sum (t - mean t)^2; NaN under 3 of them."""
    values = np.asarray(by_month, np.float64)
    known = np.isfinite(values)
    count = known.sum(axis=-1)
    month = np.where(known, np.arange(values.shape[-1], dtype=np.float64), 0.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        apart = np.where(known, month - (month.sum(axis=-1) / count)[..., None], 0.0)
        slope = (apart * np.where(known, values, 0.0)).sum(axis=-1) / np.square(apart).sum(axis=-1)
    return np.where(count >= _LEAST_MONTHS, slope, np.nan)


def _missing(column: Floats, name: str, what: str) -> list[str]:
    found = [("not known", _months(np.isnan(column))), ("0", _months(column == 0.0))]
    return [f"{name} {said} in {_told(months)}: {what} unknown there" for said, months in found if months]


def _months(which: Bools) -> list[int]:
    """Months, from 1 on, that are meant in any of the series."""
    return (np.flatnonzero(which.reshape(-1, which.shape[-1]).any(axis=0)) + 1).tolist()


def _told(months: list[int]) -> str:
    if len(months) == 1:
        return f"month {months[0]}"
    whole = months[-1] - months[0] + 1 == len(months)
    return f"months {months[0]} to {months[-1]}" if whole else f"{len(months)} months, the first of them {months[0]}"
