"""Whether weekly values go up or down, beyond chance: Mann-Kendall's test with Sen's slope."""

import math

import numpy as np

from planner.catalog.rows import Floats
from planner.outcome.review.kpis import Trend

WEEKS = 26
"""Weeks before the end of the month that a trend is of."""
LEAST_WEEKS = 5
"""With four the most extreme order has a p-value of 2/24, so nothing could ever be told."""
SIGNIFICANT = 0.05


def trend_of(weekly: Floats) -> Trend | None:
    """The trend of values a week apart, oldest first; NaN where a week has none. None with fewer than five values.

    Every value is of seven days, so that days of the week do not count; a slope is a direction only where chance alone
    would give as much order in fewer than one case in twenty. Chance means weeks that do not hang together: a cost that
    wanders (half of a week's deviation carries over to the next) is told as a trend in about one case in five.
    """
    weeks = np.flatnonzero(np.isfinite(weekly))
    values = weekly[weeks]
    if len(values) < LEAST_WEEKS:
        return None
    order, p_value = mann_kendall(values)
    slope, middle = sen_slope(weeks.astype(float), values), float(np.median(values))
    return Trend(
        direction="none" if p_value >= SIGNIFICANT else "up" if order > 0 else "down",
        per_week=slope / abs(middle) if middle else None,
        p_value=p_value,
        weeks=len(values),
    )


def mann_kendall(values: Floats) -> tuple[int, float]:
    """S and its two-sided p-value, of n values in the order of time.

    S = sum over i < j of sign(x_j - x_i). Without ties the p-value is exact, from the number of orders of n values with
    that many inversions (Kendall, Rank Correlation Methods, 4th ed. 1970, ch. 1 and 5; Mann, Econometrica 13, 1945).
    With ties it is the normal approximation with a correction for continuity,
    var S = (n(n-1)(2n+5) - sum t(t-1)(2t+5)) / 18 over ties of t equal values, z = (S - sign S) / sqrt(var S)
    (Gilbert, Statistical Methods for Environmental Pollution Monitoring, 1987, ch. 16).
    """
    number = len(values)
    order = int(np.triu(np.sign(values[None, :] - values[:, None]), 1).sum())
    ties = np.unique(values, return_counts=True)[1]
    if ties.max(initial=1) == 1:
        return order, _exact(order, number)
    variance = (number * (number - 1) * (2 * number + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    if variance <= 0 or order == 0:
        return order, 1.0
    return order, math.erfc((abs(order) - 1) / math.sqrt(2 * variance))


def _exact(order: int, number: int) -> float:
    """P(|S| >= |order|) where every order of `number` values is as likely: S = pairs - 2 x inversions."""
    shares = np.ones(1)
    for place in range(2, number + 1):  # one more value stands before 0 to place - 1 of those there are
        shares = np.convolve(shares, np.full(place, 1 / place))
    pairs = number * (number - 1) // 2
    fewest = (pairs - abs(order)) // 2
    return min(1.0, 2 * float(shares[: fewest + 1].sum()))


def sen_slope(times: Floats, values: Floats) -> float:
    """The median of the slopes between any two values (Sen, JASA 63, 1968, p. 1379); NaN for fewer than two."""
    early, late = np.triu_indices(len(values), 1)
    if not len(early):
        return math.nan
    return float(np.median((values[late] - values[early]) / (times[late] - times[early])))
