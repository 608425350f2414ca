"""Advice and sensitivity as a report prints them: every value formatted, nothing left for a template to compute."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from planner.outcome import Advice, Plan, Sensitivity, Sway
from planner.report.names import capital, clean, listed, plural, shorten, signed
from planner.units import chance_text, duration, gib, significant, usd

SHOWN: Final = 24
"""Advice that a report lists; the plan has all of it."""
SHORT: Final = "out of memory"
"""What stops a configuration that needs more memory than its card has."""
_TRADES: Final = {"cost": "costs more", "time": "takes longer", "quality": "lower quality"}
_SURE_OF: Final = {"cost": "cheaper", "time": "faster", "quality": "higher q"}
_FORECAST: Final = "No hour of the day is advised on: no price in the catalog depends on it."
_BESIDE: Final = "The best and the worst start stand beside each price that depends on the time."


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One change and what it is worth."""

    decisions: str
    change: str
    outside: str
    """Lists of the scenario that have to be opened; empty where none has."""
    money: str
    money_band: str
    time: str
    time_band: str
    quality: str
    quality_band: str
    memory: str
    """What it frees or takes on the fullest GPU."""
    sure: str
    sure_of: str
    """On what it is that sure to be better: `cheaper`."""
    trade_offs: str
    """What gets worse by more than noise; empty where nothing does."""
    risk: str
    steps: tuple[str, ...]
    verdict: str
    """Of advice on memory: what it takes then, and whether that fits."""


@dataclass(frozen=True, slots=True)
class SwayRow:
    """One input at the ends of its band, and where the decision flips."""

    what: str
    low: str
    """Factor at the lower end: `x0.59`."""
    high: str
    cost: str
    """At the lower and at the upper end."""
    hours: str
    quality: str
    below: str
    above: str
    cost_low: float | None
    cost_high: float | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What would change a plan."""

    advice: tuple[AdviceRow, ...] = ()
    intro: str = ""
    notes: tuple[str, ...] = ()
    sways: tuple[SwayRow, ...] = ()
    sentence: str = ""
    """What the tornado shows."""
    note: str = ""
    """What the decision was held against."""
    decision: str = ""
    cost: float | None = None
    """Cost of the decision, in USD: the middle of the tornado."""
    memory: bool = False
    """Whether the advice is on memory, for want of anything feasible."""


def changes_of(plan: Plan) -> Changes:
    """What would change this plan."""
    memory = any(one.saves == "memory" for one in plan.advice)
    s = plan.sensitivity
    rows = tuple(_row(one) for one in _by_decision(plan.advice[:SHOWN], "" if s is None else s.decision))
    if s is None:
        return Changes(rows, _intro(plan, memory=memory), tuple(map(clean, plan.advice_notes)), memory=memory)
    return Changes(
        advice=rows,
        intro=_intro(plan, memory=memory),
        notes=tuple(map(clean, plan.advice_notes)),
        sways=tuple(_sway(one, s) for one in s.inputs),
        sentence=_sentence(s),
        note=f"{clean(capital(s.note))}.",
        decision=clean(s.decision),
        cost=s.cost_usd,
    )


def _by_decision(advice: Sequence[Advice], first: str) -> list[Advice]:
    """The default decision's first, then the others' as they come, those of one decision together."""
    groups: dict[tuple[str, ...], list[Advice]] = {}
    for one in advice:
        groups.setdefault(tuple(one.decisions), []).append(one)
    order = sorted(groups, key=lambda decisions: first not in decisions)
    return [one for decisions in order for one in groups[decisions]]


def _intro(plan: Plan, *, memory: bool) -> str:
    if memory:
        return (
            "Nothing fits. These changes of the combination that misses its card's memory by least free memory; "
            "what runs and keeps to every limit comes first."
        )
    if not plan.front:
        return ""
    forecast = _FORECAST if all(c.offer.timed is None for c in plan.front) else _BESIDE
    if not plan.advice:
        return f"No single change of a decision saves more than noise. {forecast}"
    left = len(plan.advice) - SHOWN
    more = f" {plural(left, 'more change')} with smaller savings stand in the plan." if left > 0 else ""
    return (
        "One change at a time, everything else kept; what the planner chooses itself is chosen anew. Bands are of the "
        "difference: errors that both sides share cancel; they are 90 % wide and may reach past zero. Listed is what "
        "is at least 80 % sure to be better, by 3 % of cost or time or by 0.01 of quality, breaks no limit and makes "
        f"what its decision was taken for no worse than by 1 % in the median.{more} {forecast}"
    )


def _row(one: Advice) -> AdviceRow:
    return AdviceRow(
        decisions=clean(", ".join(one.decisions)),
        change=shorten(signed(one.change), 240),
        outside=clean(f"outside the scenario: open {listed(one.opens)}") if one.opens else "",
        money=_less(one.cost_saved_usd, usd, "less", "more"),
        money_band=_range(one.cost_saved_usd_lo, one.cost_saved_usd_hi, usd, "less", "more"),
        time=_less(one.hours_saved, duration, "less", "more"),
        time_band=_range(one.hours_saved_lo, one.hours_saved_hi, duration, "less", "more"),
        quality=_less(one.quality_change, _q, "higher", "lower"),
        quality_band=_range(one.quality_change_lo, one.quality_change_hi, _q, "higher", "lower"),
        memory=_less(one.memory_freed_gib, gib, "less", "more"),
        sure=_sure(one.confidence),
        sure_of=_SURE_OF.get(one.saves, ""),
        trade_offs=listed([_TRADES.get(name, clean(name)) for name in one.trade_offs]),
        risk=clean(one.risk),
        steps=tuple(clean(step) for step in one.steps),
        verdict=_verdict(one) if one.saves == "memory" else "",
    )


def _sure(p: float | None) -> str:
    return "" if p is None else chance_text(p)


def _verdict(one: Advice) -> str:
    takes = f"takes {gib(one.memory_gib)} per GPU"
    if not one.fits:
        # Less memory may do, and something else stand in the way, such as the host's.
        short = one.stopped_by in ("", SHORT)
        return f"{takes}: alone not enough" if short else f"{takes}: still stopped by {clean(one.stopped_by)}"
    return f"{takes}: runs, {usd(one.cost_usd)}, {duration(one.hours)}"


def _q(value: float) -> str:
    return f"{value:.3f}"


def _less(value: float | None, show: Callable[[float], str], better: str, worse: str) -> str:
    """`$6.12 less`, `2.7 h more`, `same`; empty where nothing is known."""
    if value is None:
        return ""
    told = show(abs(value))
    return "same" if told == show(0.0) else f"{told} {better if value > 0 else worse}"


def _range(low: float | None, high: float | None, show: Callable[[float], str], better: str, worse: str) -> str:
    """A band in the same words; empty where it has no width that prints."""
    if low is None or high is None or show(high - low) == show(0.0):
        return ""
    if low * high >= 0:
        small, large = sorted((abs(low), abs(high)))
        return f"{show(small)} to {show(large)} {better if high > 0 else worse}"
    return f"{show(-low)} {worse} to {show(high)} {better}"


def _sway(one: Sway, s: Sensitivity) -> SwayRow:
    reach = f"× {s.least_factor:g} to × {s.most_factor:g}"
    return SwayRow(
        what=clean(one.what),
        low=f"× {significant(one.low_factor, 2)}",
        high=f"× {significant(one.high_factor, 2)}",
        cost=_ends(one.cost_usd_low, one.cost_usd_high, usd),
        hours=_ends(one.hours_low, one.hours_high, duration),
        quality=_ends(one.quality_low, one.quality_high, _q),
        below=_flip(one.flips_below.text) if one.flips_below else "",
        above=_flip(one.flips_above.text)
        if one.flips_above
        else "" if one.flips_below else f"no flip within {reach}",
        cost_low=one.cost_usd_low,
        cost_high=one.cost_usd_high,
    )  # fmt: skip


def _flip(text: str) -> str:
    """The factor and what is decided on then; the input's name stands in the row already."""
    head, colon, tail = text.partition(": ")
    return signed(clean(f"{head[head.rfind(' x') + 1 :]}{colon}{tail}"))


def _ends(low: float | None, high: float | None, show: Callable[[float], str]) -> str:
    if low is None or high is None:
        return "unknown"
    return show(low) if show(low) == show(high) else f"{show(low)} → {show(high)}"


def _sentence(s: Sensitivity) -> str:
    """The widest bar, and the flip that is nearest."""
    if not s.inputs:
        return ""
    top, decision = s.inputs[0], clean(s.decision)
    told = (
        f"Over its band, from × {significant(top.low_factor, 2)} to × {significant(top.high_factor, 2)}, the "
        f"{clean(top.what)} moves the cost of the {decision} most: {_ends(top.cost_usd_low, top.cost_usd_high, usd)}."
    )
    flips = [f for one in s.inputs for f in (one.flips_below, one.flips_above) if f]
    if not flips:
        reach = f"× {s.least_factor:g} and × {s.most_factor:g}"
        return f"{told} None of these inputs alone makes another configuration the {decision} between {reach}."
    nearest = min(flips, key=lambda f: max(f.factor, 1 / f.factor))
    return f"{told} The nearest flip: {signed(clean(nearest.text))}."
