"""One spelling of a value, and text that drives no terminal."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from planner.scenario.spend_rules import Told

LONGEST: Final = 200
"""Signs of a name that are kept."""


def plain_text(value: object) -> str:
    """A name without control signs, at most 200 signs of it; '' for nothing."""
    text = "" if value is None else value if isinstance(value, str) else str(value)
    short = text[: 10 * LONGEST]
    if not short.isprintable():
        short = "".join(sign if sign.isprintable() else " " for sign in short)
    return short.strip()[:LONGEST].strip()


def spelled(value: str, told: Told | None) -> str:
    """The value as the review calls it: the first whose name or spellings fit, in any case; else itself."""
    if told is not None and value:
        for name, patterns in told.same.items():
            if any(_pattern(pattern).fullmatch(value) for pattern in (name, *patterns)):
                return name
    return value


def dimensions_of(raw: Mapping[str, object], told: Mapping[str, Told]) -> dict[str, str]:
    """Dimension → its value, cleaned and in one spelling; '' where nothing tells it."""
    return {name: spelled(plain_text(raw.get(name)), where) for name, where in told.items()}


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> "re.Pattern[str]":
    signs = {"*": ".*", "?": "."}
    return re.compile("".join(signs.get(sign, re.escape(sign)) for sign in pattern), re.IGNORECASE | re.DOTALL)
