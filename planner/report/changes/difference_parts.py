"""A change and its parts in one rounding: what is told of them adds up, and fits the two sides beside it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeGuard

from planner.outcome import Delta

PARTS: Final = ("planner", "prices", "scenario")
"""What a change is split into, in the order in which one is moved after the other."""
NOTHING: Final = "0"
NEARLY_NOTHING: Final = "about 0"
"""A change that is there, and too small for the digits told."""
_DUST: Final = 1e-9
"""Share of the figures up to which a difference of them is only what floating point leaves."""
_FAR: Final = 1e15
"""No figure of a plan is that large; a file from outside may say so."""


@dataclass(frozen=True, slots=True)
class _Step:
    """The smallest difference that a text shows, the same as the formatters in `planner.units` choose."""

    factor: float = 1.0
    """What one unit of the text is in the figure's own unit."""
    digits: int = 2
    start: str = ""
    end: str = ""

    @property
    def size(self) -> float:
        return float(self.factor * 10.0**-self.digits)

    def count(self, value: float) -> int:
        """How many steps the text of `value` shows."""
        return round(float(f"{value / self.factor:.{self.digits}f}") * 10.0**self.digits)

    def text(self, count: int) -> str:
        sign = "-" if count < 0 else "+" if count > 0 else ""
        return f"{sign}{self.start}{abs(count) / 10**self.digits:,.{self.digits}f}{self.end}"


_CENTS: Final = _Step(start="$")
_DOLLARS: Final = _Step(digits=0, start="$")
_TIMES: Final = (
    (1 / 60, _Step(1 / 3600, 0, end=" s")),
    (1.0, _Step(1 / 60, 0, end=" min")),
    (72.0, _Step(1.0, 1, end=" h")),
    (math.inf, _Step(24.0, 1, end=" days")),
)
"""Hours below which each is told."""
_LATENCIES: Final = (
    (0.00995, _Step(1e-3, 1, end=" ms")),
    (0.9995, _Step(1e-3, 0, end=" ms")),
    (10.0, _Step(1.0, 2, end=" s")),
    (120.0, _Step(1.0, 1, end=" s")),
    (math.inf, _Step(60.0, 1, end=" min")),
)
"""Seconds below which each is told."""
_MONEY: Final = ("cost_usd", "cost_usd_per_month")


def changes(figure: str, delta: Delta) -> Mapping[str, str]:
    """What each of `PARTS`, and `total`, contributed, signed: `+$1.06`, `0`, `unknown`; what is known adds up."""
    larger = max((abs(end) for end in (delta.before, delta.after) if _is_known(end)), default=0.0)
    values = {name: getattr(delta, name) for name in (*PARTS, "total")}
    known = {name: value for name, value in values.items() if _is_known(value)}
    told = dict.fromkeys(values, "unknown")
    dust = _DUST * max(larger, *(abs(value) for value in known.values()), 0.0) if known else 0.0
    moved = {name: value for name, value in known.items() if abs(value) > dust}
    told |= dict.fromkeys(known, NOTHING)
    if not moved:
        return told
    step, counts = _counts(figure, delta, moved, larger, dust)
    return told | {name: step.text(count) if count else NEARLY_NOTHING for name, count in counts.items()}


def _counts(
    figure: str, delta: Delta, moved: dict[str, float], larger: float, dust: float
) -> tuple[_Step, dict[str, int]]:  # fmt: skip
    """Every value that is not nothing, in steps."""
    if "total" not in moved:
        step = _of_change(figure, max(moved.values(), key=abs), larger)
        parts, target = moved, 0
        whole = 0.0 if _is_known(delta.total) else None
    else:
        step, target = _whole(figure, delta, moved["total"], larger)
        parts = {name: value for name, value in moved.items() if name != "total"}
        whole = moved["total"]
    if whole is None or abs(math.fsum(parts.values()) - whole) > max(dust, step.size * 1e-3) or not parts:
        counts = {name: step.count(value) for name, value in parts.items()}
    else:
        counts = _allotted({name: value / step.size for name, value in parts.items()}, target)
    return step, counts | ({"total": target} if "total" in moved else {})


def _whole(figure: str, delta: Delta, total: float, larger: float) -> tuple[_Step, int]:
    """The whole change in steps; where both sides are told as finely, the difference of what is told of them."""
    step = _of_change(figure, total, larger)
    before, after = delta.before, delta.after
    alike = _is_known(before) and _is_known(after) and _of(figure, before) == step == _of(figure, after)
    if alike and before is not None and after is not None:
        return step, step.count(after) - step.count(before)
    return step, step.count(total)


def _allotted(shares: dict[str, float], target: int) -> dict[str, int]:
    """Whole numbers next to `shares` that add up to `target`: what is left goes where rounding down took most."""
    counts = {name: math.floor(share) for name, share in shares.items()}
    left = target - sum(counts.values())
    order = sorted(shares, key=lambda name: counts[name] - shares[name], reverse=left < 0)
    for i in range(abs(left)):
        counts[order[i % len(order)]] += 1 if left > 0 else -1
    return counts


def _of_change(figure: str, change: float, larger: float) -> _Step:
    """The step of a change: of money to the dollar where what it stands beside is."""
    if figure not in _MONEY:
        return _of(figure, change)
    return _DOLLARS if larger >= 100 and abs(change) >= 1 else _CENTS


def _of(figure: str, value: float) -> _Step:
    """The step of a figure alone."""
    if figure in _MONEY:
        return _CENTS if abs(value) < 100 else _DOLLARS
    if figure == "hours":
        return next(step for below, step in _TIMES if abs(value) < below)
    if figure == "latency_s":
        return next(step for below, step in _LATENCIES if abs(value) < below)
    digits = max(0, 1 - math.floor(math.log10(abs(value)))) if value else 0
    return _Step(digits=min(digits, 12), end=" kg" if figure.startswith("carbon_kg") else "")


def _is_known(value: float | None) -> TypeGuard[float]:
    """Whether it is a number that can be told; a file from outside may hold any."""
    return value is not None and math.isfinite(value) and abs(value) < _FAR
