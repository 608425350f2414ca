"""Ways to rent a machine, as a scenario names them."""

from typing import Final, Literal, get_args

Tier = Literal["on_demand", "spot", "reserved_1y", "reserved_3y", "savings_1y", "savings_3y"]
"""By the hour, taken away at will, or committed for years: to a machine (reserved) or to a spend (savings)."""
TIERS: Final[tuple[Tier, ...]] = get_args(Tier)
COMMITTED: Final = TIERS[2:]
