"""Amounts written with the time they are for, where the key says that: `$180,000/year`, `0.8 % a month`."""

import re
from collections.abc import Iterator
from typing import Final

from planner.source.places import Path
from planner.source.shapes import Shapes
from planner.units import parse_quantity

_PERIOD: Final = re.compile(
    r"(?P<amount>[^/]{1,40}?)\s*(?:/|\bper\b|\ban?\b|\beach\b)?\s*"
    r"(?:(?P<year>(?:years?|yearly|annually|yr|annum|p\.?a\.?)\b\.?)|(?P<month>(?:months?|monthly|mo|p\.?m\.?)\b\.?))\s*",
    re.IGNORECASE,
)
_LONGEST: Final = 60
_PERIODS: Final = ("month", "year")


def period_hint(text: str, kind: str, path: Path, shapes: Shapes) -> str | None:
    """What to write instead of an amount with its period; None for text that is none.

    A rate by the month is compounded: (1 + r)^12 - 1 a year.
    """
    found = _PERIOD.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None or kind not in ("money", "share", "yearly"):
        return None
    amount, period = found["amount"].strip(), "year" if found["year"] else "month"
    try:
        number = parse_quantity(amount, kind)
    except ValueError:
        return None
    if kind == "money":
        return _money(amount, period, path, shapes)
    if period == "year":
        return f"write {amount}"
    return (
        f"it is by the year: {amount} a month is {100 * ((1 + number) ** 12 - 1):.4g} %" if kind == "yearly" else None
    )


def _money(amount: str, period: str, path: Path, shapes: Shapes) -> str:
    at = next((place for place in range(len(path) - 1, -1, -1) if _said(path[place])), None)
    if at is None:
        return f"write the amount alone: {amount}"
    key, said = str(path[at]), _said(path[at])
    if said == period:
        return f"{key} takes the amount alone: {amount}"
    other = f"{key.removesuffix(said)}{period}"
    if "".join(_dotted(path[:at])) in shapes.key_places.get(other, ()):
        return f"write {other}: {amount}"
    return f"{key} is by the {said}: write {'a twelfth of it' if said == 'month' else 'twelve times as much'}"


def _said(part: str | int) -> str:
    """The period that a key names; empty where it names none."""
    words = part.split("_") if isinstance(part, str) else []
    return words[-1] if len(words) > 1 and words[-2] == "per" and words[-1] in _PERIODS else ""


def _dotted(path: Path) -> Iterator[str]:
    """A path as `Shapes.key_places` writes it."""
    for number, part in enumerate(path):
        yield "[]" if isinstance(part, int) else f".{part}" if number else part
