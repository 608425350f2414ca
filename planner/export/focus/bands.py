"""A cost's total and band laid on its parts."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from planner.errors import InputError
from planner.export.focus.charges import Charge
from planner.export.focus.periods import apportion
from planner.outcome.configuration import Figure


def with_band(charges: Sequence[Charge], usd: float, lo_usd: Figure, hi_usd: Figure) -> list[Charge]:
    """The charges with amounts that make exactly `usd`, and bounds that make the band.

    Every part gets the part of the band that it has of the cost: bounds of one plan move together, so that they add
    up; those of several plans do not. Raises InputError for a cost without parts, which would be lost.
    """
    if usd and not charges:
        message = "a cost that no part makes; plan the scenario again"
        raise InputError(message)
    weights = [charge.usd for charge in charges]

    def split(total: Figure) -> Sequence[Decimal | None]:
        return [None] * len(charges) if total is None else apportion(total, weights)

    parts = zip(charges, apportion(usd, weights), split(lo_usd), split(hi_usd), strict=True) if charges else ()
    return [replace(charge, usd=amount, lo_usd=low, hi_usd=high) for charge, amount, low, high in parts]
