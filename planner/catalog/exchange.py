"""What one unit of a currency is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

TENFOLD: Final = 10.0
"""A rate that is so many times another, or so small a part of it, is a slip."""


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


def rate_slip(code: str, given: float, rates: Mapping[str, Rate]) -> str:
    """What to say of a rate that is ten times the dated one of the catalog, or a tenth of it; empty of any other."""
    known = rates.get(code)
    if known is None or known.usd_per_unit / TENFOLD < given < known.usd_per_unit * TENFOLD:
        return ""
    inverse = 1 / given
    near = known.usd_per_unit / TENFOLD < inverse < known.usd_per_unit * TENFOLD
    turned = f"; write USD for one {code}, not {code} for one USD" if near else ""
    return (
        f"one {code} is {given:g} USD here and was {known.usd_per_unit:g} USD on {known.as_of} ({known.source}){turned}"
    )
