"""What an amount that the planner refuses was meant as, where that is clear: `38,40 EUR` as `38.40 EUR`."""

import re
from collections.abc import Mapping
from typing import Final

from planner.units import AmbiguousError, CurrencyError, parse_quantity

_DIGITS: Final = re.compile(r"[0-9](?:[0-9.,_'\u2019 \u00a0\u202f]*[0-9])?")
_GROUPS: Final = re.compile(r"[_'\u2019 \u00a0\u202f]")
"""What parts thousands and never decimals."""
_CURRENCIES: Final[Mapping[str, str]] = {
    "eur": "EUR", "euro": "EUR", "euros": "EUR", "€": "EUR", "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD",
    "dollars": "USD", "gbp": "GBP", "£": "GBP", "pound": "GBP", "pounds": "GBP", "inr": "INR", "₹": "INR",
    "rupees": "INR", "chf": "CHF", "sfr.": "CHF", "fr.": "CHF", "a$": "AUD", "c$": "CAD",
}  # fmt: skip
"""How people write a currency, in small letters → its code."""
_LONGEST: Final = 60


def hint_for(text: str, kind: str) -> str | None:
    """How to write a quantity of this kind that cannot be read as it stands; None where that is not clear."""
    digits = _DIGITS.search(text) if len(text) <= _LONGEST else None
    if digits is None:
        return None
    numbers = _numbers(digits[0])
    before, after = text[: digits.start()].strip(), text[digits.end() :].strip()
    written = [_written(before, number, after, kind) for number in numbers]
    found = [one for one in written if one is not None]
    return f"write {' or '.join(found)}" if len(found) == len(written) else None


def code_of(text: str) -> str | None:
    """The code of a currency as people write it: `eur`, `Euro`, `€`; None for any other text."""
    text = text.strip().lower()
    return _CURRENCIES.get(text) or (text.upper() if re.fullmatch("[a-z]{3}", text) else None)


def _written(before: str, number: str, after: str, kind: str) -> str | None:
    """The number with what stands around it, as the planner reads it; None where it does not."""
    as_it_is = f"{before}{' ' if len(before) > 1 else ''}{number}{'' if after == 'k' else ' ' if after else ''}{after}"
    if _reads(as_it_is, kind):
        return as_it_is
    code = _CURRENCIES.get(f"{before}{after}".lower())
    coded = f"${number}" if code == "USD" else f"{number} {code}"
    return coded if kind == "money" and code and _reads(coded, kind) else None


def _numbers(text: str) -> list[str]:
    """What a number means with a point for decimals alone; two texts where it may mean either of two numbers."""
    text = _GROUPS.sub("", text)
    points, commas = text.count("."), text.count(",")
    if points and commas:
        mark = max(".,", key=text.rfind)
        whole, _, decimals = text.rpartition(mark)
        return [f"{_bare(whole)}.{decimals}"]
    whole, _, decimals = text.rpartition("," if commas else ".")
    if commas > 1 or points > 1:
        return [_bare(text)]
    if whole and len(decimals) == 3 and not whole.startswith("0"):
        return [_bare(text), f"{whole}.{decimals}0"]
    return [text.replace(",", ".")]


def _bare(text: str) -> str:
    return text.replace(",", "").replace(".", "")


def _reads(text: str, kind: str) -> bool:
    try:
        parse_quantity(text, kind)
    except AmbiguousError:
        return False
    except CurrencyError:
        return True
    except ValueError:
        return False
    return True
