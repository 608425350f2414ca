"""How each swept setting moves the default decision, and what the front holds of each value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from planner.outcome import Configuration, Plan
from planner.outcome.impact import AxisTrial, Impact
from planner.outcome.settings_words import setting_words, value_words
from planner.report.names import clean, listed, plural, shorten
from planner.units import duration, gib, significant, usd

MOVES_Q: Final = 0.01
"""Difference in q below which none is worth telling: the least that advice lists."""
PAPER_ROWS: Final = 60


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """One axis at one value."""

    axis: str
    value: str
    own: bool
    """Whether the decision has this value."""
    cost: str
    cost_note: str
    """Against the decision: `+44 %`; empty for its own value, and where it does not run."""
    hours: str
    hours_note: str
    quality: str
    quality_note: str
    memory: str
    stopped: str
    """What stops it or which limit it breaks; empty where it may be run."""
    points: str
    """Points of the front with this value."""
    cheapest: str
    """Lowest cost among these; empty where there is none."""
    fastest: str
    best: str


@dataclass(frozen=True, slots=True)
class ImpactDot:
    """One axis at one value on the charts, against the decision."""

    axis: str
    """The axis and the decision's own value: `epochs 1`."""
    value: str
    cost: float | None
    """Relative change: 0.44 for 44 % more."""
    hours: float | None
    quality: float | None
    """Change of q."""
    allowed: bool


@dataclass(frozen=True, slots=True)
class ImpactTable:
    """All axes of a plan; empty for a plan that sweeps none."""

    decision: str = ""
    rows: tuple[ImpactRow, ...] = ()
    on_paper: tuple[ImpactRow, ...] = ()
    paper_rule: str = ""
    """Which rows these are; empty where they are all."""
    dots: tuple[ImpactDot, ...] = ()
    """Without the decision itself, which is at 0."""
    text: str = ""
    """Which axis matters most, in sentences."""
    left_out: str = ""
    """Axes that mean nothing to the decision; empty where there are none."""


def impact_table(plan: Plan) -> ImpactTable:
    """What each axis of a plan does."""
    found = plan.impact
    own = None if found is None else next((t for t in found.trials if t.own), None)
    if found is None or own is None:
        return ImpactTable()
    held = _held(plan.front, found.trials)
    rows = tuple(_row(t, own, held[place]) for place, t in enumerate(found.trials))
    paper = rows if len(rows) <= PAPER_ROWS else _ends(rows)[:PAPER_ROWS]
    rule = (
        f"On paper stand {len(paper)} of {plural(len(rows), 'row')}: both ends of every axis, and the value that the "
        f"{clean(found.decision)} has."
    )
    return ImpactTable(
        decision=clean(found.decision),
        rows=rows,
        on_paper=paper,
        paper_rule=rule if len(paper) < len(rows) else "",
        dots=tuple(_dots(found)),
        text=_text(found),
        left_out=_left_out(found),
    )


def _held(front: Sequence[Configuration], trials: Sequence[AxisTrial]) -> list[list[Configuration]]:
    """For each trial the front points whose value of the axis is nearest to its own; a word's must be the same."""
    held: list[list[Configuration]] = [[] for _ in trials]
    for path in dict.fromkeys(t.axis for t in trials):
        places = [i for i, t in enumerate(trials) if t.axis == path]
        for c in front:
            value = c.axes.get(path)
            if value is not None and (near := _nearest(value, places, trials)) is not None:
                held[near].append(c)
    return held


def _nearest(value: Any, places: list[int], trials: Sequence[AxisTrial]) -> int | None:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | float):
        return next((i for i in places if trials[i].value == value), None)
    numbers = [i for i in places if isinstance(trials[i].value, int | float)]
    return min(numbers, key=lambda i: (abs(trials[i].value - value), i), default=None)


def _row(t: AxisTrial, own: AxisTrial, held: list[Configuration]) -> ImpactRow:
    costs = [c.cost_usd for c in held if c.cost_usd is not None]
    hours = [c.hours for c in held if c.hours is not None]
    quality = [c.quality for c in held if c.quality is not None]
    return ImpactRow(
        axis=_name(t.axis),
        value=shorten(value_words(t.value), 40),
        own=t.own,
        cost=_told(t, usd(t.cost_usd)),
        cost_note=_share(_change(t.cost_usd, own.cost_usd), own=t.own),
        hours=_told(t, duration(t.hours)),
        hours_note=_share(_change(t.hours, own.hours), own=t.own),
        quality=_told(t, "unknown" if t.quality is None else f"{t.quality:.3f}"),
        quality_note="" if t.own else _difference(t.quality, own.quality),
        memory=gib(t.memory_gib),
        stopped=clean(t.stopped_by),
        points=f"{len(held):,}",
        cheapest=usd(min(costs)) if costs else "",
        fastest=duration(min(hours)) if hours else "",
        best=f"{max(quality):.3f}" if quality else "",
    )


def _told(t: AxisTrial, text: str) -> str:
    """A figure; empty where the combination does not run, which is told once."""
    return "" if t.cost_usd is None and t.hours is None and t.stopped_by else text


def _name(path: str) -> str:
    """`dataset.share` → `data share`, as a configuration's settings are told."""
    return shorten(setting_words(path, "").strip(), 40)


def _change(value: float | None, own: float | None) -> float | None:
    return None if value is None or own is None or own <= 0 else value / own - 1.0


def _share(change: float | None, *, own: bool) -> str:
    if change is None or own:
        return ""
    return "same" if abs(change) < 0.0005 else f"{'+' if change > 0 else '-'}{significant(abs(100 * change), 2)} %"


def _difference(value: float | None, own: float | None) -> str:
    if value is None or own is None:
        return ""
    return "same" if abs(value - own) < 0.0005 else f"{value - own:+.3f}"


def _dots(found: Impact) -> list[ImpactDot]:
    own = {t.axis: t for t in found.trials if t.own}
    dots = []
    for t in found.trials:
        mine = own.get(t.axis)
        if t.own or mine is None:
            continue
        gap = None if t.quality is None or mine.quality is None else t.quality - mine.quality
        dots.append(
            ImpactDot(
                axis=shorten(setting_words(t.axis, mine.value), 40),
                value=shorten(value_words(t.value), 20),
                cost=_change(t.cost_usd, mine.cost_usd),
                hours=_change(t.hours, mine.hours),
                quality=gap,
                allowed=not t.stopped_by,
            )
        )
    return [dot for dot in dots if dot.cost is not None or dot.hours is not None or dot.quality is not None]


def _text(found: Impact) -> str:
    """The axis that moves the cost of the decision most, and whether any moves its quality."""
    by_axis = {
        path: [t for t in found.trials if t.axis == path] for path in dict.fromkeys(t.axis for t in found.trials)
    }
    spans = {path: span for path, trials in by_axis.items() if (span := _span(trials)) is not None}
    name = clean(found.decision)
    if not spans:
        others = [t for t in found.trials if not t.own]
        if any(t.hours is not None or not t.stopped_by for t in others):
            return f"The cost of the {name} is not known at other values of the swept settings. {_quality(by_axis)}"
        if not others:
            return f"Every swept setting has one value, that of the {name}."
        return f"No swept setting could be moved: with another value of any, the {name} does not run."
    top = max(spans, key=lambda path: (spans[path], path))
    trials = sorted((t for t in by_axis[top] if t.cost_usd), key=lambda t: t.cost_usd or 0.0)
    low, high = trials[0], trials[-1]
    if spans[top] < 1.0005:
        return f"No swept setting moves the cost of the {name}. {_quality(by_axis)}"
    told = (
        f"Of {plural(len(by_axis), 'swept setting')}, {_name(top)} moves the cost of the {name} most: from "
        f"{shorten(value_words(low.value), 40)} to {shorten(value_words(high.value), 40)} it costs {usd(low.cost_usd)} "
        f"to {usd(high.cost_usd)} and takes {duration(low.hours)} to {duration(high.hours)}."
    )
    return f"{told} {_quality(by_axis)}{_stops(found)}"


def _span(trials: Sequence[AxisTrial]) -> float | None:
    """Highest over lowest cost along an axis; None where fewer than two values run."""
    costs = [t.cost_usd for t in trials if t.cost_usd is not None and t.cost_usd > 0]
    return max(costs) / min(costs) if len(costs) > 1 else None


def _quality(by_axis: dict[str, list[AxisTrial]]) -> str:
    moves = {}
    for path, trials in by_axis.items():
        known = [t.quality for t in trials if t.quality is not None]
        if len(known) > 1:
            moves[path] = max(known) - min(known)
    if not moves:
        return "Its quality is unknown at every value."
    top = max(moves, key=lambda path: (moves[path], path))
    if moves[top] < MOVES_Q:
        return f"None moves its expected q by {MOVES_Q} or more, the least that counts as a difference."
    return f"Its expected q moves most with {_name(top)}, by {moves[top]:.3f}."


def _stops(found: Impact) -> str:
    stopped = [t for t in found.trials if t.stopped_by]
    if not stopped:
        return ""
    few = listed([f"{_name(t.axis)} {shorten(value_words(t.value), 20)}" for t in stopped[:4]])
    more = f" and {len(stopped) - 4} more" if len(stopped) > 4 else ""
    return f" It may not be run with {few}{more}."


def _left_out(found: Impact) -> str:
    names = [_name(path) for path in found.left_out]
    return f"{listed(names)} {'means' if len(names) == 1 else 'mean'} nothing to its method." if names else ""


def _ends(rows: Sequence[ImpactRow]) -> tuple[ImpactRow, ...]:
    """Both ends of every axis, and the decision's own value."""
    last = {row.axis: row for row in rows}
    first = {row.axis: row for row in reversed(rows)}
    return tuple(row for row in rows if row.own or row is first[row.axis] or row is last[row.axis])
