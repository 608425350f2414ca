"""A front before and after, and a budget, as small SVG: numbers only, so that nothing foreign gets into the markup."""

import math
from collections.abc import Callable, Sequence
from typing import Final

from planner.outcome import BudgetState, FrontMove
from planner.report.changes.comment_chart import Point, axis_names, is_served, is_wide, known_points
from planner.units import duration, seconds, usd

WIDTH: Final = 520
HEIGHT: Final = 230
LEFT: Final = 64
RIGHT: Final = 30
TOP: Final = 24
BOTTOM: Final = 46
_BAR: Final = 400


def front_svg(front: FrontMove) -> str:
    """Cost against time: hollow marks before, full ones after; empty where nothing is known of either side."""
    before, after = known_points(front.before_points), known_points(front.after_points)
    if not before and not after:
        return ""
    costs, times = zip(*(before + after), strict=True)
    cost, time = axis_names(front)
    told = seconds if is_served(front) else duration
    across, up = _axis(costs, LEFT, WIDTH - RIGHT), _axis(times, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{cost.capitalize()} and {time} of the front, '
        f'{_count(before)} before, {_count(after)} after">',
        f'<path class="axis" d="M{LEFT} {TOP - 8}V{HEIGHT - BOTTOM + 8}H{WIDTH - RIGHT + 8}"/>',
    ]
    for value in _ticks(costs):
        x = across(value)
        parts.append(f'<path class="grid" d="M{x:.1f} {TOP - 8}V{HEIGHT - BOTTOM + 8}"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 24}" text-anchor="middle">{usd(value)}</text>')
    for value in _ticks(times):
        y = up(value)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT + 8}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{told(value)}</text>')
    parts.append(
        f'<text class="name" x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" text-anchor="end">{_name(cost, costs)}</text>'
    )
    parts.append(f'<text class="name" x="4" y="12">{_name(time, times)}</text>')
    parts += [f'<circle class="after" cx="{across(x):.1f}" cy="{up(y):.1f}" r="4"/>' for x, y in after]
    parts += [f'<circle class="before" cx="{across(x):.1f}" cy="{up(y):.1f}" r="6.5"/>' for x, y in before]
    return "".join([*parts, "</svg>"])


def budget_svg(budget: BudgetState) -> str:
    """What is spent and what this adds, with a line at the limit; empty where the spending is unknown."""
    if budget.share is None or budget.share_before is None:
        return ""
    whole = max(1.0, budget.share) * 1.02
    spent, after, limit = (max(0.0, share) / whole * _BAR for share in (budget.share_before, budget.share, 1.0))
    return (
        f'<svg viewBox="0 0 {_BAR} 18" role="img" aria-label="{budget.share * 100:.0f} % of the budget">'
        f'<rect class="free" x="0" y="4" width="{limit:.1f}" height="10"/>'
        f'<rect class="spent" x="0" y="4" width="{spent:.1f}" height="10"/>'
        f'<rect class="planned" x="{spent:.1f}" y="4" width="{max(0.0, after - spent):.1f}" height="10"/>'
        f'<path class="limit" d="M{limit:.1f} 0V18"/></svg>'
    )


def _axis(values: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    """Value → its place between `start` and `end`."""
    scale = math.log if is_wide(values) else float
    low, high = scale(min(values)), scale(max(values))

    def at(value: float) -> float:
        return start + (scale(value) - low) / (high - low) * (end - start) if high > low else (start + end) / 2

    return at


def _ticks(values: Sequence[float]) -> list[float]:
    """Both ends and the middle, as far as they differ."""
    low, high = min(values), max(values)
    if low == high:
        return [low]
    return [low, math.sqrt(low * high) if is_wide(values) else (low + high) / 2, high]


def _name(word: str, values: Sequence[float]) -> str:
    return f"{word}, logarithmic" if is_wide(values) else word


def _count(points: list[Point]) -> str:
    return "1 point" if len(points) == 1 else f"{len(points)} points"
