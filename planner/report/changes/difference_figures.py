"""Figures and their changes as people read them, the same in a comment, on a terminal and on a page."""

import math
from collections.abc import Callable, Mapping
from typing import Final

from planner.outcome import FIGURES_OF, Choice, Delta, ScenarioDifference
from planner.outcome.difference_words import percent
from planner.report.changes.difference_parts import NEARLY_NOTHING, NOTHING, changes
from planner.report.sections.rows import band_text, quality_text
from planner.units import duration, kilograms, seconds, significant, usd

COST: Final = "cost_usd"
MONTHLY: Final = "cost_usd_per_month"
NAMES: Final[Mapping[str, str]] = {
    COST: "cost", "hours": "time", MONTHLY: "cost per month", "latency_s": "p95 latency", "quality": "quality q",
    "carbon_kg": "CO2e", "carbon_kg_per_month": "CO2e per month",
}  # fmt: skip
"""Figures of all kinds, in the order in which those of one kind are told."""
SAY: Final[Mapping[str, Callable[[float | None], str]]] = {
    COST: usd, "hours": duration, MONTHLY: usd, "latency_s": seconds, "quality": quality_text, "carbon_kg": kilograms,
    "carbon_kg_per_month": kilograms,
}  # fmt: skip
SAME: Final = "same"
NO_LOCK: Final = "unknown, as the base has no lock that says what an earlier planner found"


def figure_names(scenario: ScenarioDifference) -> dict[str, str]:
    """Figure → its name, of those that a scenario of this kind has, and had."""
    kinds = (scenario.kind, scenario.kind_before or scenario.kind)
    mine = {name for kind in kinds for name in FIGURES_OF.get(kind, FIGURES_OF["FineTune"])}
    return {figure: name for figure, name in NAMES.items() if figure in mine}


def cost_name(scenario: ScenarioDifference) -> str:
    """The figure that tells what a scenario costs: once, or by the month."""
    return MONTHLY if scenario.kind == "Serving" else COST


def by_month(figure: str, text: str) -> str:
    """`$1,234/month`, `+$48/month, +29 %`; other figures and words such as `unknown` as they are."""
    amount, _, rest = text.partition(", ")
    if figure != MONTHLY or "$" not in amount:
        return text
    return ", ".join(filter(None, [f"{amount}/month", rest]))


def signed_usd(change: float | None, beside: float | None = None) -> str:
    """`+$48`, `-$0.30`: to the dollar where the money it stands beside is told to the dollar."""
    if change is None or math.isnan(change):
        return "unknown"
    whole = beside is not None and abs(beside) >= 100 and (abs(change) >= 1 or change == 0)
    text = f"${abs(change):,.0f}" if whole else usd(abs(change))
    return f"{_sign(change, text)}{text}"


def signed_percent(before: float | None, after: float | None) -> str:
    """`+29 %`; empty where there is nothing to compare with."""
    if before is None or after is None or before <= 0:
        return ""
    share = after / before - 1
    if abs(share) > 9.995:
        return f"×{significant(after / before, 2)}"
    text = percent(abs(share))
    return text if text.startswith("under") else f"{_sign(share, text)}{text}"


def way_text(figure: str, delta: Delta) -> str:
    """`$164 → $212 (+$48, +29 %)`; of an added or removed scenario the one side there is."""
    say = SAY[figure]
    if delta.before is None or delta.after is None:
        return f"{say(delta.before)} → {say(delta.after)}"
    change = change_text(figure, delta)
    if change == SAME:
        return f"{say(delta.after)}, as before"
    return f"{say(delta.before)} → {say(delta.after)} ({change})"


def change_text(figure: str, delta: Delta | None) -> str:
    """`+$48, +29 %`: the change alone."""
    if delta is None or delta.total is None:
        return "unknown"
    change = part_text(figure, delta, "total")
    if change == NOTHING:
        return SAME
    share = "" if change == NEARLY_NOTHING else signed_percent(delta.before, delta.after)
    return ", ".join(text for text in (change, share) if text)


def part_text(figure: str, delta: Delta, part: str) -> str:
    """What one of `PARTS`, or `total`, contributed; the parts add up to the total as they are told."""
    return changes(figure, delta)[part]


def moved(scenario: ScenarioDifference) -> dict[str, Delta]:
    """The figures that are known on both sides and of which something moved, by the names of `NAMES`."""
    if scenario.before is None or scenario.after is None:
        return {}
    names = figure_names(scenario)
    known = {figure: delta for figure in names if (delta := scenario.delta.get(figure)) and delta.total is not None}
    return {name: delta for name, delta in known.items() if set(changes(name, delta).values()) - {NOTHING, "unknown"}}


def band(figure: str, chosen: Choice | None) -> str:
    """The 90 % band of a figure; empty where it is unknown."""
    low, high = getattr(chosen, f"{figure}_lo", None), getattr(chosen, f"{figure}_hi", None)
    known = getattr(chosen, figure, None) is not None and low is not None and high is not None
    return band_text(SAY[figure](low), SAY[figure](high)) if known and low != high else ""


def noise_text(figure: str, delta: Delta) -> str:
    """Whether the two sides can be told apart, in words; empty where nothing moved or nobody says how surely."""
    if delta.total is None or part_text(figure, delta, "total") == NOTHING:
        return ""
    likely = _likelier(figure, delta)
    if delta.within_noise:
        return f"{NAMES[figure]}: inside the noise" + (f" ({likely})" if likely else "")
    return f"{NAMES[figure]}: {likely}" if likely else ""


def effect_words(effect: float) -> str:
    """What an edit does to the cost, told as what the head would cost without it."""
    if abs(effect) < 1e-6:
        return "no effect on cost"
    if abs(effect) < 0.005:
        return "hardly any effect on cost"
    return f"without it {usd(abs(effect))} {'less' if effect > 0 else 'more'}"


def _likelier(figure: str, delta: Delta) -> str:
    """The likelier side and how likely it is: `really lower with a chance of 79 %`; empty where neither is."""
    chance = delta.chance_higher
    if chance is None or math.isnan(chance) or chance == 0.5:
        return ""
    side, likely = ("higher", chance) if chance > 0.5 else ("lower", 1 - chance)
    parts = changes(figure, delta)
    if likely == 1 and parts["scenario"] == NOTHING and parts["prices"] != NOTHING:
        return f"really {side}, certain"
    if likely < 0.995:
        return f"really {side} with a chance of {percent(likely)}"
    return f"really {side} with a chance of over {'99.9' if likely > 0.999 else '99'} %"


def _sign(change: float, text: str) -> str:
    nothing = not any(digit in text for digit in "123456789")
    return "" if nothing else "+" if change > 0 else "-"
