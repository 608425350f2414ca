"""A plan of whatever kind, and all that a plan.json can hold."""

from typing import Final

from pydantic import BaseModel

from planner.outcome.plan import Plan
from planner.outcome.review import Review
from planner.outcome.serving_plan import ServingPlan

AnyPlan = Plan | ServingPlan
"""What says how something should be done; a review says what was done."""
Outcome = AnyPlan | Review
SERVING: Final = "Serving"
REVIEW: Final = "SpendReview"


class _Kind(BaseModel):
    """All that must be known of an outcome before it is read."""

    kind: str = "FineTune"


def parse_outcome(content: bytes | str) -> Outcome:
    """What the content of a plan.json holds, by the kind that it says; raises pydantic's ValidationError."""
    kind = _Kind.model_validate_json(content).kind
    if kind == REVIEW:
        return Review.model_validate_json(content)
    if kind == SERVING:
        return ServingPlan.model_validate_json(content)
    return Plan.model_validate_json(content)


def parse_plan(content: bytes | str) -> AnyPlan:
    """The plan in the content of a plan.json, by the kind that it says; raises pydantic's ValidationError.

    A review is no plan, and is refused like anything else that is none.
    """
    if _Kind.model_validate_json(content).kind == SERVING:
        return ServingPlan.model_validate_json(content)
    return Plan.model_validate_json(content)
