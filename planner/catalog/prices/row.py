"""One price of one machine, as every source gives it and as snapshots and the history keep it."""

from dataclasses import dataclass
from typing import Final

TIERS: Final = ("on_demand", "spot", "reserved_1y", "reserved_3y", "savings_1y", "savings_3y")
"""Ways to rent: by the hour, taken away at will, and committed for years to a machine (reserved) or to a spend."""
MARKETS: Final = ("cloud", "marketplace")
CONFIDENCE: Final = ("high", "medium", "low")
Key = tuple[str, str, str, str]
"""Provider, instance, region, tier: what makes a price the same price on another day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRow:
    """What a whole machine costs per hour in one region and tier."""

    provider: str
    """Id of `providers.csv`."""
    instance: str
    gpu: str
    """Catalog id of the card, such as `h100-sxm`."""
    gpu_count: int
    vcpus: float
    """NaN where the source does not say."""
    memory_gib: float
    """Host memory; NaN where the source does not say."""
    region: str
    """The provider's own name; `any` where one price holds everywhere."""
    tier: str
    """One of `TIERS`."""
    usd_per_hour: float
    """USD for the whole machine; finite and above 0."""
    market: str
    """`cloud`, or `marketplace` where strangers rent their machines out."""
    as_of: str
    """Day that the price was seen, YYYY-MM-DD."""
    confidence: str
    """`high`, `medium` or `low`."""
    source: str
    """Name of the source that gave it, and what else is to be said of it, in one line."""

    @property
    def key(self) -> Key:
        """What makes it the same price on another day."""
        return (self.provider, self.instance, self.region, self.tier)
