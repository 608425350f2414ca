"""How a business case says money, bands, times, returns and names."""

import math
import re
from collections.abc import Callable, Sequence
from typing import Final

from planner.outcome.business_case import Banded, Case, OptionResult, Returns
from planner.report.data.business_case_parts import Line, LineKind
from planner.report.data.review_parts import Cell, Tone
from planner.report.names import plural, shorten
from planner.units import share_text, significant, usd

UNKNOWN: Final = "unknown"
UNDEFINED: Final = "not defined"
NAME: Final = 40
"""Characters of an option's name."""
LONGEST: Final = 300
"""Characters of a sentence that a case brings."""
_SCALES: Final = ((1e12, "trillion"), (1e9, "billion"), (1e7, "M"))
"""From ten millions on money is told in millions: no reader counts eight digits."""


def amount(value_usd: float | None) -> str:
    """Money: cents below $100, whole dollars, from ten million on `$12.4 M`; a negative one with a minus."""
    if value_usd is None or math.isnan(value_usd) or abs(value_usd) < 1e7:
        return usd(value_usd)
    if math.isinf(value_usd):
        return "unlimited"
    factor, name = next((factor, name) for factor, name in _SCALES if abs(value_usd) >= factor)
    unit = 1e6 if factor == 1e7 else factor
    return f"{'-' if value_usd < 0 else ''}${significant(abs(value_usd) / unit)} {name}"


def unit_price(value_usd: float | None) -> str:
    """The price of one of something: three digits below a dollar."""
    if value_usd is None or math.isnan(value_usd):
        return UNKNOWN
    if value_usd == 0.0 or abs(value_usd) >= 1.0:
        return amount(value_usd)
    return f"{'-' if value_usd < 0 else ''}${significant(abs(value_usd))}"


def share(value: float | None, decimals: int = 0) -> str:
    """`12 %`, small ones with a decimal: `2.5 %`, `under 0.1 %`."""
    if value is None or math.isnan(value):
        return UNKNOWN
    if 0.0 < value < 0.001:
        return "under 0.1 %"
    small = 0.0 < abs(value) < 0.1 and round(100 * value, 6) != round(100 * value)
    text = share_text(value, 1 if small and not decimals else decimals)
    text = text.replace(".0 %", " %")
    return "0 %" if text == "-0 %" else text


def per_year(value: float | None) -> str:
    """`12 % a year`."""
    return UNKNOWN if value is None else f"{share(value, 0 if abs(value - round(value, 2)) < 1e-9 else 1)} a year"


def count(value: float | None) -> str:
    """A count, whole from ten on."""
    if value is None or math.isnan(value):
        return UNKNOWN
    if abs(value) >= 1e9:
        return f"{significant(value / 1e9)} billion"
    if abs(value) >= 1e7:
        return f"{significant(value / 1e6)} M"
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else significant(value)


def months(value: float | None) -> str:
    """`14.2 months`."""
    if value is None or math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return "never"
    text = f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
    return f"{text} month{'' if text in ('1', '1.0') else 's'}"


def percent(value: float | None) -> str:
    """A figure in per cent already: `143 %`."""
    if value is None or math.isnan(value):
        return UNKNOWN
    return f"{value:,.0f} %" if abs(value) >= 10 else f"{value:,.1f} %"


def band(banded: Banded, say: Callable[[float | None], str] = amount) -> str:
    """`$61,200 to $71,900`; empty where an end is unknown, or they look the same."""
    if banded.lo is None or banded.hi is None:
        return ""
    low, high = say(banded.lo), say(banded.hi)
    return "" if low == high else f"{low} to {high}"


def months_band(banded: Banded) -> str:
    """`12.5 to 20.3 months`."""
    told = band(banded, months)
    return re.sub(r" months?(?= to .* months?$)", "", told)


def money_cell(banded: Banded, absent: str = UNKNOWN) -> Cell:
    """A figure with its band under it; a loss is told by its sign, and by its colour beside."""
    if banded.value is None:
        return Cell(absent)
    tone: Tone = "bad" if banded.value < 0 else ""
    return Cell(amount(banded.value), band(banded), tone)


def titles(case: Case, limit: int = NAME) -> dict[str, str]:
    """Option → what reports call it in at most so many characters, each another."""
    found: dict[str, str] = {}
    for one in case.options:
        title = shorten(one.title or one.name, limit) or one.name
        taken = set(found.values())
        found[one.name] = title if title not in taken else f"{shorten(title, limit - 12)} ({shorten(one.name, 9)})"
    return found


def option_of(case: Case, name: str) -> OptionResult | None:
    """The option of this name."""
    return next((one for one in case.options if one.name == name), None)


def main_options(case: Case, most: int) -> list[OptionResult]:
    """At most so many, in their order: those compared, the baseline and the cheapest first of all."""
    decision = case.decision
    named = [*([decision.build, decision.buy] if decision else []), case.baseline, case.cheapest]
    order = list(dict.fromkeys([*filter(None, named), *(one.name for one in case.options)]))[:most]
    return [one for one in case.options if one.name in order]


def left_out(case: Case, shown: int) -> str:
    """`12 more options are in plan.json.`; empty where all are shown."""
    left = len(case.options) - shown
    return f"{plural(left, 'more option')} {'is' if left == 1 else 'are'} in plan.json." if left > 0 else ""


def payback_text(returns: Returns, months_seen: int) -> str:
    """`14.2 months`; `never within 36 months` where what is put in is not back by then."""
    if returns.payback_months.value is not None:
        return months(returns.payback_months.value)
    return UNKNOWN if not known(returns) else f"not within {months(months_seen)}"


def irr_text(returns: Returns) -> str:
    """`24 % a year`; `several` or `none` where it says nothing."""
    if returns.irr_per_year is not None and -1.0 < returns.irr_per_year < -0.99:
        return "under -99 % a year"
    if returns.irr_per_year is not None:
        return per_year(round(returns.irr_per_year, 3 if abs(returns.irr_per_year) < 1.0 else 2))
    if returns.irr_rates_per_year:
        return "several"
    return "none" if known(returns) else UNKNOWN


def roi_text(returns: Returns) -> str:
    """`143 %`; `not defined` where nothing is invested."""
    value = returns.roi_percent.value
    return percent(value) if value is not None else UNDEFINED if known(returns) else UNKNOWN


def known(returns: Returns) -> bool:
    """Whether every flow is known, so that what is not told is not defined."""
    return bool(returns.net_usd) and None not in returns.net_usd


def times(factor: float | None) -> str:
    """`0.5 ×`, `10 ×`."""
    return UNKNOWN if factor is None else f"{factor:,.3g} ×"


def said(text: str) -> str:
    """What a case says itself, cut to a length a page can bear."""
    return shorten(text, LONGEST)


def line(*texts: str | Cell, kind: LineKind = "") -> Line:
    """A row of a table."""
    return Line(tuple(one if isinstance(one, Cell) else Cell(one) for one in texts), kind)


def sentences(texts: Sequence[str]) -> str:
    """Those that say something, one after another."""
    return " ".join(filter(None, texts))


def horizon_text(case: Case) -> str:
    """`36 months (3 years)`."""
    years = case.months / 12
    whole = case.months % 12 == 0 and case.months >= 12
    return f"{months(case.months)} ({years:.0f} year{'' if years == 1 else 's'})" if whole else months(case.months)
