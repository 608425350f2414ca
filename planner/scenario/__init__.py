"""What a user may write: pydantic types, frozen, no unknown keys; the source of `schemas/`."""

from typing import TYPE_CHECKING

from planner.late import Late
from planner.scenario.fine_tune import FineTune
from planner.scenario.serving import Serving

if TYPE_CHECKING:
    from planner.scenario.business_case import BusinessCase
    from planner.scenario.portfolio import Portfolio
    from planner.scenario.spend_review import SpendReview

    Scenario = FineTune | Serving | SpendReview | Portfolio | BusinessCase

Planned = FineTune | Serving
"""What asks for a plan."""
KINDS: "Late[type[Scenario]]" = Late({
    "FineTune": "planner.scenario.fine_tune:FineTune",
    "Serving": "planner.scenario.serving:Serving",
    "SpendReview": "planner.scenario.spend_review:SpendReview",
    "Portfolio": "planner.scenario.portfolio:Portfolio",
    "BusinessCase": "planner.scenario.business_case:BusinessCase",
})  # fmt: skip
"""Kind of scenario → its type. A new kind is one module here, one in `planner/kinds/`, and its lines in the tables."""

__all__ = ["KINDS", "FineTune", "Planned", "Serving"]
