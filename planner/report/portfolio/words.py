"""How a report of a portfolio says moments, shares, places and sums in the scenario's currency."""

import datetime
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from planner.card_names import provider_text
from planner.outcome.portfolio import Calendar, PortfolioPlan
from planner.report.data.review_parts import Cell, Column
from planner.report.names import clean, shorten
from planner.units import SECONDS_PER_HOUR, duration, money, share_text, significant, usd

NAME: Final = 48
"""Characters of a name in a table."""
LONGEST: Final = 300
"""Characters of a sentence that the plan brings."""
NAMED: Final = 6
"""Names in a list; of more it tells how many."""
RELAXED: Final = "What more of it is worth, and where it binds, is from the linear relaxation."
NO_TEAM: Final = "no team"


def team_of(name: str) -> str:
    """A team as tables name it."""
    return shorten(name, NAME) or NO_TEAM


def when_text(moment: str) -> str:
    """`2026-12-03T08:00:00+01:00` as `2026-12-03 08:00`, in its own zone; what is no time as it is."""
    read = _read(moment)
    return shorten(moment, 40) if read is None else f"{read:%Y-%m-%d %H:%M}"


def hours_after(calendar: Calendar, moment: str) -> float | None:
    """Hours from the begin of the portfolio to a moment; None where one of them is no time."""
    begins, read = _zoned(calendar, calendar.begins), _zoned(calendar, moment)
    return None if begins is None or read is None else (read - begins).total_seconds() / SECONDS_PER_HOUR


def zone_of(calendar: Calendar) -> datetime.tzinfo:
    """The zone that days are counted in; UTC where there is none of that name."""
    try:
        return ZoneInfo(calendar.time_zone)
    except (ValueError, OSError, KeyError):  # a plan may come from anywhere
        return datetime.UTC


def begin_of(calendar: Calendar) -> datetime.datetime | None:
    """Hour 0 in that zone; None where it is no time."""
    return _zoned(calendar, calendar.begins)


def _zoned(calendar: Calendar, moment: str) -> datetime.datetime | None:
    read, zone = _read(moment), zone_of(calendar)
    if read is None:
        return None
    try:
        return read.replace(tzinfo=zone) if read.tzinfo is None else read.astimezone(zone)
    except OverflowError:
        return None


def _read(moment: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(moment)
    except ValueError:
        return None


def place_text(provider: str, region: str) -> str:
    """`AWS us-east-1`; `every provider` where nothing is named."""
    return " ".join(filter(None, [provider_text(shorten(provider, 40)), shorten(region, 40)])) or "every provider"


def share(value: float | None) -> str:
    """A share in whole per cent, never all or nothing by rounding; `unknown` where nobody knows."""
    if value is None:
        return "unknown"
    return "under 1 %" if 0.0 < value < 0.01 else "over 99 %" if 0.99 < value < 1.0 else share_text(value)


def gap_text(gap: float | None) -> str:
    """A proven distance: `0.8 %`; `unknown` where none is proven."""
    if gap is None:
        return "unknown"
    return "0 %" if gap <= 1e-9 else "under 0.01 %" if gap < 1e-4 else f"{significant(100 * gap, 2)} %"


def gpus(value: float) -> str:
    """A number of cards: `8`, `1,024`, `2.5`."""
    return f"{value:,.0f}" if value == round(value) else significant(value, 3)


def late_text(hours: float) -> str:
    """How late something is: `26.0 h`; empty where it is not."""
    return duration(hours) if hours > 0 else ""


def band(low: float | None, high: float | None) -> str:
    """`$900 to $1,200`; empty where an end is unknown, or they look the same."""
    return "" if low is None or high is None or usd(low) == usd(high) else f"{usd(low)} to {usd(high)}"


def in_currency(value_usd: float | None, plan: PortfolioPlan) -> str:
    """Money in the scenario's currency; empty where it names none."""
    c = plan.currency
    if c is None:
        return ""
    return money(None if value_usd is None else value_usd / c.usd_per_unit, clean(c.code))


def some(names: Sequence[str], most: int = NAMED) -> str:
    """`a, b and 4 more`; all where they are few."""
    shown = [shorten(name, NAME) for name in names[:most]]
    left = len(names) - len(shown)
    if left > 0:
        return f"{', '.join(shown)} and {left:,} more"
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def columns(*names: str, numbers: Sequence[str] = ()) -> tuple[Column, ...]:
    """The columns of a table, those in `numbers` flush right."""
    return tuple(Column(name, name in numbers) for name in names)


def row(*texts: str) -> tuple[Cell, ...]:
    """A row of plain values."""
    return tuple(Cell(text) for text in texts)


def left_text(there: int, shown: int, what: str) -> str:
    """`24 of 80 budgets are shown, …; plan.json has them all.`; empty where all are shown."""
    return f"{shown:,} of {there:,} {what}; plan.json has them all." if there > shown else ""
