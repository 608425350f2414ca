"""Ways to buy the hours of a job, and which of them is advised."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from planner.catalog.prices.forecast import Forecast
from planner.catalog.prices.row import Key
from planner.market.job import Job
from planner.market.pattern import Pattern

What = Literal["now", "region", "provider", "hour", "wait"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to buy; money is the job's compute cost, in USD."""

    what: What
    key: Key
    start: datetime
    """UTC."""
    wait_hours: float
    usd_per_hour: float
    """Expected mean price of one machine while the job runs."""
    cost_usd: float
    """Expected."""
    saving_usd: float
    """Expected, against running now; negative where it costs more."""
    width_usd: float
    """Savings below this are noise."""
    chance_dearer: float | None = None
    """Probability that it costs more than running now; None where nothing is waited for."""
    worst_usd: float | None = None
    """Cost that it stays below with 90 % probability at least; None where nothing is waited for, or nothing told."""
    against: str = ""
    """Why it is not advised whatever it saves; empty where nothing speaks against it."""
    caution: str = ""
    """What to check before."""

    @property
    def worth(self) -> bool:
        """Whether it saves more than noise, and nothing speaks against it."""
        return not self.against and self.saving_usd > self.width_usd


@dataclass(frozen=True, slots=True)
class BuyingAdvice:
    """The options of a job, the advised one first."""

    job: Job
    usd_per_hour: float
    """The newest price of the job's own offer."""
    seen_at: datetime
    """When it was seen, UTC."""
    options: tuple[Option, ...]
    reason: str
    """Why the first is advised."""
    notes: tuple[str, ...]
    """What could not be told, and why."""
    forecast: Forecast | None
    """Of the job's own offer; None where too little was seen."""
    hours_of_day: Pattern
    days_of_week: Pattern

    @property
    def advised(self) -> Option:
        """What to do."""
        return self.options[0]
