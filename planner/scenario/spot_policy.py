"""Names of the ways to run on spot machines against a deadline (DOMAIN 5.4)."""

from typing import Final, Literal, get_args

SpotPolicyName = Literal["spot_only", "fallback", "uniform_progress", "multi_region"]
POLICIES: Final[tuple[SpotPolicyName, ...]] = get_args(SpotPolicyName)
"""The simplest first."""
ON_DEMAND_TOO: Final[tuple[SpotPolicyName, ...]] = ("fallback", "uniform_progress")
"""Policies that rent on demand as well, and that mean nothing without a deadline."""
