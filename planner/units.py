"""The only unit constants and the only number formatters.

Inside the planner a quantity is a plain number in one canonical unit that stands in its name: ``_usd``,
``_hours``, ``_gib``, ``_tokens``, ``_kg``. What people write (``$200``, ``12 h``, ``7B``, ``80 GiB``) is turned
into that unit once, by `parse_quantity`, at the door.
"""

import datetime as dt
import math
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

GIB: Final = 2**30
GB: Final = 10**9
TERA: Final = 1e12
SECONDS_PER_HOUR: Final = 3600.0
HOURS_PER_WEEK: Final = 168
HOURS_PER_MONTH: Final = 730.0
"""A billing month (FOCUS, Infracost): 8,760 h / 12."""
DAYS_PER_MONTH: Final = 365.2425 / 12

Z90: Final = 1.6448536269514722
"""Standard-normal quantile of 0.95: half-width of a central 90 % band, in standard deviations."""

_COUNT: Final = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "m": 1e6, "B": 1e9, "b": 1e9, "G": 1e9, "T": 1e12}
_TIME: Final = {
    "s": 1 / 3600, "sec": 1 / 3600, "second": 1 / 3600, "seconds": 1 / 3600,
    "min": 1 / 60, "minute": 1 / 60, "minutes": 1 / 60, "m": 1 / 60,
    "": 1.0, "h": 1.0, "hr": 1.0, "hour": 1.0, "hours": 1.0,
    "d": 24.0, "day": 24.0, "days": 24.0, "w": 168.0, "week": 168.0, "weeks": 168.0,
}  # fmt: skip
_LATENCY: Final = {
    "": 1.0, "ms": 1e-3, "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "min": 60.0, "minute": 60.0,
    "minutes": 60.0, "h": 3600.0, "hour": 3600.0, "hours": 3600.0, "d": 86400.0, "day": 86400.0, "days": 86400.0,
}  # fmt: skip
_MEMORY: Final = {
    "": 1.0,
    "GiB": 1.0,
    "MiB": 1 / 1024,
    "TiB": 1024.0,
    "GB": GB / GIB,
    "MB": 1e6 / GIB,
    "TB": 1e12 / GIB,
}
_MASS: Final = {"": 1.0, "kg": 1.0, "g": 1e-3, "t": 1e3}
_SHARE: Final = {"": 1.0, "%": 0.01}
_MONTHS: Final = {
    "": 1.0, "month": 1.0, "months": 1.0, "quarter": 3.0, "quarters": 3.0, "y": 12.0, "year": 12.0, "years": 12.0,
}  # fmt: skip

UNITS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType({
    "count": _COUNT, "money": {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6}, "time": _TIME,
    "latency": _LATENCY, "memory": _MEMORY, "mass": _MASS, "share": _SHARE, "months": _MONTHS, "yearly": _SHARE,
})  # fmt: skip
"""Kind of quantity → unit as written → factor to the canonical unit (count, USD, hours, s, GiB, kg, 0..1, months)."""

EXAMPLES: Final[Mapping[str, str]] = MappingProxyType({
    "count": "7B, 400k or 400000", "money": "$200, 1.5k USD or 200", "time": "12 h, 90 min or 2 days",
    "memory": "80 GiB or 80 GB", "mass": "25 kg", "share": "0.25 or 25 %", "latency": "800 ms, 2 s or 5 min",
    "months": "36 months or 3 years", "yearly": "0.2, 20 % or -5 %",
})  # fmt: skip

_NUMBER = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9][0-9_]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+"
"""A comma parts thousands, in whole groups of three, and is never a decimal comma."""
_TWO_WAYS: Final = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
"""Three decimals after one to three digits: whole thousands where a point parts these."""


USD: Final = "USD"
WHOLE: Final = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
     "XPF")
)  # fmt: skip
"""Currencies without a smaller unit (ISO 4217, exponent 0)."""
SIGNS: Final[Mapping[str, str]] = MappingProxyType({"€": "EUR", "£": "GBP", "₹": "INR"})
"""Signs of currencies that mean one currency alone."""
_FORMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "money": (
        r"\$?\s*{amount}\s*(?:USD)?",
        rf"{{open}}[{''.join(SIGNS)}]|[A-Z]{{{{3}}}}{{close}}\s*{{amount}}",
        rf"{{amount}}\s*{{open}}[{''.join(SIGNS)}]|[A-Z]{{{{3}}}}{{close}}",
    ),
    "yearly": (r"[+-]?\s*{amount}",),
})  # fmt: skip
"""Kind → how an amount of it is written; between `open` and `close` stands a currency."""


class TooLargeError(ValueError):
    """A written number that no float holds."""


class AmbiguousError(ValueError):
    """An amount of money that means another number where a point parts thousands."""

    def __init__(self, text: str, number: str) -> None:
        more = f"{float(number):g}" if number.endswith("0") else f"{number}0"
        self.hint = f"write {text.replace(number, number.replace('.', ''))} or {text.replace(number, more)}"
        super().__init__(f"{text!r} can be read in two ways; {self.hint}")


class CurrencyError(ValueError):
    """An amount in a currency for which no rate is known."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no rate is known for {code}")
        self.code = code


def pattern(kind: str) -> str:
    """The regular expression (ECMA 262, for JSON Schema) of a quantity of this kind written as text."""
    amount = rf"(?:{_NUMBER})\s*(?:{_names(kind)})?"
    forms = [form.format(amount=amount, open="(?:", close=")") for form in _FORMS.get(kind, ("{amount}",))]
    return rf"^\s*{forms[0]}\s*$" if len(forms) == 1 else rf"^\s*(?:{'|'.join(forms)})\s*$"


def _names(kind: str) -> str:
    return "|".join(re.escape(name) for name in sorted(UNITS[kind], key=len, reverse=True) if name)


@cache
def _readers(kind: str) -> tuple[re.Pattern[str], ...]:
    amount = rf"(?P<number>{_NUMBER})\s*(?P<unit>{_names(kind)})?"
    forms = (form.format(amount=amount, open="(?P<currency>", close=")") for form in _FORMS.get(kind, ("{amount}",)))
    return tuple(re.compile(rf"\s*{form}\s*") for form in forms)


def _match(text: str, kind: str) -> dict[str, str]:
    for reader in _readers(kind):
        if (found := reader.fullmatch(text)) is not None:
            return {name: part or "" for name, part in found.groupdict().items()}
    called = {"money": "not an amount of money", "months": "not a number of months", "yearly": "not a yearly rate"}
    message = f"{text!r} is {called.get(kind, f'not a {kind}')}; write for example {EXAMPLES[kind]}"
    raise ValueError(message)


def currency_of(text: str) -> str:
    """The code of the currency that an amount of money is written in: USD where it names none."""
    written = _match(text, "money").get("currency", USD)
    return SIGNS.get(written, written)


def parse_quantity(text: str, kind: str, usd_per_unit: Mapping[str, float] | None = None) -> float:
    """The number `text` stands for, in the canonical unit of `kind`; raises ValueError when it is no such quantity.

    Money in another currency than USD needs its rate: USD per unit, by code; raises CurrencyError without one. Three
    decimals of money raise AmbiguousError, save of USD where the last is not 0: clouds write $1.006 an hour. A number
    without a currency is a plain one, as programs write it.
    """
    found = _match(text, kind)
    code = SIGNS.get(found.get("currency", USD), found.get("currency", USD))
    number = found["number"]
    two_ways = kind == "money" and not found["unit"] and text.strip() != number and _TWO_WAYS.fullmatch(number)
    if two_ways and (code != USD or number[-1] == "0"):
        raise AmbiguousError(text.strip(), number)
    rate = 1.0 if code == USD else (usd_per_unit or {}).get(code)
    if rate is None:
        raise CurrencyError(code)
    sign = -1.0 if kind == "yearly" and text.lstrip().startswith("-") else 1.0
    value = sign * float(number.replace(",", "").replace("_", "")) * UNITS[kind][found["unit"]] * rate
    if not math.isfinite(value):
        message = f"{text!r} is too large"
        raise TooLargeError(message)
    return value


def earliest_day(date: str) -> dt.date:
    """The earliest day a full or partial ISO date can mean: `2026` is 2026-01-01; raises ValueError for no date."""
    year, month, day = [*(int(part) for part in date.split("-")), 1, 1][:3]
    return dt.date(year, month, day)


def chance_text(p: float) -> str:
    """A probability for people: `91 %`, `over 99 %`, `under 1 %`."""
    return "over 99 %" if p > 0.99 else "under 1 %" if p < 0.01 else f"{100 * p:.0f} %"


def share_text(share: float, decimals: int = 0) -> str:
    """A share for people, with so many decimals: `8 %`, `12.5 %`."""
    return f"{100 * share:.{decimals}f} %"


def significant(value: float | None, digits: int = 3) -> str:
    """`value` with `digits` significant digits and thousands separators; 'unknown' for NaN."""
    if value is None or math.isnan(value):
        return "unknown"
    if math.isinf(value) or value == 0:
        return "0" if value == 0 else "unlimited"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{decimals}f}"


def quality_q(value: float | None) -> str:
    """Quality of 0 to 1, or a difference of two, for people: two digits, `under 0.001`, 0 for what rounding leaves."""
    if value is None or not 1e-9 < abs(value) < 1e-3:
        return "0" if value is not None and abs(value) <= 1e-9 else significant(value, 2)
    return f"{'-' if value < 0 else ''}under 0.001"


def compact(value: float | None) -> str:
    """A large number for people, with an SI prefix: 78.8 M, 32.1 G."""
    if value is None or math.isnan(value):
        return "unknown"
    for factor, name in ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")):
        if abs(value) >= factor:
            return f"{significant(value / factor)} {name}"
    return significant(value)


def usd(value: float | None) -> str:
    """Money for people: cents below $100, whole dollars from there on."""
    if value is None or math.isnan(value):
        return "unknown"
    sign = "-" if round(value, 2) < 0 else ""
    return f"{sign}${abs(value):,.{2 if abs(value) < 100 else 0}f}"


def money(value: float | None, code: str) -> str:
    """Money of any currency for people, rounded as `usd` does: `EUR 1,234`; whole where it has no smaller unit."""
    if value is None or math.isnan(value):
        return "unknown"
    return f"{code} {value:,.{2 if abs(value) < 100 and code not in WHOLE else 0}f}"


def duration(hours: float | None) -> str:
    """Time for people: seconds, minutes, hours or days, whichever reads best."""
    if hours is None or math.isnan(hours):
        return "unknown"
    if hours < 1 / 60:
        return f"{hours * 3600:.0f} s"
    if hours < 1:
        return f"{hours * 60:.0f} min"
    if hours < 72:
        return f"{hours:.1f} h"
    return f"{hours / 24:.1f} days"


def seconds(value_s: float | None) -> str:
    """A latency for people: milliseconds, seconds or minutes, to two or three significant digits."""
    if value_s is None or math.isnan(value_s):
        return "unknown"
    if 0.0 < value_s < 0.0005:
        return "under 1 ms"
    if value_s < 0.9995:
        return f"{1000 * value_s:.0f} ms" if value_s >= 0.00995 or not value_s else f"{1000 * value_s:.1f} ms"
    return f"{significant(value_s)} s" if value_s < 120 else f"{significant(value_s / 60)} min"


def gib(value: float | None) -> str:
    """Memory for people, in GiB."""
    return "unknown" if value is None or math.isnan(value) else f"{value:,.1f} GiB"


def kilograms(value: float | None) -> str:
    """Mass of CO2-equivalent for people."""
    return "unknown" if value is None or math.isnan(value) else f"{significant(value, 2)} kg"
