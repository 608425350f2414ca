"""A plan of whatever kind, and all that a plan.json can hold."""

from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from planner.late import Late
from planner.outcome.plan import Plan
from planner.outcome.serving_plan import ServingPlan

if TYPE_CHECKING:
    from planner.outcome.business_case import Case
    from planner.outcome.portfolio import PortfolioPlan
    from planner.outcome.review import Review

    Outcome = Plan | ServingPlan | Review | PortfolioPlan | Case

AnyPlan = Plan | ServingPlan
"""What chooses among configurations: of the other kinds a review looks back, a portfolio and a case rest on plans."""
SERVING: Final = "Serving"
TYPES: "Final[Late[type[Outcome]]]" = Late({
    "FineTune": "planner.outcome.plan:Plan",
    SERVING: "planner.outcome.serving_plan:ServingPlan",
    "SpendReview": "planner.outcome.review:Review",
    "Portfolio": "planner.outcome.portfolio:PortfolioPlan",
    "BusinessCase": "planner.outcome.business_case:Case",
})  # fmt: skip
"""Kind of scenario → type of what it becomes."""


class _Kind(BaseModel):
    """All that must be known of an outcome before it is read."""

    kind: str = "FineTune"


def parse_outcome(content: bytes | str) -> "Outcome":
    """What the content of a plan.json holds, by the kind that it says; raises pydantic's ValidationError."""
    kind = _Kind.model_validate_json(content).kind
    return TYPES.get(kind, Plan).model_validate_json(content)


def parse_plan(content: bytes | str) -> AnyPlan:
    """The plan in the content of a plan.json, by the kind that it says; raises pydantic's ValidationError.

    What is no AnyPlan is refused like anything else that is none.
    """
    if _Kind.model_validate_json(content).kind == SERVING:
        return ServingPlan.model_validate_json(content)
    return Plan.model_validate_json(content)
