"""The days since advice was given, and as many days before."""

import datetime
from dataclasses import dataclass

from planner.spend.store import Store

LEAST_BEFORE_DAYS = 28
"""Before is held against since; a shorter time before says little."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a piece of advice."""

    realised_usd: float | None
    """Since it was given; negative where it went the other way."""
    text: str


@dataclass(frozen=True, slots=True)
class Since:
    """From the day on which advice was given to the day that everything is looked at from."""

    store: Store
    given: datetime.date
    until: datetime.date

    @property
    def days(self) -> int:
        """Since then."""
        return (self.until - self.given).days

    def window(self) -> list[datetime.datetime]:
        """Begin and end, in UTC."""
        return [self.store.begin(self.given), self.store.begin(self.until)]

    def before(self) -> list[datetime.datetime]:
        """As many days before, and no fewer than four weeks."""
        days = datetime.timedelta(days=max(self.days, LEAST_BEFORE_DAYS))
        return [self.store.begin(self.given - days), self.store.begin(self.given)]
