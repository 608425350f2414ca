"""How the cost of the cheapest managed service moved, and what is said of it, from two jobs."""

import re
from pathlib import Path

import pytest

from planner.gate.deltas import chance_higher
from planner.gate.services import service_delta, service_notes
from planner.gate.sides import unread_side
from planner.outcome import ManagedJob, Plan
from planner.outcome.difference_words import offer_words
from planner.outcome.sides import plan_side
from planner.planning import plan_ready, read_scenario
from tests.gate.service_scenarios import SERVICES


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    file: Path = tmp_path_factory.mktemp("services") / "bot.yaml"
    file.write_text(SERVICES)
    return plan_ready(read_scenario(file), brief=True)


@pytest.fixture
def job(plan: Plan) -> ManagedJob:
    assert plan.cheapest_service is not None
    return plan.cheapest_service


def test_a_part_that_is_not_known_is_unknown(job: ManagedJob) -> None:
    dear = job.model_copy(update={"cost_usd": 2 * (job.cost_usd or 0.0)})
    nobody = job.model_copy(update={"cost_usd": None})
    assert service_delta(None, None, None) is None
    missing = service_delta(job, job, nobody)
    assert missing is not None
    assert (missing.total, missing.scenario, missing.before) == (None, None, job.cost_usd)
    locked = service_delta(job, dear, dear, locked=1.0)
    assert locked is not None
    assert locked.before == 1.0
    assert locked.planner == pytest.approx((job.cost_usd or 0.0) - 1.0)
    assert chance_higher(job, dear, "cost_usd") == 1.0
    assert chance_higher(job, dear, "hours") is None
    other = dear.model_copy(update={"provider": "openai"})
    assert 0.5 < (chance_higher(job, other, "cost_usd") or 0.0) <= 1.0
    assert offer_words(job) == "together <=16B"


def test_a_service_in_a_scenario_that_had_none_is_no_added_cost(job: ManagedJob) -> None:
    came, left = service_delta(None, None, job), service_delta(job, job, None, locked=5.0)
    added, removed = service_delta(None, None, job, added=True), service_delta(job, None, None, removed=True)
    assert came is not None
    assert left is not None
    assert added is not None
    assert removed is not None
    assert job.cost_usd is not None
    assert (came.before, came.after, came.total, came.scenario) == (None, job.cost_usd, None, None)
    assert (left.before, left.after, left.total) == (5.0, None, None)
    assert (added.total, removed.total) == (job.cost_usd, -job.cost_usd)


def test_notes_say_no_more_than_is_known(plan: Plan, job: ManagedJob) -> None:
    side = plan_side(plan, "knee", "")
    unread = unread_side("knee", ["bot.yaml:1:1: broken"])
    (first, _) = service_notes(unread, side, None)
    assert re.search(r"for at least \$\S+$", first)
    (gone,) = service_notes(side, unread, None)
    assert gone.endswith("; the scenario cannot be planned")
    (left,) = service_notes(side, side.model_copy(update={"service": None}), None)
    assert left.endswith("; none is left")
    moved = service_delta(job, job, job.model_copy(update={"cost_usd": 2 * (job.cost_usd or 0.0)}))
    assert moved is not None
    nobody = moved.model_copy(update={"planner": None, "prices": None, "scenario": None})
    (unsplit, _) = service_notes(side, side, nobody)
    assert re.search(r"it was at least \$\d+$", unsplit)
