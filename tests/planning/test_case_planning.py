"""A business case that was read is reckoned with what its plans supply."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from planner.outcome.business_case import Case
from planner.planning import making, read_ready
from planner.planning.case_planning import case_ready
from planner.planning.ready import CaseReady
from planner.source import InvalidInput
from tests.planning.test_case_reading import CASE, FINE_TUNE, SERVING

TUNED = {**FINE_TUNE, "hardware": {"gpus": ["l40s"], "counts": [1], "providers": ["aws"], "tiers": ["on_demand"]}}
SERVED = {"scenario": "serve.yaml", "decision": "cheapest_api"}
ROOT = Path(__file__).parents[2]


def made(folder: Path, *options: dict[str, Any], **changes: Any) -> Case:
    (folder / ".git").mkdir(exist_ok=True)
    for name, data in (("tune.yaml", TUNED), ("serve.yaml", SERVING)):
        (folder / name).write_text(yaml.safe_dump(data))
    path = folder / "case.yaml"
    path.write_text(yaml.safe_dump({**CASE, "options": list(options), **changes}, sort_keys=False))
    return reckoned(path)


def reckoned(path: Path) -> Case:
    ready = read_ready(path)
    assert isinstance(ready, CaseReady)
    return case_ready(ready)


def test_the_case_follows_its_plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned: list[str] = []
    plan = making.plan_ready

    def counted(ready: Any, **more: Any) -> Any:
        planned.append(ready.path)
        return plan(ready, **more)

    monkeypatch.setattr("planner.planning.case_planning.plan_ready", counted)
    case = made(
        tmp_path,
        {"name": "a", "plans": [{"scenario": "tune.yaml", "runs_once": 3}, SERVED]},
        {"name": "b", "plans": [{"scenario": "tune.yaml", "decision": "fastest", "runs_per_year": 2}]},
    )
    assert planned == ["tune.yaml", "serve.yaml"]
    ours, theirs = case.options
    assert [text.split(":")[0] for text in ours.follows] == ["cheapest of tune", "cheapest api of serve"]
    run = next(x for x in case.inputs if x.key == "options.a.plans.0").value
    assert run is not None
    assert run > 0
    training = {b.category: b.usd.value for b in ours.breakdown}["training"]
    assert training == pytest.approx(3 * run)
    assert {b.category for b in theirs.breakdown} == {"training"}
    assert case.scenario.extends == ["serve.yaml", "tune.yaml"]


def test_the_digest_of_a_case_is_that_of_its_plans_too(tmp_path: Path) -> None:
    option = {"name": "a", "plans": [SERVED]}
    first, again = made(tmp_path, option), made(tmp_path, option)
    assert first.model_dump_json() == again.model_dump_json()
    (tmp_path / "serve.yaml").write_text(
        yaml.safe_dump({**SERVING, "traffic": {**SERVING["traffic"], "output_tokens": 20}})
    )
    moved = reckoned(tmp_path / "case.yaml")
    assert moved.scenario.digest != first.scenario.digest
    assert (moved.options[0].cost_usd.value or 0) > (first.options[0].cost_usd.value or 0) > 0


def test_what_plans_do_not_supply_is_told_where_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "dear.yaml").write_text(yaml.safe_dump({**TUNED, "constraints": {"max_cost": 0.001}}))
    with pytest.raises(InvalidInput) as caught:
        made(
            tmp_path,
            {"name": "a", "plans": [{"scenario": "dear.yaml"}, {"scenario": "tune.yaml", "decision": "greenest"}]},
        )
    told = {problem.at: problem for problem in caught.value.problems}
    assert (
        told["options[0].plans[0].scenario"].message
        == "tune: its plan has nothing feasible, so that it supplies no costs"
    )
    assert "no decision 'greenest'; it has cheapest" in told["options[0].plans[1].decision"].message
    assert told["options[0].plans[1].decision"].hint == "`planner plan tune.yaml` shows its plan"


def test_warnings_of_a_case_and_of_its_scenarios_are_in_it(tmp_path: Path) -> None:
    case = made(
        tmp_path,
        {"name": "a", "plans": [{"scenario": "tune.yaml", "with_demand": True}]},
        demand={"users": 5, "growth": 3},
    )
    assert [text.split(":")[0] for text in case.warnings[:2]] == ["demand.growth", "options[0].plans[0].with_demand"]


@pytest.mark.parametrize("name", ["own-or-rent", pytest.param("support-assistant", marks=pytest.mark.real)])
def test_the_examples_decide_something(name: str) -> None:
    """The one with plans is dear for what it shows: two scenarios of many thousand combinations are planned."""
    case = reckoned(ROOT / "scenarios" / "business-case" / f"{name}.yaml")
    assert case.decision is not None
    assert 0.2 < (case.decision.chance_build_wins or 0) < 0.95
    assert not [option for option in case.options if option.cost_usd.value is None]
    assert all(one.source for option in case.options for one in option.lines)
    # The courses of the world are not all the same decision.
    assert len({result.choice for result in case.scenarios}) > 1
