"""Amounts printed to the cent that add up to a total printed to the cent."""

from collections.abc import Sequence
from decimal import Decimal

from planner.spend.attribution.cents import CENT, to_cents


def in_cents(values_usd: Sequence[float], total_usd: float) -> list[float]:
    """The values in whole cents, which make the total in whole cents, as statements are rounded.

    Values that miss the total by a cent or more are rounded alone: what does not add up is shown so.
    """
    try:
        return [float(value) for value in to_cents(values_usd, Decimal(total_usd).quantize(CENT))]
    except ValueError:
        return [round(value, 2) for value in values_usd]
