"""Configuration → Row: every figure of one configuration as it is printed."""

import math
from collections.abc import Callable
from typing import Any, Final

from planner.decision_names import DECISIONS
from planner.outcome import BELIEVABLE_PER_HOUR, Configuration
from planner.outcome.method_words import method_words
from planner.outcome.settings_words import swept_words
from planner.outcome.tier_words import commitment_text
from planner.outcome.time_words import timed_text
from planner.report.data.rows import Figure, Row
from planner.report.names import clean, shorten
from planner.units import duration, gib, kilograms, quality_q, significant, usd

_BY_METHOD: Final = frozenset({"method.rank", "method.targets", "method.precision"})
"""Axes that `method_text` tells."""


def roles_of(decisions: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Configuration id → the decisions it is, in the order in which they are told; unknown names follow."""
    known = {str(name): place for place, name in enumerate(DECISIONS)}
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(decisions, key=lambda name: (known.get(name, len(known)), name)):
        found[decisions[name]] = (*found.get(decisions[name], ()), clean(name))
    return found


def row_of(c: Configuration, roles: tuple[str, ...] = ()) -> Row:
    """One configuration as a table row."""
    m = c.memory_gib
    return Row(
        id=clean(c.id),
        roles=roles,
        model=shorten(c.model, 40),
        method=method_text(c.method),
        settings=settings_text(c),
        machine=machine_text(c),
        offer=offer_text(c),
        tier=c.offer.tier.replace("_", " "),
        price=price_text(c),
        spot=spot_text(c),
        cost=figure_of(usd, c.cost_usd, c.cost_usd_lo, c.cost_usd_hi, c.cost_usd_label),
        hours=figure_of(duration, c.hours, c.hours_lo, c.hours_hi, c.hours_label),
        quality=figure_of(quality_text, c.quality, c.quality_lo, c.quality_hi, c.quality_label),
        memory=figure_of(gib, m.total, m.total_lo, m.total_hi, m.label),
        carbon=figure_of(kilograms, c.carbon_kg, c.carbon_kg_lo, c.carbon_kg_hi, c.carbon_kg_label),
        unknown=tuple(clean(reason) for reason in c.unknown),
        timed=_timed(c),
    )


def method_text(method: dict[str, Any]) -> str:
    """`QLoRA r16`, with what differs from the usual targets, in the room of a cell."""
    return shorten(method_words(method), 40)


def settings_text(c: Configuration) -> str:
    """Values of the scenario's axes, except what the method already says."""
    return shorten(swept_words(c, _BY_METHOD), 80)


def machine_text(c: Configuration) -> str:
    """`2 × l4`, with nodes where there are several."""
    h = c.hardware
    text = f"{h.count} × {h.gpu}" if h.nodes == 1 else f"{h.nodes} nodes × {h.count} × {h.gpu}"
    return shorten(text, 40)


def offer_text(c: Configuration) -> str:
    """Provider, managed service, and region where one is stated."""
    region = "" if c.offer.region in ("any", "") else f" {c.offer.region}"
    return shorten(f"{c.offer.seller}{region}", 40)


def day_text(date: str) -> str:
    """A date as the price list gives it; that it tells no day, where it tells none and counts from the first."""
    return date if date.count("-") == 2 else f"{date} (no day told)"


def price_text(c: Configuration) -> str:
    """`$1.20/h, price of 2026-01, high confidence`."""
    o = c.offer
    if o.price_usd_per_hour is None:
        return "price unknown"
    own = f"; {shorten(o.private, 160)}" if o.private else ""
    own += f"; {told}" if (told := _timed(c)) else ""
    return clean(f"{usd(o.price_usd_per_hour)}/h, price of {day_text(o.as_of)}, {o.price_confidence} confidence{own}")


def _timed(c: Configuration) -> str:
    """What the start makes of the cost."""
    return "" if c.offer.timed is None else shorten(timed_text(c.offer.timed), 400)


def spot_text(c: Configuration) -> str:
    """What the tier asks for: how often a spot machine is taken away, how much of a commitment must be used."""
    o = c.offer
    if o.commitment is not None:
        return commitment_text(o.commitment)
    if o.tier != "spot":
        return ""
    rate = (
        "preemption rate unknown"
        if o.preemption_per_hour is None
        else f"{significant(o.preemption_per_hour, 2)} preemptions per hour"
    )
    if o.preemption_break_even_per_hour is None:
        return rate
    if o.preemption_break_even_per_hour > BELIEVABLE_PER_HOUR:
        return f"{rate}; cheaper than on demand there even at {BELIEVABLE_PER_HOUR:g} per hour"
    return f"{rate}; on demand there is cheaper above {significant(o.preemption_break_even_per_hour, 2)}"


def untuned_q(c: Configuration) -> float | None:
    """The q that tuning starts from, on the user's own scale where evaluations moved it; None where unknown."""
    base = c.quality_parts.get("base")
    return None if base is None else 1.0 / (1.0 + math.exp(-(base + (c.quality_parts.get("yours") or 0.0))))


def quality_text(value: float | None) -> str:
    """Normalised quality, 0 to 1; never benchmark points."""
    return quality_q(value)


def band_text(low: str, high: str) -> str:
    """`34.0 to 44.0 GiB`: the unit told once where both ends have the same."""
    number, _, unit = low.partition(" ")
    return f"{number} to {high}" if unit and high.endswith(f" {unit}") else f"{low} to {high}"


def figure_of(
    say: Callable[[float | None], str], value: float | None, low: float | None, high: float | None, label: str
) -> Figure:
    """An estimate as `say` prints it, with its 90 % band where that is known and not a point."""
    known = value is not None and low is not None and high is not None
    band = band_text(say(low), say(high)) if known and low != high else ""
    return Figure(say(value), band, clean(label), value, low, high)
