"""Nothing fits: which changes free how much, and that those said to run do run."""

import pytest

import planner
from planner.kinds.advise import memory
from planner.outcome import Plan

from .scenarios import after, changed, scenario

TIGHT = scenario(
    models=["qwen2.5-14b"],
    methods=["lora"],
    train={"micro_batch_size": 4, "parallelism": "single", "packing": True},
    hardware={"gpus": ["l4"], "counts": [1], "regions": ["us-central1"]},
)
SHARDED = scenario(
    models=["qwen2.5-14b"], methods=["full"], hardware={"gpus": ["a100-40gb-sxm"]}, train={"optimizer": "adamw_foreach"}
)


@pytest.fixture(scope="module")
def tight() -> Plan:
    return planner.plan(TIGHT)


def test_the_plan_is_infeasible_for_want_of_memory(tight: Plan) -> None:
    assert not tight.front
    assert set(tight.infeasible) == {"out of memory"}
    assert tight.sensitivity is None
    (note,) = tight.advice_notes
    assert note.startswith("nearest to fitting: qwen2.5-14b by LoRA on 1x l4, gcp us-central1, on demand, 46.7 GiB of ")


def test_every_change_frees_what_it_says(tight: Plan) -> None:
    assert {"method", "offload", "length", "micro_batch", "loss_kernel", "parallelism", "larger_gpu"} <= {
        one.kind for one in tight.advice
    }
    for one in tight.advice:
        assert one.saves == "memory"
        assert one.confidence is None
        if one.fits:
            then = after(TIGHT, one)
            assert one.memory_gib == pytest.approx(then.memory_gib.total)
            assert one.cost_usd == pytest.approx(then.cost_usd)
            assert one.hours == pytest.approx(then.hours)
        else:
            assert one.memory_freed_gib is not None
            assert one.memory_freed_gib > 0
            then_plan = changed(TIGHT, one.settings)
            assert not then_plan.front
            assert one.stopped_by in {*then_plan.infeasible, *(c.name for c in then_plan.constraints if c.cuts)}


def test_what_fits_the_card_and_not_the_host_says_so() -> None:
    """Full fine-tuning of 8 billion weights leaves the card for the host, whose memory is too small."""
    written = scenario(
        models=["llama-3.1-8b"], methods=["full"], hardware={"gpus": ["l4"], "counts": [1]},
        train={"max_seq_len": 4096, "micro_batch_size": 4},
    )  # fmt: skip
    one = next(one for one in planner.plan(written).advice if one.kind == "micro_batch")
    assert one.memory_gib is not None
    assert one.memory_gib < 22
    assert not one.fits
    assert set(changed(written, one.settings).infeasible) == {one.stopped_by} == {"host memory"}


def test_what_runs_comes_first_and_the_cheapest_of_it(tight: Plan) -> None:
    fits = [one.fits for one in tight.advice]
    assert fits == sorted(fits, reverse=True)
    costs = [one.cost_usd for one in tight.advice if one.fits and one.cost_usd is not None]
    assert costs == sorted(costs)


def test_full_fine_tuning_is_told_of_optimizer_and_precision() -> None:
    found = {one.kind: one for one in planner.plan(SHARDED).advice}
    assert {"optimizer", "precision"} <= set(found)
    assert found["precision"].settings == ["methods=[{full: {precision: bf16_pure}}]"]


def test_a_plan_that_fails_for_other_reasons_gets_no_advice_on_memory() -> None:
    plan = planner.plan(scenario(constraints={"max_cost": 0.01}))
    assert not plan.front
    assert plan.advice == []


def test_a_large_space_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_COMBINATIONS", 0)
    plan = planner.plan(TIGHT)
    assert plan.advice == []
    assert plan.advice_notes == ["not tried for the size of the space: advice on memory"]
