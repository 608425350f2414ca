"""`constraints.confidence`: cost, time and emissions within their limits together, cut like any other limit."""

from typing import Any

import numpy as np
import pytest

import planner
from planner.choose.exact import search
from planner.kinds.evaluate import parts
from planner.kinds.limited import keeps_together
from planner.kinds.pruned import PrunedSearch
from planner.kinds.searching import build_problem
from planner.outcome import Plan
from planner.planning import plan_ready, read_scenario
from tests.estimate.test_together import SCENARIO

LIMITS = {"max_cost": 5, "deadline": "3 h"}
TOGETHER = "constraints.confidence"
DATASET = {"samples": 20_000, "tokens_per_sample": 420}


def plan(**changes: Any) -> Plan:
    return planner.plan({**SCENARIO, "dataset": DATASET} | changes)


def brief(**changes: Any) -> Plan:
    """The same front and decisions, sooner."""
    return plan_ready(read_scenario({**SCENARIO, "dataset": DATASET} | changes), brief=True)


@pytest.fixture(scope="module")
def sure() -> Plan:
    return plan(constraints=LIMITS | {"confidence": 0.9})


def test_it_cuts_what_is_not_sure_enough_and_nothing_else(sure: Plan) -> None:
    """Against the exact probability of every combination of the space."""
    ready = read_scenario({**SCENARIO, "dataset": DATASET, "constraints": LIMITS})
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    feasible = 0
    for part in parts(problem):
        figures = {"cost": part.joined.cost.total, "time": part.joined.hours}
        kept = keeps_together(problem, part.joined, figures).ravel()
        others = (part.chunk.stop == 0) & ~np.any(list(part.chunk.broken.values()), axis=0)
        feasible += int((others & np.isfinite(part.chunk.losses).all(axis=1) & (kept >= 0.9)).sum())
    assert 0 < sure.feasible == feasible < brief(constraints=LIMITS).feasible


def test_it_is_told_and_counted_like_any_limit(sure: Plan) -> None:
    limit = next(c for c in sure.constraints if c.name == TOGETHER)
    assert limit.text == "cost and time within their limits together with 90 % confidence"
    assert (limit.limit, limit.unit) == (0.9, "probability")
    assert limit.cuts_alone > 0
    assert sure.infeasible[TOGETHER] >= limit.cuts_alone
    assert sure.search.covered == sure.feasible + sure.unknown + sum(sure.infeasible.values())


def test_every_decision_tells_how_surely_it_keeps_to_all_limits(sure: Plan) -> None:
    for name, note in sure.decision_notes.items():
        assert note.keeps is not None
        assert note.keeps >= 0.9, name
        assert "likely to keep to the limit" in note.text
    loose = brief(constraints=LIMITS).decision_notes.values()
    assert min(note.keeps or 0.0 for note in loose) < 0.9
    assert all(note.keeps is None for note in brief().decision_notes.values())


def test_one_limit_alone_is_that_limit_with_its_own_confidence() -> None:
    together = brief(constraints={"max_cost": 8, "confidence": 0.9})
    own = brief(constraints={"max_cost": {"usd": 8, "confidence": 0.9}})
    assert together.feasible == own.feasible
    assert [c.id for c in together.front] == [c.id for c in own.front]
    assert together.constraints[-1].text == "cost within its limit with 90 % confidence"


def test_together_is_stricter_than_each_alone(sure: Plan) -> None:
    each = {"max_cost": {"usd": 5, "confidence": 0.9}, "deadline": {"hours": "3 h", "confidence": 0.9}}
    assert sure.feasible < brief(constraints=each).feasible


def test_emissions_are_a_third() -> None:
    limits = LIMITS | {"max_carbon": 0.4, "confidence": 0.9}
    three = brief(constraints=limits, objectives=["cost", "time", "quality", "carbon"])
    text = "cost, time and emissions within their limits together with 90 % confidence"
    assert three.constraints[-1].text == text
    for note in three.decision_notes.values():
        assert note.keeps is not None
        assert note.keeps >= 0.9


def test_what_to_relax_is_the_confidence_or_one_of_the_limits() -> None:
    limits = {"max_cost": 4, "deadline": "5 h"}
    tight = plan(constraints=limits | {"confidence": 0.95})
    assert not tight.feasible
    by = {r.constraint: r for r in tight.relaxations}
    sure, cost = by[TOGETHER].needed, by["constraints.max_cost"].needed
    assert sure is not None
    assert cost is not None
    assert by["constraints.max_cost"].text.endswith("at 95 % confidence in all limits together")
    assert brief(constraints=limits | {"confidence": sure}).feasible
    assert not brief(constraints=limits | {"confidence": sure + 0.011}).feasible
    assert brief(constraints=limits | {"max_cost": cost, "confidence": 0.95}).feasible
    assert not brief(constraints=limits | {"max_cost": cost - 0.011, "confidence": 0.95}).feasible


def test_a_limit_that_would_not_be_enough_is_not_offered() -> None:
    """No budget helps where nothing is likely to meet the deadline; a later deadline does not help a tiny budget."""
    tight = plan(constraints={"max_cost": 500, "deadline": "6 min", "confidence": 0.95})
    offered = {r.constraint for r in tight.relaxations}
    assert not tight.feasible
    assert "constraints.max_cost" not in offered
    assert "constraints.deadline" in offered


def test_a_pruned_search_finds_the_same_front() -> None:
    """What has worse medians may be surer, so nothing may be passed over for its medians alone."""
    changes = {"constraints": LIMITS | {"confidence": 0.8}, "axes": {"train.epochs": [1, 2, 3]}}
    ready = read_scenario({**SCENARIO, "dataset": DATASET, **changes})
    problem = build_problem(ready.scenario, ready.space, ready.catalog)
    upwards = {limit.name: limit.upper for limit in problem.limits}
    whole = search((part.chunk for part in parts(problem)), len(problem.objectives), upwards)
    pruned = PrunedSearch(problem).run()
    assert len(whole.front) > 1
    assert sorted(pruned.front.tolist()) == sorted(whole.front.tolist())


def test_a_confidence_that_no_scenario_may_state_is_not_offered() -> None:
    """Three limits at the medians hold together with far less than the least confidence there is: 50 %."""
    objectives = ["cost", "time", "quality", "carbon"]
    c = min(brief(objectives=objectives).front, key=lambda c: c.cost_usd or 1e9)
    limits = {"max_cost": (c.cost_usd or 0) * 1.001, "deadline": (c.hours or 0) * 1.001}
    limits["max_carbon"] = (c.carbon_kg or 0) * 1.001
    tight = plan(objectives=objectives, constraints=limits | {"confidence": 0.95})
    found = next(r for r in tight.relaxations if r.constraint == TOGETHER)
    assert found.needed is None
    assert found.text.startswith("take constraints.confidence out: together the limits hold with ")
    assert brief(objectives=objectives, constraints=limits).feasible
