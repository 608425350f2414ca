"""A plan of whatever kind, and all that a plan.json can hold."""

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from planner.outcome.business_case import Case
from planner.outcome.plan import Plan
from planner.outcome.portfolio import PortfolioPlan
from planner.outcome.review import Review
from planner.outcome.serving_plan import ServingPlan

AnyPlan = Plan | ServingPlan
"""What chooses among configurations: of the other kinds a review looks back, a portfolio and a case rest on plans."""
Outcome = AnyPlan | Review | PortfolioPlan | Case
SERVING: Final = "Serving"
REVIEW: Final = "SpendReview"
TYPES: Final[Mapping[str, type[Outcome]]] = {
    "FineTune": Plan,
    SERVING: ServingPlan,
    REVIEW: Review,
    "Portfolio": PortfolioPlan,
    "BusinessCase": Case,
}
"""Kind of scenario → type of what it becomes."""


class _Kind(BaseModel):
    """All that must be known of an outcome before it is read."""

    kind: str = "FineTune"


def parse_outcome(content: bytes | str) -> Outcome:
    """What the content of a plan.json holds, by the kind that it says; raises pydantic's ValidationError."""
    return TYPES.get(_Kind.model_validate_json(content).kind, Plan).model_validate_json(content)


def parse_plan(content: bytes | str) -> AnyPlan:
    """The plan in the content of a plan.json, by the kind that it says; raises pydantic's ValidationError.

    What is no AnyPlan is refused like anything else that is none.
    """
    if _Kind.model_validate_json(content).kind == SERVING:
        return ServingPlan.model_validate_json(content)
    return Plan.model_validate_json(content)
