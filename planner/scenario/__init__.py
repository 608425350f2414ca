"""What a user may write: pydantic types, frozen, no unknown keys; the source of `schemas/`."""

from planner.scenario.fine_tune import FineTune
from planner.scenario.serving import Serving
from planner.scenario.spend_review import SpendReview

Planned = FineTune | Serving
"""What asks for a plan."""
Scenario = Planned | SpendReview
KINDS: dict[str, type[FineTune] | type[Serving] | type[SpendReview]] = {
    "FineTune": FineTune,
    "Serving": Serving,
    "SpendReview": SpendReview,
}
"""Kind of scenario → its type. A new kind is one module here, one in `planner/kinds/`, and its lines in the tables."""

__all__ = ["KINDS", "FineTune", "Planned", "Scenario", "Serving", "SpendReview"]
