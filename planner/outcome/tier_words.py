"""What a commitment asks for, in words."""

from planner.outcome.configuration import Commitment
from planner.units import share_text, usd


def commitment_text(found: Commitment) -> str:
    """`$2.21/h for every hour committed, 70 % of them used; pays above 63 %`."""
    price = (
        f"{usd(found.usd_per_committed_hour)}/h for every hour committed, {share_text(found.utilisation)} of them used"
    )
    even = found.break_even_utilisation
    if even is None:
        pays = "not offered on demand to compare with"
    else:
        pays = f"pays above {share_text(even)}" if even <= 1 else "never cheaper than on demand"
    return f"{price}; {pays}" + ("; derived from a typical discount" if found.derived else "")
