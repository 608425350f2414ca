"""Terms of a contract that a scenario sets for every offer alike, so that all figures see the same ones."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from planner.catalog.rate_plans import RatePlan
from planner.scenario.time_rates import Best


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How offers are used, beside what each of them says of itself; the defaults change no figure."""

    egress_from_gb: tuple[float, ...] = (0.0,)
    """GB of a month from which each column of `Offers.egress_usd_per_gb` counts, ascending from 0."""
    egress_sent_gb: float | None = None
    """GB sent out in the month before this job; None: as much as each provider gives away, and no more."""
    utilisation: float | None = None
    """Share of committed hours that all work together uses; None where no commitment is asked for."""
    splits_long_runs: bool = False
    """Whether a run that takes longer than the provider allows is cut into sessions, instead of being excluded."""
    checkpoints: float = 2.0
    """Checkpoints on disk at a time."""
    retained_hours: float = 0.0
    """How long those stay after the run."""
    cached_hours: float | None = None
    """Hours from the run before, during which its weights and prepared data stayed on disk; None: nothing is cached."""
    rates: tuple[RatePlan, ...] = ()
    """What `Offers.rate` is an index into."""
    start: dt.datetime | Best | None = None
    """When machines of a run start to be billed, in UTC, or the best start for each offer; None: nobody has said, and a
    cost is the mean over all starts."""


AS_LISTED: Final = Terms()
"""What holds where a scenario says nothing."""
