"""Drift between two plans: what moved, by how many standard deviations, and what may have moved it."""

import math
from typing import Any

import pytest

from planner.gate.drift import plan_drift
from planner.outcome import CatalogReference, Configuration, Plan
from planner.outcome.drift import Drift
from tests.report.sample_configurations import configuration
from tests.report.sample_plan import empty_plan, sample_plan

L40S = ("l40s", 1, "runpod", "any", "on_demand", 1.19)
H100 = ("h100-sxm", 1, "lambda", "us-west-3", "on_demand", 2.99)
OWN = configuration("qwen2.5-7b", "lora", 1.0, L40S)


def plan_of(*front: Configuration, **changes: Any) -> Plan:
    return sample_plan().model_copy(
        update={"front": list(front), "beside": [], "decisions": {"knee": front[0].id} if front else {}, **changes}
    )


def drift(before: Plan, after: Plan) -> Drift:
    return plan_drift("previous", ("old/plan.json", before), after)


def test_a_plan_has_not_drifted_from_itself() -> None:
    plan = sample_plan()
    found = drift(plan, plan)
    assert [one.decision for one in found.decisions] == ["knee", "cheapest", "fastest", "best"]
    assert all(one.same for one in found.decisions)
    assert {step.sigmas for one in found.decisions for step in one.steps.values()} == {None}
    assert {one.change for one in found.models} == {"stayed"}
    assert (found.front_before, found.front_stayed) == (len(plan.front), len(plan.front))
    assert (found.causes, found.notes) == ([], [])


def test_another_price_of_the_same_run_is_certain_and_moves_nothing_else() -> None:
    dearer = OWN.model_copy(update={"cost_usd": (OWN.cost_usd or 0) * 1.01})
    newer = CatalogReference(as_of="2026-12-01", digest="sha256:1111aaaa2222bbbb")
    found = drift(plan_of(OWN), plan_of(dearer, catalog=newer))
    (one,) = found.decisions
    assert (one.same, one.steps["cost_usd"].certain, one.steps["cost_usd"].sigmas) == (True, True, None)
    assert not any(one.steps[name].certain for name in ("hours", "quality", "memory_gib"))
    assert [(c.what, c.before, c.after) for c in found.causes] == [
        ("catalog", "of 2026-11-22, b8812f06c1aa", "of 2026-12-01, 1111aaaa2222")
    ]


def test_more_work_on_the_same_machine_is_held_against_what_remains_of_the_shared_error() -> None:
    longer = OWN.model_copy(
        update={"id": "f" * 12, "train": {**OWN.train, "epochs": 4}, "hours": (OWN.hours or 0) * math.exp(0.08)}
    )
    step = drift(plan_of(OWN), plan_of(longer)).decisions[0].steps["hours"]
    assert step.sigmas == pytest.approx(2.0)  # 0.08 over the residual of 0.04
    back = drift(plan_of(longer), plan_of(OWN)).decisions[0].steps["hours"]
    assert back.sigmas == pytest.approx(-2.0)


def test_memory_on_another_card_is_held_against_both_bands() -> None:
    memory = OWN.memory_gib
    other = configuration("qwen2.5-7b", "lora", 1.0, H100)
    larger = other.model_copy(
        update={
            "memory_gib": memory.model_copy(
                update={
                    "total": memory.total * 1.3,
                    "total_lo": memory.total_lo * 1.3,
                    "total_hi": memory.total_hi * 1.3,
                }
            )
        }
    )
    one = drift(plan_of(OWN), plan_of(larger)).decisions[0]
    sd = math.log(memory.total_hi / memory.total_lo) / (2 * 1.6448536269514722)
    assert not one.same
    assert one.steps["memory_gib"].sigmas == pytest.approx(math.log(1.3) / math.hypot(sd, sd))
    same = drift(plan_of(OWN), plan_of(OWN.model_copy(update={"memory_gib": larger.memory_gib}))).decisions[0]
    assert same.steps["memory_gib"].certain


def test_models_enter_leave_and_stay_with_the_best_of_their_points() -> None:
    a, b = (configuration(name, "lora", 1.0, L40S) for name in ("gemma-2-9b", "llama-3.1-8b"))
    cheap = configuration("qwen2.5-7b", "qlora", 0.25, L40S)
    found = drift(plan_of(OWN, a), plan_of(OWN, cheap, b))
    assert [(m.model, m.change, m.before_points, m.after_points) for m in found.models] == [
        ("llama-3.1-8b", "entered", 0, 1), ("gemma-2-9b", "left", 1, 0), ("qwen2.5-7b", "stayed", 1, 2),
    ]  # fmt: skip
    steps = found.models[2].steps
    assert (steps["cost_usd"].before, steps["cost_usd"].after) == (OWN.cost_usd, cheap.cost_usd)
    assert steps["quality"].before == steps["quality"].after == OWN.quality
    assert (found.models[0].steps, found.models[1].steps) == ({}, {})


def test_unknown_stays_unknown() -> None:
    blind = OWN.model_copy(update={"cost_usd": None, "cost_usd_lo": None, "cost_usd_hi": None})
    step = drift(plan_of(blind), plan_of(OWN)).decisions[0].steps["cost_usd"]
    assert (step.before, step.after, step.chance_higher, step.sigmas, step.certain) == (
        None, OWN.cost_usd, None, None, False,
    )  # fmt: skip


def test_another_scenario_or_a_plan_without_a_front_is_told() -> None:
    renamed = sample_plan().metadata.model_copy(update={"name": "other"})
    other = empty_plan().model_copy(update={"metadata": renamed, "objectives": ["cost", "time"]})
    found = drift(other, sample_plan())
    assert found.notes == [
        "it is a plan of another scenario, other",
        "its front is over cost, time, this one over cost, time, quality",
        "nothing is feasible in it",
    ]
    assert [(one.before, one.same, one.steps) for one in found.decisions] == [("", False, {})] * 4
    assert drift(sample_plan(), empty_plan()).notes == ["nothing is feasible now"]
