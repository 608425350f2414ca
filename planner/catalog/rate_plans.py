"""Rate plans: what an hour costs, as a share of an offer's price, by the hour of the week or by use of the month."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.units import HOURS_PER_WEEK

FLAT: Final = -1
"""`Offers.rate` of an offer whose price is the same at all times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """Rates by the hour of the week; the price of a run depends on when it starts."""

    edges: tuple[float, ...]
    """Hours after Monday 00:00 UTC from which each factor holds; ascending from 0, all below a week."""
    factors: tuple[float, ...]
    """Price of an hour then, as a share of the offer's price; above 0."""
    words: str
    source: str

    @property
    def mean_factor(self) -> float:
        """Price of an hour over the whole week."""
        lengths = np.diff(np.array(self.edges), append=HOURS_PER_WEEK)
        return float(lengths @ np.array(self.factors)) / HOURS_PER_WEEK


@dataclass(frozen=True, slots=True, kw_only=True)
class Monthly:
    """Incremental rates by how much of a calendar month a machine has run: sustained use."""

    edges: tuple[float, ...]
    """Shares of the month from which each factor holds; ascending from 0, all below 1."""
    factors: tuple[float, ...]
    """Price of an hour then, as a share of the offer's price; above 0, none above the one before."""
    provider: str
    gpus: tuple[str, ...]
    """Ids of the cards whose machines have it, on demand."""
    words: str
    source: str


RatePlan = Weekly | Monthly


def flat_rates(offers: int) -> dict[str, np.ndarray]:
    """Columns of offers that have no rate plan."""
    return {"rate": np.full(offers, FLAT), "spot_twin_rate": np.full(offers, FLAT)}
