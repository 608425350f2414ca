"""What a request, a token and a user cost on machines of one's own (DOMAIN 9.4)."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.units import SECONDS_PER_HOUR

MILLION = 1e6


@dataclass(frozen=True, slots=True)
class TokenCost:
    """USD per million tokens, in columns."""

    input_usd: Floats
    output_usd: Floats


def usd_per_million_output(
    usd_per_hour: Floats, tokens_per_s: Floats, utilisation: Floats | float, gpus: Floats | float = 1.0
) -> Floats:
    """All cost on output tokens: price_h*n*1e6/(3600*tok_s*u).

    Args:
        usd_per_hour: of one GPU, or of the replica with `gpus` = 1.
        tokens_per_s: output tokens of the replica at saturation.
        utilisation: mean load over what is provisioned, in (0, 1].
        gpus: of the replica.
    """
    return usd_per_hour * gpus * MILLION / (SECONDS_PER_HOUR * tokens_per_s * utilisation)


def token_cost(
    usd_per_hour: Floats,
    prefill_s: Floats,
    decode_s: Floats,
    batch: Floats,
    input_tokens: Floats,
    utilisation: Floats | float = 1.0,
) -> TokenCost:
    """Prefill and decode seconds charged apart: a request holds the replica for t_pre + osl*t_dec/B (DOMAIN 9.1, 9.4).

    Args:
        usd_per_hour: of the replica.
        prefill_s: of a mean prompt, after prefix-cache hits.
        decode_s: one step at `batch` sequences.
        batch: sequences in flight at saturation.
        input_tokens: of a mean prompt, cached ones counted.
        utilisation: mean load over what is provisioned; idle time is charged alike to both.
    """
    usd_per_s = usd_per_hour / SECONDS_PER_HOUR / utilisation
    return TokenCost(usd_per_s * prefill_s / input_tokens * MILLION, usd_per_s * decode_s / batch * MILLION)


def usd_per_thousand_requests(usd_per_month: Floats, requests_per_month: Floats) -> Floats:
    """USD per 1,000 requests; NaN without requests."""
    return 1e3 * _per(usd_per_month, requests_per_month)


def usd_per_active_user(usd_per_month: Floats, users_per_month: Floats) -> Floats:
    """USD per active user and month; NaN without users."""
    return _per(usd_per_month, users_per_month)


def crossover_volume(fixed_usd_per_month: Floats, api_usd: Floats, marginal_usd: Floats | float = 0.0) -> Floats:
    """Volume a month above which own machines cost less than an API: V* = fixed/(p_api - p_marginal).

    In the unit of the prices (a million tokens, a request). Infinite where the API costs no more than the margin.
    """
    return _per(fixed_usd_per_month, api_usd - marginal_usd, np.inf)


def _per(total: Floats, count: Floats, otherwise: float = np.nan) -> Floats:
    total, count = np.broadcast_arrays(np.asarray(total, np.float64), np.asarray(count, np.float64))
    ratio: Floats = np.divide(total, count, out=np.full(total.shape, otherwise), where=count > 0.0)
    return ratio
