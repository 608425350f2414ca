"""What one unit of a currency is worth."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency is worth in USD, the canonical unit."""

    currency: str
    """ISO 4217 code."""
    usd_per_unit: float
    as_of: str
    """Date of the rate."""
    source: str


def usd_per_unit(rates: Mapping[str, Rate]) -> dict[str, float]:
    """USD per unit of each currency, by code."""
    return {code: rate.usd_per_unit for code, rate in rates.items()}
