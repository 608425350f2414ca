"""What keeps an API from serving all traffic: a budget per day or month, and limits per minute."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats


def share_within_budget(usd_by_day: Floats, budget_usd_per_day: float) -> float:
    """Share of the traffic that a budget per day pays for; (days,) USD of each day without one."""
    total = usd_by_day.sum()
    return float(np.minimum(usd_by_day, budget_usd_per_day).sum() / total) if total > 0 else 1.0


def hours_until_spent(usd_by_hour: Floats, budget_usd: float) -> float:
    """Hours from the first of these (hours,) until a budget is spent; infinite where it lasts through all of them."""
    spent = np.cumsum(usd_by_hour)
    after = int(np.searchsorted(spent, budget_usd, side="right"))
    if after == len(spent):
        return float("inf")
    before = spent[after - 1] if after else 0.0
    return float(after + (budget_usd - before) / usd_by_hour[after])


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What an account may send; infinite where it is not limited, NaN where that is not known."""

    requests_per_minute: float = float("nan")
    tokens_per_minute: float = float("nan")
    """Input and output together."""
    name: str = ""
    """The tier, as the provider calls it."""


def share_within_limit(requests_per_s: Floats, tokens_per_request: float, limit: RateLimit) -> Floats:
    """Share of the requests that the limit lets through at each of these rates; NaN where a limit is not known.

    min(1, rpm/(60 r), tpm/(60 r tokens)). What is refused comes again, so less than 1 at the peak means that
    requests wait there or fail.
    """
    per_minute = 60.0 * np.asarray(requests_per_s, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        by_request = np.where(per_minute > 0, limit.requests_per_minute / per_minute, np.inf)
        by_token = np.where(per_minute > 0, limit.tokens_per_minute / (per_minute * tokens_per_request), np.inf)
    return np.minimum(1.0, np.minimum(by_request, by_token))


def needed_limit(peak_requests_per_s: float, tokens_per_request: float) -> RateLimit:
    """The least that an account must allow for the whole peak."""
    per_minute = 60.0 * peak_requests_per_s
    return RateLimit(per_minute, per_minute * tokens_per_request)
