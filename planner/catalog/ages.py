"""How old a dated fact is at the catalog's date."""

from collections.abc import Sequence

import numpy as np

from planner.catalog.rows import Floats
from planner.units import DAYS_PER_MONTH, earliest_day


def age_months(dates: Sequence[str], as_of: str) -> Floats:
    """Age of prices at the catalog's date, in months; a price dated later has age 0."""
    today = earliest_day(as_of)
    age = {date: max(0.0, (today - earliest_day(date)).days / DAYS_PER_MONTH) for date in set(dates)}
    return np.array([age[date] for date in dates], np.float64)
