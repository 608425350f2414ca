"""An alternative in words: what it is, how much worse on what, and how sure that is."""

from collections.abc import Mapping

from planner.kinds.decision_notes import BETTER
from planner.outcome import Configuration
from planner.outcome.difference_words import choice_text, offer_words
from planner.outcome.settings_words import swept_words
from planner.units import chance_text, duration, kilograms, quality_q, significant, usd

KINDS = ("provider", "tier", "card", "older card", "method", "model")
"""In what a plan may differ from another in kind, in the order in which equal ones are told."""
LARGEST_LOSS = "largest loss"
"""What alternatives to a compromise between objectives go by."""
SEEN = 0.0005
"""Shares below this print as nothing."""
_WORDS = {
    "cost": ("dearer", "cheaper"), "time": ("slower", "faster"), "quality": ("lower in q", "higher in q"),
    "carbon": ("more CO2e", "less CO2e"),
}  # fmt: skip
_AMOUNTS = {"cost": usd, "time": duration, "quality": quality_q, "carbon": kilograms}


def kinds_text(kinds: list[str]) -> str:
    """`other provider and card`, `older card`: of a card that is older, no more is said of the card."""
    told = [kind for kind in kinds if kind != "card" or "older card" not in kinds]
    *first, last = told
    words = f"{', '.join(first)} and {last}" if first else last
    return words if words.startswith("older") else f"other {words}"


def alternative_text(
    c: Configuration, of: str, regret: float, losses: Mapping[str, float], less_quality: float, sure: float | None
) -> str:
    """The configuration, its regret and what else changes; `sure` is how likely the decision is really better."""
    parts = []
    if of in losses:
        parts.append(_part(of, losses[of], abs(regret)))
    for name, share in losses.items():
        if name != of:
            parts.append(_part(name, share, abs(less_quality) if name == "quality" else None))
    told = ", ".join(part for part in parts if part) or "equal on every objective"
    chance = ""
    if sure is not None and abs(losses[of]) >= SEEN:
        chance = f"; the decision is {chance_text(sure)} likely {BETTER[of]}"
    words = ", ".join(filter(None, [choice_text(c), swept_words(c), offer_words(c)]))
    return f"{words}: {told}{chance}"


def _part(name: str, share: float, amount: float | None) -> str:
    """`6.1 % dearer ($0.74)`; empty where nobody would see it."""
    if abs(share) < SEEN:
        return ""
    word = _WORDS[name][0 if share > 0 else 1]
    shown = f" ({_AMOUNTS[name](amount)})" if amount is not None else ""
    return f"{significant(100 * abs(share), 2)} % {word}{shown}"
