"""What is known of how often spot machines are taken away: a row of `spot_rates.csv`."""

import math
from dataclasses import dataclass
from typing import Final

from planner.units import Z90

WAIT_HOURS: Final = 1.0
"""Wait for capacity after a preemption where no row says; 0.8 to 3.6 h on average in public AWS traces (DOMAIN 5.3)
[E]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotRate:
    """Preemptions per running hour of the spot machines of a provider, as narrow as its source is."""

    provider: str
    region: str
    """Empty: any region."""
    gpu: str
    """Id of the card; empty: any card."""
    gpu_count: int
    """Cards of the machine; 0: any number."""
    low: float
    """5 % quantile of the rate."""
    per_hour: float
    """Expected preemptions per running hour."""
    high: float
    """95 % quantile of the rate."""
    wait_hours: float
    """Mean wait for another machine; NaN unknown."""
    availability: float
    """Share of the time that a machine was to be had; NaN unknown."""
    confidence: str
    """medium (measured on this very machine) or low (measured on another, or derived)."""
    as_of: str
    source: str

    @property
    def cv(self) -> float:
        """Coefficient of variation of the rate, taken as lognormal between its quantiles."""
        return math.sqrt(math.expm1((math.log(self.high / self.low) / (2.0 * Z90)) ** 2))

    @property
    def whole_provider(self) -> bool:
        """Whether it is true of every machine of the provider."""
        return not (self.region or self.gpu or self.gpu_count)

    @property
    def gamma(self) -> tuple[float, float]:
        """Shape, and hours, of the Gamma prior with this mean and variation: what a user's history updates."""
        shape = self.cv**-2
        return shape, shape / self.per_hour
