"""What one unit costs, whether that goes up or down, and one score of how well money is used."""

from planner.spend.kpis.efficiency import efficiency_of
from planner.spend.kpis.unit_costs import unit_costs_of

__all__ = ["efficiency_of", "unit_costs_of"]
