"""What stacked bars show beyond their parts: what stays free below a limit, and the bands of the totals."""

from collections.abc import Sequence
from typing import Final

from planner.report.data.bars import Bar
from planner.report.names import listed
from planner.units import gib

WIDE: Final = 5.0
"""Where totals differ by more than this factor, bars show shares, or the short ones could not be read."""


def in_shares(bars: Sequence[Bar]) -> bool:
    """Whether these bars are drawn as shares of their totals; those with a limit never are."""
    totals = [bar.total_value for bar in bars if bar.total_value > 0]
    return bool(totals) and max(totals) > WIDE * min(totals) and not any(bar.limit for bar in bars)


def free_text(bar: Bar) -> str:
    """What stays free below the limit of a bar, or how much it is too long."""
    left = (bar.limit or 0.0) - bar.total_value
    return f"{gib(left)} free" if left >= 0 else f"{gib(-left)} too much"


def bars_note(bars: Sequence[Bar]) -> str:
    """How to read the frames and the lines under the bars, where there are any; and whose band reaches too far."""
    told = []
    if any(bar.limit and bar.limit > bar.total_value for bar in bars):
        told.append("The dashed frame is what stays free.")
    banded = [bar for bar in bars if bar.low is not None and bar.high is not None]
    if banded and not in_shares(bars):
        told.append("The line under a bar is the 90 % band of its total.")
        over = [bar.name for bar in banded if bar.limit and (bar.high or 0.0) > bar.limit >= bar.total_value]
        if over:
            whose = "all of them" if len(over) == len(bars) > 1 else listed(over)
            told.append(f"Where it passes the upright line the job may run out of memory: {whose}.")
    return " ".join(told)
