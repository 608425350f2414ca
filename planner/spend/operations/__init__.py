"""How things ran in the month: runs, cards, deployments, APIs, tenants."""

from planner.spend.operations.operations import operations_of

__all__ = ["operations_of"]
