"""What the tokens of prompts cost behind an API, and what sending fewer of them saves."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.api_models import ApiModel
from planner.catalog.rows import Floats
from planner.estimate.serving.api import Usage, api_prices, request_usd
from planner.prompts.measuring import Measured
from planner.prompts.options import Option
from planner.units import HOURS_PER_MONTH

THOUSAND: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Bill:
    """One API model at so many requests a month."""

    api: ApiModel
    requests_per_month: float
    """NaN where nobody said."""

    @property
    def warm(self) -> float:
        """Chance that a beginning is still in the cache: 1-exp(-rate*life), requests coming evenly by chance.

        1 where the number of requests is not known. Every read begins the life anew.
        """
        if self.api.caching is None or np.isnan(self.requests_per_month):
            return 1.0
        rate_per_minute = self.requests_per_month / (HOURS_PER_MONTH * 60.0)
        return float(-np.expm1(-rate_per_minute * self.api.caching.life_minutes))

    def request_usd(self, measured: Measured) -> float:
        """What the mean request costs, nothing cached; NaN where the file does not say how long answers are."""
        return self._usd(Usage(measured.lengths.mean, measured.lengths.answer_mean))

    def input_usd(self, measured: Measured) -> float:
        """What its prompt costs."""
        return self._usd(Usage(measured.lengths.mean, 0.0))

    def saved_usd(self, measured: Measured, option: Option) -> float:
        """What an option saves per request on average; NaN where that is not known."""
        if option.saved_requests:
            return option.saved_requests * self.request_usd(measured)
        if option.cached_tokens is None:
            return self.input_usd(measured) * option.saved_share
        return self.input_usd(measured) - self._cached_usd(measured, option.cached_tokens)

    def readable(self, tokens: Floats) -> float:
        """Share of beginnings that are long enough for the provider's cache; 0 where no rule is known."""
        return float((tokens >= self._least).mean())

    @property
    def _least(self) -> float:
        return float(self.api.caching.minimum_tokens) if self.api.caching else np.inf

    def _cached_usd(self, measured: Measured, tokens: Floats) -> float:
        """The mean prompt with beginnings long enough read from the cache where it is warm, else written."""
        cached = float(np.where(tokens >= self._least, tokens, 0.0).mean())
        written = (1.0 - self.warm) * cached
        plain = measured.lengths.mean - written
        hit = min(1.0, self.warm * cached / plain) if plain > 0.0 else 0.0
        return self._usd(Usage(plain, 0.0, hit, written))

    def _usd(self, usage: Usage) -> float:
        return float(request_usd(api_prices([self.api]), usage)[0])
