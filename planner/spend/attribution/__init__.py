"""Whose spend is whose: rules and tags → `allocated`, and what each is charged."""

from planner.spend.attribution.allocation import allocate
from planner.spend.attribution.cents import to_cents
from planner.spend.attribution.dimensions import attributed_of
from planner.spend.attribution.statements import statements_of
from planner.spend.attribution.totals import day_totals, month_totals
from planner.spend.attribution.whole import whole_months

__all__ = ["allocate", "attributed_of", "day_totals", "month_totals", "statements_of", "to_cents", "whole_months"]
