"""How old a dated fact is at the catalog's date."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from planner.catalog.rows import Floats

DAYS_PER_MONTH = 365.2425 / 12


def earliest_day(date: str) -> dt.date:
    """The earliest day a full or partial ISO date can mean: `2026` is 2026-01-01."""
    parts = [int(part) for part in date.split("-")]
    return dt.date(*[*parts, 1, 1][:3])


def age_months(dates: Sequence[str], as_of: str) -> Floats:
    """Age of prices at the catalog's date, in months; a price dated later has age 0."""
    today = earliest_day(as_of)
    age = {date: max(0.0, (today - earliest_day(date)).days / DAYS_PER_MONTH) for date in set(dates)}
    return np.array([age[date] for date in dates], np.float64)
