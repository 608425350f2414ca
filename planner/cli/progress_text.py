"""What progress says: in one line of a given width, or in words for a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from planner.units import compact, significant

if TYPE_CHECKING:
    from planner.choose.progress import Tick

BARS: Final = (24, 12)
"""Columns of a bar, widest first; narrow terminals get none."""
NAMES: Final = 4
"""Running scenarios that are named."""


def tick_line(name: str, tick: Tick, rate: float, volume: float | None, width: int) -> str:
    """A search in at most `width` columns: what matters least is left out first."""
    share = tick.done / tick.total if tick.total > 0 else 0.0
    front = f"front {tick.front:,}"
    worth = "" if volume is None else f"hypervolume {significant(volume, 4)}"
    return _fitting(f"{name} {tick.stage}", share, [f"{compact(rate)} combinations/s", front, worth], width)


def tick_words(name: str, tick: Tick, rate: float, volume: float | None) -> str:
    """A search in a line of a log."""
    share = f" ({tick.done / tick.total:.0%})" if tick.total > 0 else ""
    worth = "" if volume is None else f", hypervolume {significant(volume, 4)}"
    return (
        f"{name}: {tick.stage}, {tick.done:,} of {tick.total:,} combinations{share}, {compact(rate)} combinations/s, "
        f"front {tick.front:,}{worth}"
    )


def batch_line(done: int, total: int, failed: int, running: Sequence[str], width: int) -> str:
    """A batch in at most `width` columns."""
    parts = [f"{failed} failed" if failed else "", f"now {_names(running)}" if running else ""]
    return _fitting(f"{done} of {total}", done / total, parts, width)


def batch_words(done: int, total: int, failed: int, running: Sequence[str]) -> str:
    """A batch in a line of a log."""
    broken = f", {failed} failed" if failed else ""
    return f"{done} of {total} scenarios done{broken}" + (f"; now {_names(running)}" if running else "")


def _names(running: Sequence[str]) -> str:
    more = f" and {len(running) - NAMES} more" if len(running) > NAMES else ""
    return ", ".join(running[:NAMES]) + more


def _fitting(head: str, share: float, parts: Sequence[str], width: int) -> str:
    """Head, bar, share and parts; without the last parts, then without a bar, then cut, where there is no room."""
    told = [part for part in parts if part]
    for count in range(len(told), -1, -1):
        for size in BARS if count == len(told) else BARS[1:]:
            filled = min(size, max(0, int(size * share)))
            line = ", ".join([f"{head} [{'#' * filled}{'-' * (size - filled)}] {share:4.0%}", *told[:count]])
            if len(line) <= width:
                return line
    return f"{head} {share:.0%}"[: max(width, 0)]
