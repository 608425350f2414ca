"""A row and a plan of the same job get the same memory and step time: two ways into one set of formulas."""

from typing import Any

import pytest

import planner
from planner.catalog.loader import load_catalog
from planner.measured.predict import predict_memory, predict_speed
from tests.measured.rows import rows

pytestmark = pytest.mark.usefixtures("without_advice")

PURE = {"full": {"precision": "bf16_pure"}}
CASES = [  # method, gpus, parallelism, checkpointing; cells of the row beside those
    ("lora", 1, "single", "full", {}),
    ("lora", 1, "single", "none", {}),
    ("qlora", 1, "single", "full", {"weight_precision": "nf4-dq"}),
    ("qlora", 1, "single", "none", {"weight_precision": "nf4-dq"}),
    ("lora", 4, "ddp", "full", {}),
    ("lora", 4, "fsdp", "full", {}),
    ("qlora", 4, "fsdp", "full", {"weight_precision": "nf4-dq"}),
    (PURE, 1, "single", "full", {"optimizer": "adamw"}),
    ("full", 8, "zero2", "full", {}),
    ("full", 8, "fsdp_offload", "full", {"parallelism": "deepspeed zero3 offload"}),
]


MIXED = [case for case in CASES if case[0] == "qlora"]
ASKED = [(model, *case) for model in ("llama-2-7b", "llama-3-8b") for case in CASES]
ASKED += [("mixtral-8x7b", *case) for case in MIXED]


@pytest.mark.parametrize(("model", "method", "gpus", "parallelism", "checkpointing", "cells"), ASKED, ids=str)
def test_a_row_and_a_plan_agree(
    model: str, method: Any, gpus: int, parallelism: str, checkpointing: str, cells: dict[str, str]
) -> None:
    """Every sample is longer than the sequences, so that all are full, as those of a row are taken to be."""
    name = method if isinstance(method, str) else "full"
    train = {"micro_batch_size": 2, "global_batch_size": 2 * gpus, "checkpointing": checkpointing, "max_seq_len": 1024,
             "attention": "flash", "loss_kernel": "standard", "parallelism": parallelism,
             "optimizer": "adamw_foreach" if cells.get("optimizer") else "adamw_fused"}  # fmt: skip
    adapter = {} if name == "full" else {"rank": 16, "targets": "all-linear"}
    options = adapter | (method["full"] if isinstance(method, dict) else {})
    plan = planner.plan({
        "api_version": "planner/v1", "kind": "FineTune", "metadata": {"name": "same"}, "models": [model],
        "methods": [{name: options}], "stacks": ["hf-trainer"], "train": train, "objectives": ["cost"],
        "dataset": {"samples": 2000, "tokens_per_sample": 9000},
        "hardware": {"gpus": ["a100-80gb-sxm"], "counts": [gpus]}, "constraints": {"memory_margin": 0},
    })  # fmt: skip
    assert plan.front, plan.infeasible
    c = plan.front[0]
    assert c.work.tokens_per_micro_batch == pytest.approx(2048)
    row = {"model": model, "method": name, "n_gpus": str(gpus), "parallelism": parallelism, "grad_accum": "1",
           "grad_checkpointing": checkpointing, "optimizer": "adamw fused"} | cells  # fmt: skip
    written = rows(row | ({"lora_rank": "16", "lora_targets": "all"} if adapter else {}))
    calibration = load_catalog().calibration
    memory, speed = predict_memory(written, calibration), predict_speed(written, calibration)
    assert memory.needed_gib[0] == pytest.approx(c.memory_gib.total, rel=1e-3)
    for term in ("weights", "adapters", "gradients", "optimizer", "activations", "logits", "temporary", "context"):
        assert getattr(memory.terms, term)[0] == pytest.approx(getattr(c.memory_gib, term), abs=0.01), term
    assert speed.step_s[0] == pytest.approx(c.work.step_s, rel=1e-3)
