"""One row as conditions: what its cells mean, what is assumed where they are blank, and why some rows are unusable."""

import math

import pytest

from planner.estimate.flops import FULL, NONE
from planner.estimate.memory_metrics import ALLOC, NVSMI, RESERVED
from planner.measured.condition import UNNAMED_STACK, condition_of
from planner.measured.table import Unusable
from tests.measured.rows import CATALOG, ROW, condition


def stack_of(index: int) -> str:
    return CATALOG.stacks[index].id


def test_a_complete_row_assumes_nothing() -> None:
    found = condition()
    assert found.assumed == ()
    assert (stack_of(found.stack), found.named_stack, found.method) == ("hf-trainer", True, "lora")
    assert CATALOG.gpus[found.gpu].id == "a100-80gb-sxm"
    assert (found.gpus, found.nodes, found.micro_batch, found.seq_len, found.grad_accum) == (1, 1, 2, 1024, 1)
    assert found.p_lora == 39_976_960
    assert (found.checkpointing, found.flash, found.fused_loss, found.metric) == (FULL, True, False, ALLOC)
    assert found.adapted
    assert not found.quantised


def test_blank_cells_are_assumed_and_it_says_so() -> None:
    found = condition(stack="", grad_checkpointing="", lora_rank="", flash_attention="", metric="", lora_targets="")
    assert found.assumed == ("stack", "adapters", "checkpointing")
    assert stack_of(found.stack) == UNNAMED_STACK
    assert found.checkpointing == FULL  # which recomputes unless told otherwise
    assert found.p_lora == 39_976_960 / 2  # rank 8 on all linear layers
    assert condition(stack="litgpt", grad_checkpointing="").checkpointing == NONE
    assert condition(stack="hf-trainer", lora_targets="", lora_rank="").p_lora == 8 * 32 * 4 * 4096
    assert condition(stack="my own trainer").named_stack is False


@pytest.mark.parametrize(
    ("name", "stack"), [("TRL", "hf-trainer"), ("deepspeed", "hf-deepspeed"), ("NeMo", "megatron")]
)
def test_stacks_by_other_names(name: str, stack: str) -> None:
    found = condition(stack=name)
    assert (stack_of(found.stack), found.named_stack) == (stack, True)


@pytest.mark.parametrize(("gpu", "words", "flash"), [
    ("A100-80GB-SXM", "", True), ("A100-80GB-SXM", "n", False), ("T4", "", False), ("T4", "y", True),
])  # fmt: skip
def test_flash_attention_exists_from_ampere_on(gpu: str, words: str, flash: bool) -> None:
    assert condition(gpu_id=gpu, flash_attention=words).flash is flash


@pytest.mark.parametrize(("metric", "code"), [("alloc", ALLOC), ("reserved", RESERVED), ("nvsmi", NVSMI), ("?", ALLOC)])
def test_metrics(metric: str, code: int) -> None:
    assert condition(metric=metric).metric == code


def test_accumulation_and_nodes_where_a_row_leaves_them_out() -> None:
    eight = {"n_gpus": "8", "parallelism": "ddp"}
    assert condition(**eight, global_batch_size="64").grad_accum == 4
    assert condition(**eight, global_batch_size="64", grad_accum="2").grad_accum == 2
    assert condition(**eight, global_batch_size="4").grad_accum == 1
    assert condition(n_gpus="32", parallelism="fsdp").nodes == 4
    assert condition(n_gpus="32", parallelism="fsdp", n_nodes="2").nodes == 2


def test_a_launcher_around_megatron_is_megatron() -> None:
    found = condition(method="full", stack="some-launcher", n_gpus="8", parallelism="megatron tp2")
    assert (stack_of(found.stack), found.named_stack, found.sharing.stage) == ("megatron", True, 1)


def test_litgpt_stores_a_tied_head_twice() -> None:
    plain, litgpt = (condition(model="gemma-2-2b", stack=name).model for name in ("hf-trainer", "litgpt"))
    assert (plain.tied, litgpt.tied) == (True, False)
    assert litgpt.p_total - plain.p_total == 256_000 * 2304


STATES = [  # stack, changed cells, weight, gradient, states, copy, cast
    ("hf-trainer", {}, (2, 2, 4, 2, 0)),
    ("hf-trainer", {"optimizer": "adamw fused"}, (2, 2, 4, 0, 0)),
    ("hf-trainer", {"weight_precision": "fp32"}, (4, 4, 8, 4, 0)),
    ("hf-trainer", {"weight_precision": "bf16-mixed"}, (4, 4, 8, 4, 2)),
    ("hf-trainer", {"weight_precision": "fp16"}, (4, 4, 8, 4, 2)),
    ("hf-trainer", {"optimizer": "adamw 8bit"}, (2, 2, 2, 0, 0)),
    ("hf-trainer", {"optimizer": "sgd"}, (2, 2, 0, 0, 0)),
    ("hf-trainer", {"n_gpus": "8", "parallelism": "fsdp"}, (4, 4, 8, 4, 0)),
    ("hf-trainer", {"n_gpus": "8", "parallelism": "deepspeed zero2"}, (2, 2, 12, 0, 0)),
    ("torchtune", {"n_gpus": "8", "parallelism": "fsdp"}, (2, 2, 4, 2, 0)),
    ("torchtitan", {"n_gpus": "8", "parallelism": "fsdp"}, (4, 4, 8, 0, 0)),
    ("llm-foundry", {"n_gpus": "8", "parallelism": "fsdp"}, (4, 4, 8, 0, 0)),
    ("megatron", {"n_gpus": "8", "parallelism": "tp8"}, (2, 4, 12, 0, 0)),
    ("litgpt", {"optimizer": "adamw (states in param dtype, bf16-true)"}, (2, 2, 4, 2, 0)),
]


@pytest.mark.parametrize(("stack", "cells", "state"), STATES)
def test_bytes_of_state_by_stack(stack: str, cells: dict[str, str], state: tuple[float, ...]) -> None:
    assert condition(method="full", stack=stack, **cells).state == pytest.approx(state)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"method": "galore"}, "method 'galore' is not modelled"),
        ({"n_gpus": ""}, "n_gpus is not given"),
        ({"micro_batch_size": ""}, "micro_batch_size is not given"),
        ({"seq_len": ""}, "seq_len is not given"),
        ({"seq_len": "-5"}, "seq_len '-5' is not a positive number"),
        ({"n_gpus": "two"}, "n_gpus 'two' is not a number"),
        ({"gpu_id": "X9000"}, "gpu_id 'X9000' is not in the catalog"),
        ({"gpu_id": ""}, "gpu_id is not given"),
        ({"model": "nobody-knows"}, "is not in the catalog"),
        ({"parallelism": "tp3"}, "does not divide"),
        ({"lora_targets": "router"}, "name nothing that is known"),
    ],
)
def test_rows_that_cannot_be_expressed(cells: dict[str, str], why: str) -> None:
    with pytest.raises(Unusable, match=why):
        condition(**cells)


def test_memory_needs_no_card() -> None:
    found = condition_of(ROW | {"gpu_id": ""}, CATALOG, needs_gpu=False)
    assert found.gpu == -1
    assert found.flash  # as on every card of today
    with pytest.raises(Unusable, match="is not in the catalog"):
        condition_of(ROW | {"gpu_id": "X9000"}, CATALOG, needs_gpu=False)


def test_a_row_of_blanks_is_unusable_not_an_error() -> None:
    with pytest.raises(Unusable):
        condition_of({}, CATALOG, needs_gpu=False)
    assert math.isnan(condition(optimizer="").optimizer.moment_bytes)
