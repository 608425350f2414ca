"""Advice: every kind on a scenario that invites it, each saving planned again with the change made."""

from typing import Any

import pytest

import planner
from planner.kinds.advise.weigh import LEAST_SAVING, SURE
from planner.outcome import Plan

from .scenarios import after, scenario

_FIXED = {
    "micro_batch_size": 1,
    "attention": "eager",
    "checkpointing": "full",
    "loss_kernel": "standard",
    "parallelism": "fsdp",
}
WASTEFUL = scenario(methods=[{"lora": {"rank": 256}}], train={"epochs": 8, "packing": False, **_FIXED})
LONG = scenario(
    dataset={"tokens_per_sample": {"mean": 1500, "p95": 4000}, "validation_share": 0.1},
    train={"max_seq_len": 8192, "evaluations_per_epoch": 4, **_FIXED},
)
SPOT = scenario(
    models=["qwen3-8b"],
    methods=[{"lora": {"rank": 256}}],
    train={"checkpoint_interval_hours": 0.01, "global_batch_size": 8},
    hardware={"tiers": ["spot"], "counts": [1, 2, 4, 8], "regions": ["us-central1", "us-west4"]},
)
LARGE_DATA = scenario(methods=[{"lora": {"rank": 1}}], dataset={"samples": 1_000_000})
FROZEN = scenario(methods=[{"freeze": {"layers": 16}}])
DEAR = scenario(hardware={"gpus": ["h100-sxm"], "counts": [8], "providers": ["aws"], "regions": "any"})
SINGLE = scenario(methods=["qlora"], hardware={"counts": [1]})
CASES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "wasteful": (WASTEFUL, {
        "epochs", "packing", "tier", "dataset", "checkpointing", "micro_batch", "targets", "rank", "method",
        "parallelism",
    }),
    "long": (LONG, {"attention", "evaluations"}),
    "spot": (SPOT, {"interval", "count", "region", "batch"}),
    "large data": (LARGE_DATA, {"higher_rank", "gpu", "loss_kernel"}),
    "frozen": (FROZEN, {"layers"}),
    "dear": (DEAR, {"provider"}),
    "single": (SINGLE, {"stack"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def plans() -> dict[str, Plan]:
    return {name: planner.plan(written) for name, (written, _) in CASES.items()}


@pytest.mark.parametrize("name", CASES)
def test_every_kind_is_told_where_it_helps(plans: dict[str, Plan], name: str) -> None:
    assert CASES[name][1] <= {one.kind for one in plans[name].advice}


@pytest.mark.parametrize("name", CASES)
def test_each_saving_is_what_planning_the_changed_scenario_gives(plans: dict[str, Plan], name: str) -> None:
    plan, written = plans[name], CASES[name][0]
    told = [one for one in plan.advice if one.kind != "pilot"]
    assert told
    for one in told:
        before, then = plan.configuration(one.configuration), after(written, one)
        assert before is not None
        assert None not in (before.cost_usd, before.hours, before.quality)
        expected = {
            "cost_saved_usd": (before.cost_usd or 0) - (then.cost_usd or 0),
            "hours_saved": (before.hours or 0) - (then.hours or 0),
            "quality_change": (then.quality or 0) - (before.quality or 0),
            "memory_freed_gib": before.memory_gib.total - then.memory_gib.total,
        }
        for field, value in expected.items():
            assert getattr(one, field) == pytest.approx(value, rel=1e-9, abs=1e-9), (one.kind, field)
        assert one.cost_usd == pytest.approx(then.cost_usd)
        assert one.hours == pytest.approx(then.hours)


@pytest.mark.parametrize("name", CASES)
def test_nothing_inside_the_noise_is_told_and_bands_hold_their_saving(plans: dict[str, Plan], name: str) -> None:
    for one in plans[name].advice:
        if one.kind == "pilot":
            continue
        assert one.confidence is not None
        assert one.confidence >= SURE
        if one.saves != "quality":
            saved, left = (one.cost_saved_usd, one.cost_usd) if one.saves == "cost" else (one.hours_saved, one.hours)
            assert saved is not None
            assert left is not None
            assert saved / (saved + left) >= LEAST_SAVING
        for field in ("cost_saved_usd", "hours_saved", "quality_change"):
            low, value, high = (getattr(one, f"{field}{end}") for end in ("_lo", "", "_hi"))
            assert low <= value <= high, (one.kind, field)


def test_the_largest_saving_comes_first(plans: dict[str, Plan]) -> None:
    saved = [one.cost_saved_usd or 0.0 for one in plans["wasteful"].advice]
    assert saved == sorted(saved, reverse=True)


def test_a_closed_list_is_named(plans: dict[str, Plan]) -> None:
    opened = {one.kind: one.opens for one in plans["wasteful"].advice}
    assert opened["tier"] == ["hardware.tiers"]
    assert opened["method"] == ["methods"]
    assert opened["epochs"] == []


def test_a_swept_value_is_changed_on_its_axis() -> None:
    written = scenario(axes={"dataset.share": [0.8, 1.0]}, objectives=["cost"])
    plan = planner.plan(written)
    (one,) = (one for one in plan.advice if one.kind == "dataset")
    assert one.opens == ["axes.dataset.share"]
    assert one.settings[0].startswith("axes.dataset.share=[")
    assert after(written, one).cost_usd == pytest.approx(one.cost_usd)


def test_what_breaks_a_limit_is_not_told(plans: dict[str, Plan]) -> None:
    """The spot machines of the wasteful plan take longer; a deadline just above its own hours cuts them."""
    plan = plans["wasteful"]
    slower = next(one for one in plan.advice if one.kind == "tier")
    own = plan.configuration(slower.configuration)
    assert own is not None
    assert (slower.hours or 0) > (own.hours or 0)
    tight = planner.plan(WASTEFUL | {"constraints": {"deadline": ((own.hours or 0) + (slower.hours or 0)) / 2}})
    assert "tier" not in {one.kind for one in tight.advice}
    assert "packing" in {one.kind for one in tight.advice}


def test_a_brief_plan_has_none_of_it() -> None:
    from planner.planning import plan_ready, read_scenario

    brief = plan_ready(read_scenario(WASTEFUL), brief=True)
    assert brief.advice == []
    assert brief.sensitivity is None


def test_sound_scenarios_are_left_in_peace() -> None:
    """With everything left to the planner nothing that it chooses itself is advised on."""
    kinds = {one.kind for one in planner.plan(scenario(train={"loss_kernel": "fused"})).advice}
    assert not kinds & {
        "micro_batch",
        "checkpointing",
        "parallelism",
        "attention",
        "packing",
        "interval",
        "evaluations",
    }


def test_what_was_taken_for_a_figure_is_not_advised_to_worsen_it(plans: dict[str, Plan]) -> None:
    """Inside the noise too; an advice that would is told to the other decisions only."""
    for plan in plans.values():
        for one in plan.advice:
            if one.saves == "memory" or one.kind == "pilot":
                continue
            own = plan.configuration(one.configuration)
            assert own is not None
            assert one.decisions
            if "fastest" in one.decisions:
                assert (one.hours or 0.0) <= 1.01 * (own.hours or 0.0)
            if "cheapest" in one.decisions:
                assert (one.cost_usd or 0.0) <= 1.01 * (own.cost_usd or 0.0)
            if "best" in one.decisions:
                assert (one.quality or 0.0) >= 0.99 * (own.quality or 0.0) - 1e-9
