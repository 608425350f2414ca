"""The history that advice is computed on: how far it reaches, and what a month costs."""

import datetime
import math
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from planner.catalog.rows import Catalog
from planner.scenario.spend_review import AdviceFrom
from planner.spend.months import Month
from planner.spend.store import Store
from planner.spend.sums import total

LONGEST_DAYS: Final = 365
"""How far back runs and commitments are looked at."""
LEAST_DAYS: Final = 28
"""What runs cost is spread over no fewer days than these."""
RECENT_DAYS: Final = 91
"""How far back what stands there now is looked at: hosts, deployments, requests. Thirteen weeks."""


@dataclass(frozen=True, slots=True)
class History:
    """The tables up to the end of the month, or to the day that everything is looked at from."""

    store: Store
    catalog: Catalog
    settings: AdviceFrom
    month: Month

    @property
    def end(self) -> datetime.date:
        """The day after the last one that is looked at."""
        return min(self.month.end, self.store.as_of)

    def first(self, days: int) -> datetime.date:
        """The first of so many days."""
        return self.end - datetime.timedelta(days=days)

    def day(self, moment: datetime.datetime) -> datetime.date:
        """The day, in the review's zone, of a time of the tables."""
        return moment.replace(tzinfo=datetime.UTC).astimezone(ZoneInfo(self.store.time_zone)).date()

    def window(self, days: int) -> list[datetime.datetime]:
        """Begin and end of the last so many days, in UTC: what queries are given."""
        return [self.store.begin(self.first(days)), self.store.begin(self.end)]

    def months_cost_usd(self) -> float:
        """What the whole month costs if its other days are like those so far; NaN where nothing is known.

        Bills count; without any, what runs and requests say they cost.
        """
        days = (self.end - self.month.first).days
        if days <= 0:
            return math.nan
        bounds = [self.month.first, self.end]
        spent = self.store.rows("SELECT sum(effective_usd)::DOUBLE FROM allocated WHERE day >= ? AND day < ?", bounds)
        found = spent[0][0]
        if found is None:
            both = " UNION ALL ".join(f"SELECT cost_usd FROM {t} WHERE day >= ? AND day < ?" for t in ("runs", "usage"))
            found = self.store.rows(f"SELECT {total('cost_usd')} FROM ({both})", bounds * 2)[0][0]
        return math.nan if found is None else float(found) * self.month.days / days
