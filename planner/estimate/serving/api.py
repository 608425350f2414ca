"""What a model behind an API costs: requests and months, batches, retries, and variants that were fine-tuned.

Prices are columns, one row per API model; what is known of the traffic broadcasts against them. NaN means unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.catalog.api_models import ApiModel
from planner.catalog.quoted import TuningPrice
from planner.catalog.rows import Bools, Floats
from planner.units import HOURS_PER_MONTH

_PER_MTOK = 1e-6


@dataclass(frozen=True, slots=True)
class ApiPrices:
    """USD per million tokens and limits in tokens, one row per model; NaN where none is listed."""

    input_usd_per_mtok: Floats
    output_usd_per_mtok: Floats
    cached_usd_per_mtok: Floats
    """Of input read from the provider's cache."""
    write_usd_per_mtok: Floats
    """Of input put into the cache."""
    batch_input_usd_per_mtok: Floats
    batch_output_usd_per_mtok: Floats
    max_input_tokens: Floats
    max_output_tokens: Floats
    minimum_cached_tokens: Floats
    """Shortest prefix that is cached; NaN where no rule is known."""
    hosting_usd_per_hour: Floats
    """Of a deployment that must stand by; 0 where tokens alone are billed."""

    def __len__(self) -> int:
        """Number of models."""
        return len(self.input_usd_per_mtok)

    @property
    def caches(self) -> Bools:
        """Models with a cached price."""
        return np.isfinite(self.cached_usd_per_mtok)

    @property
    def has_batch(self) -> Bools:
        """Models with batch prices."""
        return np.isfinite(self.batch_input_usd_per_mtok)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request on average, as providers report them; scalars or columns that broadcast with the prices."""

    input_tokens: Floats | float
    """Without those written into the cache."""
    output_tokens: Floats | float
    hit: Floats | float = 0.0
    """Share of `input_tokens` read from the cache."""
    written_tokens: Floats | float = 0.0
    """Input put into the cache."""

    @property
    def prompt_tokens(self) -> Floats:
        """All input: what counts against the context and the rate limits."""
        return np.asarray(self.input_tokens, np.float64) + self.written_tokens


def api_prices(apis: Sequence[ApiModel], *, long_life: bool = False) -> ApiPrices:
    """The prices of these models; `long_life` takes the price of writes that live longer."""

    def column(name: str) -> Floats:
        return np.array([getattr(api, name) for api in apis], np.float64)

    return ApiPrices(
        input_usd_per_mtok=column("input_usd_per_mtok"),
        output_usd_per_mtok=column("output_usd_per_mtok"),
        cached_usd_per_mtok=column("cached_input_usd_per_mtok"),
        write_usd_per_mtok=column("long_cache_write_usd_per_mtok" if long_life else "cache_write_usd_per_mtok"),
        batch_input_usd_per_mtok=column("batch_input_usd_per_mtok"),
        batch_output_usd_per_mtok=column("batch_output_usd_per_mtok"),
        max_input_tokens=column("max_input_tokens"),
        max_output_tokens=column("max_output_tokens"),
        minimum_cached_tokens=np.array([api.caching.minimum_tokens if api.caching else np.nan for api in apis]),
        hosting_usd_per_hour=np.zeros(len(apis)),
    )


def tuned_prices(tuned: Sequence[TuningPrice], bases: Sequence[ApiModel | None]) -> ApiPrices:
    """Prices of fine-tuned variants, as `fine_tuning_prices.csv` has them; limits are those of the base where known.

    Nothing is said there about batches and writes: unknown. Hosting that no price states is unknown too.
    """

    def column(name: str) -> Floats:
        return np.array([getattr(price, name) for price in tuned], np.float64)

    def limit(name: str) -> Floats:
        return np.array([getattr(base, name) if base else np.nan for base in bases], np.float64)

    unknown = np.full(len(tuned), np.nan)
    return ApiPrices(
        input_usd_per_mtok=column("input_usd_per_mtok"),
        output_usd_per_mtok=column("output_usd_per_mtok"),
        cached_usd_per_mtok=column("cached_input_usd_per_mtok"),
        write_usd_per_mtok=unknown,
        batch_input_usd_per_mtok=unknown,
        batch_output_usd_per_mtok=unknown,
        max_input_tokens=limit("max_input_tokens"),
        max_output_tokens=limit("max_output_tokens"),
        minimum_cached_tokens=unknown,
        hosting_usd_per_hour=column("hosting_usd_per_hour"),
    )


def request_usd(prices: ApiPrices, usage: Usage, batch_share: Floats | float = 0.0) -> Floats:
    """What a request costs in USD, its share in batches at the batch price; NaN where that is not listed.

    tok_in*((1-hit)*p_in + hit*p_cached) + writes*p_write + tok_out*p_out (DOMAIN 9.4). Batches read no cache here: a
    provider may give both discounts, but none promises it. Where no cached price is listed, reads and writes are billed
    as plain input: the most they can cost.
    """
    cached = np.where(prices.caches, prices.cached_usd_per_mtok, prices.input_usd_per_mtok)
    write = np.where(np.isfinite(prices.write_usd_per_mtok), prices.write_usd_per_mtok, prices.input_usd_per_mtok)
    hit = np.asarray(usage.hit, np.float64)
    plain = (
        usage.input_tokens * ((1.0 - hit) * prices.input_usd_per_mtok + hit * cached)
        + usage.written_tokens * write
        + usage.output_tokens * prices.output_usd_per_mtok
    )
    batched = (
        usage.prompt_tokens * prices.batch_input_usd_per_mtok + usage.output_tokens * prices.batch_output_usd_per_mtok
    )
    share = np.asarray(batch_share, np.float64)
    return np.asarray(_PER_MTOK * ((1.0 - share) * plain + np.where(share > 0.0, share * batched, 0.0)))


def month_usd(prices: ApiPrices, per_request_usd: Floats, requests_per_month: Floats | float) -> Floats:
    """What a month costs in USD: requests, and deployments that must stand by all month."""
    return np.asarray(per_request_usd * requests_per_month + HOURS_PER_MONTH * prices.hosting_usd_per_hour)
