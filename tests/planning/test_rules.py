"""The rules that decide the front (DESIGN), each on a small scenario over the real catalog."""

from typing import Any

import numpy as np
import pytest

import planner
from planner.kinds.searching import build_problem
from planner.kinds.table import tables
from planner.outcome import Plan
from planner.planning import plan_ready, read_scenario


def scenario(**changes: Any) -> dict[str, Any]:
    return {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "rules"},
        "models": ["llama-3.1-8b", "qwen2.5-7b"],
        "methods": ["qlora", "lora"],
        "dataset": {"samples": 20_000, "tokens_per_sample": {"mean": 420, "p95": 1400}},
        "hardware": {"gpus": ["l4", "l40s", "a100-80gb"], "counts": [1, 2]},
        "quality": {"task": "general"},
    } | changes


def plan(**changes: Any) -> Plan:
    return plan_ready(read_scenario(scenario(**changes)), brief=True)


def whole(**changes: Any) -> Plan:
    """With what only a report prints, such as what stands beside the front and what to relax."""
    return planner.plan(scenario(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"models": ["llama-3.1-8b", "falcon-7b"]},
        {"models": ["falcon-7b"]},
        {"objectives": ["quality"]},
        {"objectives": ["cost", "carbon"], "train": {"packing": False, "epochs": 0.3}},
        {"constraints": {"max_cost": 0.01}},
        {"train": {"global_batch_size": 1}},
        {"train": {"micro_batch_size": 3}},
        {"stacks": ["unsloth", "hf-trainer"], "axes": {"train.packing": [True, False]}},
    ],
)
def test_every_combination_is_accounted_for(changes: dict[str, Any]) -> None:
    p = plan(**changes)
    assert p.search.covered == p.feasible + p.unknown + sum(p.infeasible.values())


def test_padded_batches_are_sized_for_the_longest_sample() -> None:
    """The longest sample sets the peak; the mean sets the time (MEMORY.md 2.1)."""
    padded = plan(train={"packing": False, "max_seq_len": 8192}, hardware={"gpus": ["l4"], "counts": [1]})
    for c in padded.front:
        assert c.work.tokens_per_micro_batch < 2048 * c.train["micro_batch_size"]
        assert c.train["checkpointing"] == "full"
        assert c.train["micro_batch_size"] == 1
        assert c.memory_gib.activations + c.memory_gib.logits > 8 * 1024 * 128_256 * 10 / 2**30 * 0.9


def test_an_unscored_model_passes_no_floor() -> None:
    models = ["llama-3.1-8b", "gemma-3-1b"]
    quality = {"task": "general", "floor": {"points": 64}, "allow_prior": True}
    p = plan(models=models, quality=quality)
    assert {c.model for c in p.front} == {"llama-3.1-8b"}
    without_floor = plan(models=models, quality=quality | {"floor": {"q": 0.0}})
    small = next(c for c in without_floor.front if c.model == "gemma-3-1b")
    assert "no published score" in small.quality_label


def test_an_unknown_objective_wins_nothing_and_is_shown_beside() -> None:
    p = whole(models=["falcon-7b"])
    assert not p.front
    assert p.unknown > 0
    assert p.feasible == 0
    assert p.beside
    assert all(c.quality is None for c in p.beside)
    only_quality = whole(models=["falcon-7b", "llama-3.1-8b"], objectives=["quality"])
    assert {c.model for c in only_quality.beside} == {"falcon-7b"}


def test_no_relaxation_is_promised_that_frees_nothing() -> None:
    assert whole(models=["falcon-7b"], constraints={"max_cost": 0.5}).relaxations == []
    cheap = whole(constraints={"max_cost": 0.05, "deadline": 1000})
    needed = cheap.relaxations[0]
    assert needed.constraint == "constraints.max_cost"
    assert plan(constraints={"max_cost": needed.needed, "deadline": 1000}).feasible > 0


def test_axes_that_move_no_quality_are_named() -> None:
    p = plan(axes={"train.expected_reruns": [0.0, 0.5], "dataset.share": [0.25, 1.0]})
    assert p.inactive_axes == ["train.expected_reruns"]
    assert plan(models=["falcon-7b"], axes={"dataset.share": [0.25, 1.0]}).inactive_axes == []


def test_alpha_follows_the_rank_in_force() -> None:
    p = plan(methods=["lora"], axes={"method.rank": [8, 64]}, objectives=["cost", "time"])
    assert all(c.method["alpha"] == 2 * c.method["rank"] for c in p.front)


def test_ids_are_unique_and_know_the_data() -> None:
    found = scenario(methods=["lora", "full"], axes={"method.rank": [8, 16], "train.packing": [True, False]})
    ready = read_scenario(found)
    table = list(tables(build_problem(ready.scenario, ready.space, ready.catalog)))
    ids = [i for part in table for i in part["id"]]
    assert len(set(ids)) == len(ids) == ready.space.combinations
    longer = plan(dataset={"samples": 20_000, "tokens_per_sample": {"mean": 840, "p95": 2800}})
    assert {c.id for c in plan().front}.isdisjoint({c.id for c in longer.front})


def test_a_micro_batch_that_does_not_divide_says_so() -> None:
    reasons = plan(train={"micro_batch_size": 3}).infeasible
    assert set(reasons) == {"batch not divisible by GPUs and micro-batch"}


def test_a_stack_for_one_gpu_says_so() -> None:
    reasons = plan(stacks=["unsloth"], hardware={"gpus": ["l40s"], "counts": [2]}).infeasible
    assert set(reasons) == {"no way to share the model over these GPUs"}


def test_of_equal_quality_the_cheapest_is_kept() -> None:
    alone = plan(objectives=["quality"])
    both = plan(objectives=["cost", "quality"])
    assert len(alone.front) == 1
    best = max(c.quality or 0 for c in both.front)
    assert alone.front[0].cost_usd == min(c.cost_usd or 0 for c in both.front if c.quality == best)


def test_nothing_on_demand_is_preempted() -> None:
    for c in plan(hardware={"gpus": ["a100-80gb"], "tiers": ["on_demand", "spot"]}).front:
        assert (c.hour_parts.preemption > 0) == (c.offer.tier == "spot")


def test_old_cards_run_what_they_can() -> None:
    """T4 and V100 have no bf16 and no flash attention (DESIGN rule 4)."""
    p = plan(
        hardware={"gpus": ["t4"], "counts": [1], "allow": ["low_confidence"]},
        methods=["qlora", "full"],
        train={"epochs": 1},
    )
    assert p.front
    for c in p.front:
        assert c.method["name"] == "qlora" or c.train["parallelism"] == "fsdp_offload"
        assert c.train["attention"] == "efficient"
    asked = plan(hardware={"gpus": ["t4"], "counts": [1]}, train={"attention": "flash"})
    assert set(asked.infeasible) == {"not supported on this card"}


def test_more_gpus_never_need_more_memory_each() -> None:
    needs = [
        plan(
            methods=["full"],
            hardware={"gpus": ["h200"], "counts": [n]},
            train={"checkpointing": "full", "micro_batch_size": 1},
            objectives=["cost"],
        )
        .front[0]
        .memory_gib.total
        for n in (2, 4, 8)
    ]
    assert needs == sorted(needs, reverse=True)


def test_cost_is_linear_in_price_and_sums_of_parts() -> None:
    ready = read_scenario(scenario())
    table = {
        k: np.concatenate(
            [np.asarray(part[k]) for part in tables(build_problem(ready.scenario, ready.space, ready.catalog))]
        )
        for k in ("cost_usd", "hours")
    }
    known = np.isfinite(table["cost_usd"])
    assert (table["cost_usd"][known] > 0).all()
    assert (table["hours"][known] > 0).all()


def test_experts_make_small_products() -> None:
    """A plain trainer loops over 128 experts: ten times slower than a dense model of as many active parameters."""
    hardware = {"gpus": ["h100-sxm"], "counts": [8]}
    speeds = {
        model: max(c.work.tokens_per_s_per_gpu for c in plan(models=[model], methods=["lora"], hardware=hardware).front)
        for model in ("qwen3-30b-a3b", "qwen2.5-3b")
    }
    assert speeds["qwen3-30b-a3b"] < speeds["qwen2.5-3b"] / 5


def test_offload_is_for_what_fits_nowhere_else() -> None:
    p = plan(
        models=["llama-3.1-8b"], methods=["full"], hardware={"gpus": ["l40s"], "counts": [1], "regions": ["us-east-1"]}
    )
    assert {c.hardware.parallelism for c in p.front} == {"fsdp_offload"}
