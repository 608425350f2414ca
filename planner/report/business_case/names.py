"""What categories, units, forms and drivers of a business case are called."""

from collections.abc import Callable, Mapping
from typing import Final

from planner.outcome.business_case import CaseInput, Swing
from planner.outcome.case_words import category_words
from planner.report.business_case.words import amount, count, months, per_year, share, unit_price
from planner.report.names import at_words, clean, shorten
from planner.units import significant

FORMS: Final[Mapping[str, str]] = {
    "triangular": "triangular", "uniform": "uniform", "normal": "normal", "lognormal": "lognormal",
    "values": "as seen", "plan": "band of the plan",
}  # fmt: skip
TAGS: Final[Mapping[str, str]] = {"U": "your own", "P": "of a plan", "E": "default"}
DRIVERS: Final[Mapping[str, str]] = {
    "": "fixed", "demand": "a month, with demand", "predictions": "per prediction", "users": "per user and month",
    "revenue": "per dollar of revenue",
}  # fmt: skip


def category_text(category: str) -> str:
    """`external_apis` as `APIs of others`."""
    return shorten(category_words(category), 30)


def category_word(category: str) -> str:
    """The same within a sentence."""
    text = category_text(category)
    return text if text[:2].isupper() else f"{text[:1].lower()}{text[1:]}"


_SAY: Final[Mapping[str, Callable[[float | None], str]]] = {
    "usd": amount, "usd/month": amount, "usd/year": amount, "usd/unit": unit_price, "share": share,
    "share/year": per_year, "months": months, "hours": significant, "kW": significant,
}  # fmt: skip
_AFTER: Final[Mapping[str, str]] = {"usd/month": " a month", "usd/year": " a year", "hours": " h", "kW": " kW"}


def input_value(value: float | None, unit: str) -> str:
    """A number of the case with its unit."""
    told = _SAY.get(unit, count)(value)
    return told if value is None else f"{told}{_AFTER.get(unit, '')}"


def short_value(value: float | None, unit: str) -> str:
    """The same without the words of its unit, for the end of a bar."""
    return input_value(value, {"usd/month": "usd", "usd/year": "usd", "share/year": "share"}.get(unit, unit))


def input_text(one: CaseInput) -> str:
    """What an input is; its place where nobody says."""
    return shorten(one.text or one.key, 80)


def input_text_of(swing: Swing) -> str:
    """The same of an input in the tornado."""
    return shorten(swing.text or swing.key, 80)


def input_short(text: str, letters: int) -> str:
    """What an input is, in few letters: how often goes first, which its value says as well, then the end."""
    text = clean(text)
    if len(text) > letters:
        text = text.removesuffix(", each month").removesuffix(", each year")
    return at_words(text, letters)
