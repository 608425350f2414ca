"""What rates that depend on the time do to a price, in words."""

from typing import Final

from planner.outcome.configuration import TimedPrice
from planner.units import share_text, usd

LEAST: Final = 5e-4
"""Share of a price that its texts round to nothing."""


def timed_text(found: TimedPrice) -> str:
    """`30 % off on sat, sun UTC: 8.6 % less than at one price, averaged over all starts; from sat 00:00 UTC $40.10 …`.

    Words of users stay as they are; whoever shows them to a browser cleans them.
    """
    off = found.share_off
    change = "" if off is None else f"{_against_one_price(off)}, "
    if found.taken == "best":
        ends = f"the deadline counts from there; worst {usd(found.worst_cost_usd)}, from {found.worst_start}"
    else:
        best = f"from {found.best_start} {usd(found.best_cost_usd)} (best)"
        ends = f"{best}, from {found.worst_start} {usd(found.worst_cost_usd)} (worst)"
    return f"{found.plan}: {change}{start_text(found)}; {ends}"


def start_text(found: TimedPrice) -> str:
    """Which start the cost is of."""
    if found.taken == "mean":
        return "averaged over all starts"
    if found.taken == "best":
        return f"from {found.start}, the best start"
    return f"starting {found.start}"


def _against_one_price(off: float) -> str:
    if abs(off) < LEAST:
        return "as at one price"
    return f"{share_text(abs(off), 1)} {'less' if off > 0 else 'more'} than at one price"
