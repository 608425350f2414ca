"""Amounts printed to the cent that add up to a total printed to the cent."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Final

_CENT: Final = Decimal("0.01")


def to_cents(values_usd: Sequence[float], total_usd: float) -> list[float]:
    """The values in whole cents, which make the total in whole cents: largest remainder first.

    Source: Hamilton's method of largest remainders (Balinski and Young, Fair Representation, 1982). Values that miss
    the total by a cent or more for each of them are rounded alone: what does not add up is shown so.
    """
    total = round(Decimal(repr(total_usd)), 2)
    exact = [Decimal(repr(value)) for value in values_usd]
    floors = [value.quantize(_CENT, ROUND_FLOOR) for value in exact]
    missing = int((total - sum(floors, Decimal(0))) / _CENT)
    if not 0 <= missing <= len(floors):
        return [float(round(value, 2)) for value in exact]
    order = sorted(range(len(floors)), key=lambda at: (floors[at] - exact[at], at))
    for at in order[:missing]:
        floors[at] += _CENT
    return [float(value) for value in floors]
