"""Prices over time as text: a rate, a change, and a course as a line of bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

BARS: Final = "▁▂▃▄▅▆▇█"
PLAIN_BARS: Final = "_.-:=+*#"
"""The same in ASCII, for terminals that cannot show more."""
NO_BAR: Final = " "


def course(values: Sequence[float], unicode: bool) -> str:
    """A line of bars from lowest to highest, one for each value; a blank where a value is not known."""
    bars = BARS if unicode else PLAIN_BARS
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return ""
    low, high = min(known), max(known)
    steps = len(bars) - 1
    return "".join(
        NO_BAR
        if math.isnan(value)
        else bars[steps // 2]
        if high <= low
        else bars[round(steps * (value - low) / (high - low))]
        for value in values
    )


def change_text(change: float | None) -> str:
    """A relative change: `+4.0 %`, or `unknown`."""
    return "unknown" if change is None or math.isnan(change) else f"{100 * change:+.1f} %"


def rate_text(usd_per_hour: float | None) -> str:
    """A price per hour, to a tenth of a cent below one dollar."""
    if usd_per_hour is None or math.isnan(usd_per_hour):
        return "unknown"
    return f"{usd_per_hour:,.3f}" if usd_per_hour < 1 else f"{usd_per_hour:,.2f}"
