"""What rates that depend on the time do to a price, in words."""

from typing import Final

from planner.outcome.configuration import TimedPrice
from planner.units import share_text, usd

LEAST: Final = 5e-4
"""Share of a price that its texts round to nothing."""


def timed_text(found: TimedPrice) -> str:
    """`30 % off on sat, sun UTC: 22.0 % less than at one price, from the best start, sat 00:00 UTC; $40.10 from …`.

    Words of users stay as they are; whoever shows them to a browser cleans them.
    """
    off = found.share_off
    change = "" if off is None else f"{_against_one_price(off)}, "
    if found.given:
        best = f"{usd(found.best_cost_usd)} from the best start, {found.best_start}"
        told = f"{change}starting {found.start}; {best}"
    else:
        told = f"{change}from the best start, {found.start}"
    return f"{found.plan}: {told}; {usd(found.worst_cost_usd)} from the worst, {found.worst_start}"


def _against_one_price(off: float) -> str:
    if abs(off) < LEAST:
        return "as at one price"
    return f"{share_text(abs(off), 1)} {'less' if off > 0 else 'more'} than at one price"
