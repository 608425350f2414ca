"""Amounts in cents that still make their sum."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from typing import Final

CENT: Final = Decimal("0.01")
_NANO: Final = Decimal("0.000000001")
_LARGEST: Final = 1e19
"""USD: what the tables of a review can hold."""


def to_cents(amounts: Sequence[float], total: Decimal | None = None) -> list[Decimal]:
    """Amounts in USD, rounded to cents so that they make `total`: by default their own sum, rounded half to even.

    Largest remainder (Hare and Niemeyer; Balinski and Young, Fair Representation, 1982): every amount is rounded down,
    and the cents that are left go to those that lost most; of equals the first. No amount is moved by a cent or more.
    Give a statement's lines the total that the statement itself was rounded to.

    Raises ValueError for an amount that is unknown or past 1e19, and for a total that is a cent or more from the sum.
    """
    if not all(abs(amount) <= _LARGEST for amount in amounts):
        message = "an amount that is unknown, or past all amounts, cannot be rounded to cents"
        raise ValueError(message)
    with localcontext(prec=60):
        exact = [Decimal(amount).quantize(_NANO) for amount in amounts]
        whole = sum(exact, Decimal(0))
        wanted = whole.quantize(CENT, ROUND_HALF_EVEN) if total is None else total
        if abs(wanted - whole) >= CENT:
            message = f"{wanted} is not {whole} in cents"
            raise ValueError(message)
        rounded = [amount.quantize(CENT, ROUND_FLOOR) for amount in exact]
        left = int((wanted - sum(rounded, Decimal(0))) / CENT)
        by_loss = sorted(range(len(exact)), key=lambda at: (rounded[at] - exact[at], at))
        for at in by_loss[:left]:
            rounded[at] += CENT
        return rounded
