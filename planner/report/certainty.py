"""From which chance on a report calls a difference a difference: DOMAIN 11, as where decisions are taken."""

from typing import Final

TOO_CLOSE: Final = 0.6
"""Chance below which a difference is too close to call."""
ROBUST: Final = 0.9
"""Chance of being no worse on every objective from which on one point dominates another."""
