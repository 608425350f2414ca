"""Figures and their changes as people read them, the same in a comment, on a terminal and on a page."""

import math
from collections.abc import Callable, Mapping
from typing import Final

from planner.outcome import Configuration, Delta
from planner.outcome.difference_words import percent
from planner.report.rows import band_text, quality_text
from planner.units import duration, kilograms, significant, usd

NAMES: Final[Mapping[str, str]] = {"cost_usd": "cost", "hours": "time", "quality": "quality q", "carbon_kg": "CO2e"}
SAY: Final[Mapping[str, Callable[[float | None], str]]] = {
    "cost_usd": usd, "hours": duration, "quality": quality_text, "carbon_kg": kilograms,
}  # fmt: skip
PARTS: Final = ("planner", "prices", "scenario")
"""What a change is split into, in the order in which one is moved after the other."""
NO_LOCK: Final = "unknown, as the base has no lock that says what an earlier planner found"


def signed_usd(change: float | None, beside: float | None = None) -> str:
    """`+$48`, `-$0.30`: to the dollar where the money it stands beside is told to the dollar."""
    if change is None or math.isnan(change):
        return "unknown"
    whole = beside is not None and abs(beside) >= 100 and (abs(change) >= 1 or change == 0)
    text = f"${abs(change):,.0f}" if whole else usd(abs(change))
    return f"{_sign(change, text)}{text}"


def signed(figure: str, change: float | None, beside: float | None = None) -> str:
    """A change of a figure with its sign and unit."""
    if change is None or math.isnan(change):
        return "unknown"
    if figure == "cost_usd":
        return signed_usd(change, beside)
    text = significant(abs(change), 2) if figure == "quality" else SAY[figure](abs(change))
    return f"{_sign(change, text)}{text}"


def signed_percent(before: float | None, after: float | None) -> str:
    """`+29 %`; empty where there is nothing to compare with."""
    if before is None or after is None or before <= 0:
        return ""
    share = after / before - 1
    if abs(share) > 9.995:
        return f"×{significant(after / before, 2)}"
    text = percent(abs(share))
    return f"{_sign(share, text)}{text}"


def way_text(figure: str, delta: Delta) -> str:
    """`$164 → $212 (+$48, +29 %)`; of an added or removed scenario the one side there is."""
    say = SAY[figure]
    if delta.before is None or delta.after is None:
        return f"{say(delta.before)} → {say(delta.after)}"
    if delta.before == delta.after:
        return f"{say(delta.after)}, as before"
    changes = [signed(figure, delta.total, _larger(delta)), signed_percent(delta.before, delta.after)]
    return f"{say(delta.before)} → {say(delta.after)} ({', '.join(text for text in changes if text)})"


def change_text(figure: str, delta: Delta | None) -> str:
    """`+$48, +29 %`: the change alone."""
    if delta is None or delta.total is None:
        return "unknown"
    if delta.total == 0:
        return "same"
    share = signed_percent(delta.before, delta.after)
    return ", ".join(text for text in (signed(figure, delta.total, _larger(delta)), share) if text)


def part_text(figure: str, delta: Delta, part: str) -> str:
    """What one of `PARTS`, or `total`, contributed."""
    if getattr(delta, part) == 0:
        return "0"
    return signed(figure, getattr(delta, part), _larger(delta))


def band(figure: str, configuration: Configuration | None) -> str:
    """The 90 % band of a figure; empty where it is unknown."""
    if configuration is None:
        return ""
    low, high = getattr(configuration, f"{figure}_lo"), getattr(configuration, f"{figure}_hi")
    known = getattr(configuration, figure) is not None and low is not None and high is not None
    return band_text(SAY[figure](low), SAY[figure](high)) if known and low != high else ""


def noise_text(figure: str, delta: Delta) -> str:
    """Whether the two sides can be told apart, in words; empty where they can and nobody says how surely."""
    name = NAMES[figure]
    chance = "" if delta.chance_higher is None else f"really higher with a chance of {percent(delta.chance_higher)}"
    if delta.within_noise:
        return f"{name}: inside the noise" + (f" ({chance})" if chance else "")
    return f"{name}: {chance}" if chance else ""


def _larger(delta: Delta) -> float:
    return max(abs(delta.before or 0), abs(delta.after or 0))


def _sign(change: float, text: str) -> str:
    nothing = not any(digit in text for digit in "123456789")
    return "" if nothing else "+" if change > 0 else "-"
