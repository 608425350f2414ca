"""A Serving scenario on its way to another machine and back."""

from planner.batch.build import build
from planner.batch.far import pack, plan_there
from planner.batch.one import plan_json
from planner.outcome.any_plan import parse_plan
from planner.outcome.serving_plan import ServingPlan
from planner.planning import plan_ready, read_any
from tests.planning.serving_scenarios import by_api


def test_it_is_planned_there_as_here() -> None:
    ready = read_any(by_api())
    answer = plan_there(pack(ready), build())
    assert answer.result == "plan"
    assert answer.text == plan_json(plan_ready(ready))
    assert isinstance(parse_plan(answer.text), ServingPlan)
