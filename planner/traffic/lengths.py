"""Tokens of a request as a distribution: measured, or lognormal through what is told."""

import math
from dataclasses import dataclass
from typing import Final

from scipy.special import ndtri

_Z95, _Z99 = float(ndtri(0.95)), float(ndtri(0.99))
TYPICAL_SIGMA: Final = 0.8
"""Standard deviation of ln length where only a mean is known, of requests as of training data (DOMAIN T-1.21) [E]."""


@dataclass(frozen=True, slots=True)
class TokenLengths:
    """Tokens of a request or of an answer; NaN where nobody knows."""

    mean: float
    p50: float
    p95: float
    p99: float
    most: float
    """Longest; NaN unless it was seen in a log or told."""

    @classmethod
    def told(cls, mean: float, p95: float | None = None, most: float = math.nan) -> "TokenLengths":
        """Lengths that are lognormal through a mean and a 95th percentile, in tokens.

        With sigma the standard deviation of ln length, the quantile at z is mean·exp(z·sigma − sigma²/2). Hence
        sigma = z95 − √(z95² − 2·ln(p95/mean)), the smaller root; above p95/mean = exp(z95²/2) = 3.87 there is none,
        and sigma stays at z95. Without a p95, sigma is 0.8 (DOMAIN T-1.21).
        """
        sigma = TYPICAL_SIGMA if p95 is None else lognormal_sigma(mean, p95)
        p50, p99 = (mean * math.exp(z * sigma - sigma**2 / 2) for z in (0.0, _Z99))
        return cls(mean, p50, mean * math.exp(_Z95 * sigma - sigma**2 / 2) if p95 is None else p95, p99, most)

    @classmethod
    def unknown(cls) -> "TokenLengths":
        """Lengths that nobody knows."""
        return cls(math.nan, math.nan, math.nan, math.nan, math.nan)

    @property
    def sigma(self) -> float:
        """Standard deviation of ln length of the lognormal distribution through mean and p95."""
        return lognormal_sigma(self.mean, self.p95)


def lognormal_sigma(mean: float, p95: float) -> float:
    """Standard deviation of ln length of the lognormal with this mean and 95th percentile, as `told` has it."""
    if math.isnan(mean) or math.isnan(p95):
        return math.nan
    return _Z95 - math.sqrt(max(0.0, _Z95**2 - 2 * math.log(max(p95 / mean, 1.0))))
