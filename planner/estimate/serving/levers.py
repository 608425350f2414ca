"""Levers on the cost of serving, in columns: caches, shorter prompts, batching windows, cascades, payback."""

import numpy as np

from planner.catalog.rows import Bools, Floats


def exact_cache_usd(request_usd: Floats, hit_share: Floats, lookup_usd: Floats | float = 0.0) -> Floats:
    """Cost of a request where repeats are answered from a store: (1 - hit)*C + C_lookup."""
    return (1.0 - hit_share) * request_usd + lookup_usd


def semantic_cache_usd(request_usd: Floats, hit_share: Floats, embed_usd: Floats | float) -> Floats:
    """Cost where similar requests are answered from a store: (1 - hit)*C + C_embed (DOMAIN 9.4).

    Every request is embedded. Hits of 5 to 40 % by workload, at a risk for quality: none by default [E].
    """
    return (1.0 - hit_share) * request_usd + embed_usd


def missed_level(level: Floats | float, hit_share: Floats) -> Floats:
    """Quantile level among the requests that miss a cache, at which all requests are at `level`.

    Hits are answered at once: (level - hit)/(1 - hit), 0 where the hits alone suffice.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        among = np.where(hit_share < 1.0, (np.asarray(level) - hit_share) / (1.0 - hit_share), 0.0)
    return np.maximum(among, 0.0)


def shortened_input_tokens(input_tokens: Floats, removed_share: Floats, floor_tokens: Floats | float = 0.0) -> Floats:
    """Prompt tokens after a share is removed, not below what must stay."""
    return np.maximum(input_tokens * (1.0 - removed_share), np.minimum(input_tokens, floor_tokens))


def window_wait_s(window_s: Floats, level: Floats | float) -> Floats:
    """Wait that a share `level` of requests has in a batching window: level*W, uniform (Poisson arrivals)."""
    return window_s * level


def window_mean_wait_s(window_s: Floats) -> Floats:
    """Mean wait in a batching window: W/2."""
    return window_s / 2.0


def window_batch(rate_per_s: Floats, window_s: Floats) -> Floats:
    """Mean requests that a window collects: lam*W; what they save comes from the step law at that batch alone."""
    return rate_per_s * window_s


def cascade_usd(small_usd: Floats, large_usd: Floats, escalated: Floats) -> Floats:
    """Cost of a cascade: C = C1 + P(escalate)*C2 (DOMAIN 9.4; FrugalGPT, Chen et al. 2023)."""
    return small_usd + escalated * large_usd


def cascade_latency_s(small_s: Floats, large_s: Floats, escalated: Floats) -> Floats:
    """Mean latency: who is escalated waits for both."""
    return small_s + escalated * large_s


def cascade_quality(kept_quality: Floats, large_quality: Floats, escalated: Floats) -> Floats:
    """Quality of the mix: (1 - p)*Q1 + p*Q2, Q1 over the requests that the small model keeps.

    With a judge that escalates at random Q1 is the small model's mean; a good judge keeps what it does well.
    """
    return (1.0 - escalated) * kept_quality + escalated * large_quality


def least_escalation(kept_quality: Floats, large_quality: Floats, floor: Floats | float) -> Floats:
    """Smallest share of escalated requests at which the mix reaches a quality floor; NaN where none does."""
    kept, large, wanted = np.broadcast_arrays(
        *(np.asarray(x, np.float64) for x in (kept_quality, large_quality, floor))
    )
    span = large - kept
    share = np.divide(wanted - kept, span, out=np.full(span.shape, np.nan), where=span > 0.0)
    share = np.where(kept >= wanted, 0.0, share)
    return np.where(share <= 1.0, share, np.nan)


def meets_floor(quality: Floats, floor: Floats | float) -> Bools:
    """Where a quality reaches a floor; false where it is unknown."""
    return np.asarray(quality >= np.asarray(floor), np.bool_)


def payback_months(upfront_usd: Floats, saved_usd_per_month: Floats) -> Floats:
    """Months until the savings have paid what was spent at the start; infinite without a saving, 0 without a cost."""
    months = _over(upfront_usd, saved_usd_per_month, np.inf)
    return np.where(np.isnan(upfront_usd + saved_usd_per_month), np.nan, np.where(upfront_usd <= 0.0, 0.0, months))


def return_on_investment(upfront_usd: Floats, saved_usd_per_month: Floats, months: Floats | float) -> Floats:
    """(savings - cost)/cost over so many months, undiscounted; NaN without a cost."""
    return _over(saved_usd_per_month * months - upfront_usd, upfront_usd, np.nan)


def _over(top: Floats, bottom: Floats, otherwise: float) -> Floats:
    """Ratio where the divisor is above zero."""
    top, bottom = np.broadcast_arrays(np.asarray(top, np.float64), np.asarray(bottom, np.float64))
    ratio: Floats = np.divide(top, bottom, out=np.full(top.shape, otherwise), where=bottom > 0.0)
    return ratio
