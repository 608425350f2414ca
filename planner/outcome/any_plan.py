"""A plan of whatever kind."""

from typing import Final

from pydantic import BaseModel

from planner.outcome.plan import Plan
from planner.outcome.serving_plan import ServingPlan

AnyPlan = Plan | ServingPlan
SERVING: Final = "Serving"


class _Kind(BaseModel):
    """All that must be known of a plan before it is read."""

    kind: str = "FineTune"


def parse_plan(content: bytes | str) -> AnyPlan:
    """The plan in the content of a plan.json, by the kind that it says; raises pydantic's ValidationError."""
    if _Kind.model_validate_json(content).kind == SERVING:
        return ServingPlan.model_validate_json(content)
    return Plan.model_validate_json(content)
