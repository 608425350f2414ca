"""What drove the change from one month to the next: prices, volumes, the mix, and what has no quantity."""

from planner.spend.drivers.change import change_of

__all__ = ["change_of"]
