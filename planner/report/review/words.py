"""How a review says amounts, changes, days and names."""

import calendar
import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

from planner.card_names import card_text, provider_text
from planner.outcome.review.kpis import Trend
from planner.report.data.review_parts import Cell, Column, Tone
from planner.report.names import capital, shorten
from planner.units import share_text, significant, usd

UNATTRIBUTED: Final = "unattributed"
LONGEST: Final = 300
"""Characters of a sentence that the review brings."""
NAME: Final = 48
"""Characters of a name in a table."""
_DATE: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])(?:-\d{2})?")
PER: Final[Mapping[str, str]] = {
    "1k_tokens": "1,000 tokens", "accuracy_point": "point of accuracy", "gpu_hour": "GPU-hour",
    "user_action": "conversation",
}  # fmt: skip
"""Units whose name is no word."""


def name_of(value: str) -> str:
    """A value of a dimension; what is unattributed by that word."""
    return shorten(value, NAME) or UNATTRIBUTED


def said(text: str) -> str:
    """What the review says itself, cut to a length a page can bear."""
    return shorten(text, LONGEST)


def sentence(text: str) -> str:
    """The same as a sentence: a capital first, a full stop last; empty where nothing is said."""
    told = said(text).rstrip(".")
    return f"{capital(told)}." if told else ""


def named(value: str) -> str:
    """`cost_usd_per_run` as a reader meets it: `cost usd per run`."""
    return shorten(value.replace("_", " "), NAME)


def cents(value_usd: float | None, code: str = "USD") -> str:
    """An amount to the cent, for what must add up: `$1,204.10`, `-$3.00`, `EUR 12.00`."""
    if value_usd is None:
        return "unknown"
    sign = "-" if round(value_usd, 2) < 0 else ""
    return f"{sign}{'$' if code == 'USD' else f'{code} '}{abs(value_usd):,.2f}"


def signed_usd(value_usd: float | None) -> str:
    """A change: `+$9,033`, `-$120`, `$0.00`."""
    if value_usd is None:
        return "unknown"
    return f"{'+' if round(value_usd, 2) > 0 else ''}{usd(value_usd)}"


def change_text(now: float | None, before: float | None) -> str:
    """`+18 %`; `unknown` where a side is, `new` where nothing was before."""
    if now is None or before is None:
        return "unknown"
    if before == 0:
        return "none" if now == 0 else "new"
    change = (now - before) / abs(before)
    if change > 9.99:
        return f"× {significant(now / before, 2)}"
    text = share_text(change)
    return "0 %" if text in ("0 %", "-0 %") else f"{'+' if change > 0 else ''}{text}"


def share(value: float | None) -> str:
    """A share in whole per cent, small and nearly whole ones not rounded away; `unknown` where nobody knows."""
    if value is None:
        return "unknown"
    return "under 1 %" if 0.0 < value < 0.01 else "over 99 %" if 0.995 <= value < 1.0 else share_text(value)


def per_unit(value_usd: float | None) -> str:
    """The price of one of something: cents from ten of them on, below that three digits."""
    if value_usd is None or value_usd == 0.0 or abs(value_usd) >= 0.1:
        return usd(value_usd)
    return f"{'-' if value_usd < 0 else ''}${significant(abs(value_usd))}"


def alike(*values_usd: float | None) -> list[str]:
    """Prices of one of the same thing, with as many decimals each: `$0.00090`, `$0.00150`; `unknown` where one is.

    Three digits of the smallest where it is below ten cents, cents where it is below $100.
    """
    known = [abs(value) for value in values_usd if value]
    least = min(known, default=0.0)
    decimals = 0 if least >= 100 else 2 if least >= 0.1 or not least else 2 - math.ceil(math.log10(least) + 1e-9) + 1
    return ["unknown" if value is None else f"{'-' if value < 0 else ''}${abs(value):,.{decimals}f}"
            for value in values_usd]  # fmt: skip


def card_at(card: str, provider: str) -> str:
    """`L40S at AWS`; a card of no known provider alone."""
    where = f" at {provider_text(shorten(provider, 40))}" if provider else ""
    return f"{card_text(shorten(card, 40)) or 'unknown cards'}{where}"


def count(value: float | None) -> str:
    """A count: whole from ten on; large ones with a prefix."""
    if value is None:
        return "unknown"
    if abs(value) >= 1e9:
        return f"{significant(value / 1e9)} G"
    if abs(value) >= 1e7:
        return f"{significant(value / 1e6)} M"
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else significant(value)


def month_text(month: str) -> str:
    """`2026-10` as `October 2026`; what is none as it is."""
    if not _DATE.fullmatch(month):
        return shorten(month, NAME)
    return f"{calendar.month_name[int(month[5:7])]} {month[:4]}"


def day_text(day: str) -> str:
    """`2026-10-03` as `3 October 2026`; `unknown` where it is empty, and what is no day as it is."""
    if len(day) != len("2026-10-03") or not _DATE.fullmatch(day):
        return shorten(day, NAME) or "unknown"
    return f"{int(day[8:10])} {month_text(day[:7])}"


def days_text(first: str, last: str) -> str:
    """`13 to 15 October 2026`, `18 September to 31 October 2026`."""
    if first == last or not (first and last):
        return day_text(first or last)
    if first[:7] == last[:7] and _DATE.fullmatch(first):
        return f"{int(first[8:10])} to {day_text(last)}"
    start = day_text(first) if first[:4] != last[:4] else day_text(first).rpartition(" ")[0]
    return f"{start} to {day_text(last)}"


def band_text(low: float | None, high: float | None) -> str:
    """`$61,200 to $71,900`; empty where an end is unknown, or they look the same."""
    if low is None or high is None or usd(low) == usd(high):
        return ""
    return f"{usd(low)} to {usd(high)}"


def trend_text(trend: Trend | None) -> str:
    """`up 2.1 % a week`, `no trend`; empty where there is none to tell."""
    if trend is None:
        return ""
    if trend.direction == "none":
        return "no trend"
    if trend.per_week is None:
        return trend.direction
    return f"{trend.direction} {share_text(abs(trend.per_week), 1)} a week"


def trend_note(trend: Trend | None) -> str:
    """`p = 0.012, 26 weeks`."""
    if trend is None or trend.p_value is None:
        return ""
    told = "p < 0.001" if trend.p_value < 0.001 else f"p = {significant(trend.p_value, 2)}"
    return f"{told}, {trend.weeks} weeks"


def columns(*names: str, numbers: Sequence[str] = ()) -> tuple[Column, ...]:
    """The columns of a table, those in `numbers` flush right."""
    return tuple(Column(name, name in numbers) for name in names)


def cell(text: str, note: str = "", tone: Tone = "") -> Cell:
    """A value, with what stands under it."""
    return Cell(text, note, tone)


def row(*texts: str) -> tuple[Cell, ...]:
    """A row of plain values."""
    return tuple(Cell(text) for text in texts)


def sentences(*texts: str) -> str:
    """Those that say something, one after another."""
    return " ".join(filter(None, texts))


def left_text(there: int, shown: int) -> str:
    """`12 more are in plan.json.`; empty where all are shown."""
    left = there - shown
    return f"{left:,} more {'is' if left == 1 else 'are'} in plan.json." if left > 0 else ""


def months_words(month: str, days: Sequence[str]) -> str:
    """How much of a month that is not over is there."""
    mine = [day for day in days if day.startswith(month)]
    last = f" up to {day_text(mine[-1])}" if mine else " without a day"
    return f"{month_text(month)} is there{last}; all that is held against it counts as many days."
