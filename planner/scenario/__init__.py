"""What a user may write: pydantic types, frozen, no unknown keys; the source of `schemas/`."""

from planner.scenario.business_case import BusinessCase
from planner.scenario.fine_tune import FineTune
from planner.scenario.portfolio import Portfolio
from planner.scenario.serving import Serving
from planner.scenario.spend_review import SpendReview

Planned = FineTune | Serving
"""What asks for a plan."""
Scenario = Planned | SpendReview | Portfolio | BusinessCase
KINDS: dict[str, type[Scenario]] = {
    "FineTune": FineTune,
    "Serving": Serving,
    "SpendReview": SpendReview,
    "Portfolio": Portfolio,
    "BusinessCase": BusinessCase,
}
"""Kind of scenario → its type. A new kind is one module here, one in `planner/kinds/`, and its lines in the tables."""

__all__ = ["KINDS", "BusinessCase", "FineTune", "Planned", "Portfolio", "Scenario", "Serving", "SpendReview"]
