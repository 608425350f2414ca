"""Runs held against the plans that they followed, and handed on to `planner calibrate`."""

from planner.spend.against_plan.comparing import against_plans
from planner.spend.against_plan.to_calibrate import calibration_rows

__all__ = ["against_plans", "calibration_rows"]
