"""What people write in the cells of a row, and what it is taken for."""

import math

import pytest

from planner.estimate.flops import FULL, NONE, SELECTIVE
from planner.estimate.states import NF4_BYTES
from planner.measured.models import RowModel
from planner.measured.table import Unusable
from planner.measured.words import checkpointing_of, flash_of, optimizer_of, precision_of, sharing_of, targets_of

LLAMA = RowModel(32, 4096, 32, 4096, 4096, 11008, 1, 1, 3, 32000, False, 6.738e9)
MIXTRAL = RowModel(32, 4096, 32, 4096, 1024, 14336, 2, 8, 3, 32000, False, 46.7e9)


@pytest.mark.parametrize(
    ("words", "method", "base", "bitsandbytes", "fp32"),
    [
        ("bf16", "lora", 2, False, False),
        ("bf16", "full", 2, False, False),
        ("auto (checkpoint dtype)", "lora", 2, False, False),
        ("fp32", "lora", 4, False, True),
        ("bf16-mixed (fp32 storage)", "full", 2, False, True),
        ("amp_bf16", "full", 2, False, True),
        ("nf4", "qlora", NF4_BYTES, True, False),
        ("NF4-dq", "qlora", NF4_BYTES, True, False),
        ("int8", "qlora", 1.02, True, False),
        ("int4 GPTQ", "qlora", 0.53, False, False),
        ("AWQ", "qlora", 0.53, False, False),
        ("hqq 4-bit", "qlora", 0.53, False, False),
        ("", "qlora", NF4_BYTES, False, False),
        ("fp8", "lora", 2, False, False),
        ("mxfp8", "lora", 2, False, False),
        ("4bit-hqq", "qlora", 0.53, False, False),
        ("float32", "lora", 4, False, True),
        ("32-bit", "lora", 4, False, True),
        ("32bit", "lora", 4, False, True),
        ("16-bit", "lora", 2, False, False),
    ],
)
def test_precision(words: str, method: str, base: float, bitsandbytes: bool, fp32: bool) -> None:
    found = precision_of(words, method, single_quantisation=False)
    assert found.base_bytes == pytest.approx(base)
    assert found.fp32_weights is fp32
    if words:
        assert found.bitsandbytes is bitsandbytes


def test_scales_in_fp32_unless_double_quantisation_is_asked_for() -> None:
    single, double = (precision_of(words, "qlora", single_quantisation=True) for words in ("nf4", "nf4-dq"))
    assert single.base_bytes == 4.5 / 8
    assert (single.base_bytes - double.base_bytes) * 6.476e9 == pytest.approx(0.30e9, rel=0.02)  # litgpt at 7B


@pytest.mark.parametrize(
    ("words", "compute"),
    [("fp8", "fp8"), ("float8 tensorwise", "fp8"), ("MXFP4", "fp4"), ("nvfp4", "fp4"), ("bf16", "bf16")],
)
def test_what_is_computed_in(words: str, compute: str) -> None:
    found = precision_of(words, "full", single_quantisation=False)
    assert (found.compute, found.fp32_compute) == (compute, False)
    assert precision_of("fp32", "full", single_quantisation=False).fp32_compute


@pytest.mark.parametrize(
    ("words", "share", "size", "copies", "in_backward"),
    [
        ("", 1, math.nan, True, False),
        ("adamw", 1, math.nan, True, False),
        ("adamw (fused)", 1, math.nan, False, False),
        ("decoupled_adamw", 1, math.nan, True, False),
        ("adamw 8bit", math.nan, 2, False, False),
        ("paged_adamw_8bit", math.nan, 0, False, False),
        ("AdamW 4-bit", math.nan, 1, False, False),
        ("adafactor", math.nan, 0.05, False, False),
        ("lion", 0.5, math.nan, True, False),
        ("sgd", 0, math.nan, False, False),
        ("LOMO", math.nan, 0, False, True),
        ("adamw, optimizer-in-backward", 1, math.nan, True, True),
    ],
)
def test_optimizers(words: str, share: float, size: float, copies: bool, in_backward: bool) -> None:
    found = optimizer_of(words)
    assert (found.moment_share, found.moment_bytes) == pytest.approx((share, size), nan_ok=True)
    assert (found.copies, found.in_backward) == (copies, in_backward)


def test_optimizer_states_where_a_row_names_them() -> None:
    assert optimizer_of("adamw (states in param dtype, bf16-true)").states == "bf16"
    assert optimizer_of("adamw, fp32 states").states == "fp32"
    assert optimizer_of("adamw").states == ""


@pytest.mark.parametrize(
    ("words", "default", "how"),
    [
        ("y", True, FULL), ("Yes", False, FULL), ("full", False, FULL), ("n", True, NONE), ("none", True, NONE),
        ("selective", True, SELECTIVE), ("selective (op)", False, SELECTIVE), ("", True, FULL), ("", False, NONE),
        ("True", False, FULL), ("1", False, FULL), ("False", True, NONE), ("off", True, NONE), ("nan", True, FULL),
    ],
)  # fmt: skip
def test_checkpointing(words: str, default: bool, how: int) -> None:
    assert checkpointing_of(words, by_default=default) == how


@pytest.mark.parametrize(
    ("words", "flash"),
    [("y", True), ("True", True), ("sdpa", True), ("n", False), ("false", False), ("eager", False), (" ", None)],
)
def test_attention(words: str, flash: bool | None) -> None:
    assert flash_of(words) is flash


def test_words_that_say_neither_yes_nor_no_are_not_taken_for_blank() -> None:
    with pytest.raises(Unusable, match="grad_checkpointing 'sometimes' is not one of"):
        checkpointing_of("sometimes", by_default=True)
    with pytest.raises(Unusable, match="flash_attention 'sometimes' is not one of"):
        flash_of("sometimes")


@pytest.mark.parametrize(
    ("words", "gpus", "method", "degrees", "stage", "deepspeed"),
    [
        ("none", 1, "full", (1, 1, 1, 1, 1), 0, False),
        ("", 8, "full", (8, 1, 1, 1, 1), 3, False),
        ("", 8, "lora", (8, 1, 1, 1, 1), 0, False),
        ("DDP", 4, "full", (4, 1, 1, 1, 1), 0, False),
        ("fsdp full-shard (zero3)", 512, "full", (512, 1, 1, 1, 1), 3, False),
        ("FSDP", 8, "lora", (8, 1, 1, 1, 1), 3, False),
        ("fsdp shard_grad_op", 8, "full", (8, 1, 1, 1, 1), 2, False),
        ("deepspeed ZeRO-3 offload", 8, "full", (8, 1, 1, 1, 1), 3, True),
        ("DeepSpeed ZeRO-2", 8, "full", (8, 1, 1, 1, 1), 2, True),
        ("zero1", 8, "full", (8, 1, 1, 1, 1), 1, True),
        ("DeepSpeed ZeRO stage 3", 8, "full", (8, 1, 1, 1, 1), 3, True),
        ("zero_3", 8, "full", (8, 1, 1, 1, 1), 3, True),
        ("ZeRO 1", 8, "full", (8, 1, 1, 1, 1), 1, True),
        ("hsdp", 8, "full", (8, 1, 1, 1, 1), 3, False),
        ("tp2pp4", 16, "full", (2, 2, 4, 1, 1), 0, False),
        ("TP=2, PP=4", 16, "full", (2, 2, 4, 1, 1), 0, False),
        ("tp 2 cp 2", 8, "full", (2, 2, 1, 2, 1), 0, False),
        ("deepspeed", 8, "full", (8, 1, 1, 1, 1), 2, True),
        ("megatron tp2 pp4", 16, "full", (2, 2, 4, 1, 1), 0, False),
        ("tp2 ep8", 8, "full", (4, 2, 1, 1, 8), 0, False),
        ("tp4 cp2 distributed optimizer", 16, "full", (2, 4, 1, 2, 1), 1, False),
        ("model parallel degree 8", 64, "full", (8, 8, 1, 1, 1), 0, False),
        ("zero3, sequence parallel 4", 8, "full", (2, 1, 1, 4, 1), 3, True),
        ("device_map (layer split)", 4, "lora", (1, 1, 4, 1, 1), 0, False),
        ("ddp + device_map", 4, "lora", (2, 1, 2, 1, 1), 0, False),
    ],
)
def test_sharing(words: str, gpus: float, method: str, degrees: tuple[float, ...], stage: int, deepspeed: bool) -> None:
    way = sharing_of(words, gpus, method, shards_states=False)
    assert (way.data, way.tensor, way.pipeline, way.context, way.expert) == degrees
    assert (way.stage, way.deepspeed) == (stage, deepspeed)
    assert way.offloaded == ("offload" in words)
    assert way.in_turn == ("device_map" in words)
    assert way.data * way.tensor * way.pipeline * way.context == gpus


def test_a_stack_that_shards_states_does_so_unless_told_otherwise() -> None:
    assert sharing_of("tp2", 8, "full", shards_states=True).stage == 1
    assert sharing_of("ddp", 8, "full", shards_states=True).stage == 0
    assert sharing_of("zero3", 8, "full", shards_states=True).stage == 3


def test_interleaved_pipelines() -> None:
    assert sharing_of("pp4 vp2", 8, "full", shards_states=False).chunks == 2


@pytest.mark.parametrize(
    ("words", "gpus"),
    [
        ("tp3", 8), ("tp16", 8), ("pp2 tp8", 8), ("tp0", 8), ("cp0", 8), ("sequence parallel 0", 8),
        ("tp" + "9" * 400 + " pp0", 8), ("none", 1.5),
    ],
)  # fmt: skip
def test_degrees_that_do_not_divide_the_gpus(words: str, gpus: float) -> None:
    with pytest.raises(Unusable, match="does not divide"):
        sharing_of(words, gpus, "full", shards_states=False)


H, F = 4096, 11008


@pytest.mark.parametrize(
    ("words", "per_layer", "mlp"),
    [
        ("all", 8 * H + 3 * (H + F), True),
        ("all-linear", 8 * H + 3 * (H + F), True),
        ("*_proj", 8 * H + 3 * (H + F), True),
        ("q,v", 4 * H, False),
        ("q_proj v_proj", 4 * H, False),
        ("q_proj", 2 * H, False),
        ("q,k,v,o", 8 * H, False),
        ("self_attn", 8 * H, False),
        ("c_attn", 4 * H, False),
        ("query_key_value", 4 * H, False),
        ("linear_qkv, o", 4 * H + 2 * H, False),
        ("q_proj,v_proj,output_proj", 6 * H, False),
        ("gate,up,down", 3 * (H + F), True),
        ("q,v,down_proj", 4 * H + H + F, True),
        ("c_attn,c_proj,w1,w2", 4 * H + 2 * H + 3 * (H + F), True),
    ],
)
def test_targets(words: str, per_layer: float, mlp: bool) -> None:
    found = targets_of(words, LLAMA, by_default="all")
    assert (found.coefficient, found.mlp, found.trained) == (32 * per_layer, mlp, 0)


def test_published_sizes_of_adapters() -> None:
    """Llama-2-7B, rank 16: q and v 8.4e6, all linear 39,976,960 parameters (DOMAIN 1.1)."""
    assert 16 * targets_of("q,v", LLAMA, by_default="all").coefficient == 8_388_608
    assert 16 * targets_of("all", LLAMA, by_default="q,v").coefficient == 39_976_960


def test_blank_targets_are_the_stacks_default() -> None:
    assert targets_of(" ", LLAMA, by_default="q,v") == targets_of("q,v", LLAMA, by_default="all")


def test_adapters_on_experts_are_on_all_of_them() -> None:
    dense = targets_of("q,k,v,o", MIXTRAL, by_default="all").coefficient
    every = targets_of("all", MIXTRAL, by_default="all").coefficient
    assert every - dense == 32 * 8 * 3 * (4096 + 14336)


def test_trained_embeddings_and_an_adapted_head_come_on_top() -> None:
    plain, embedded, head = (
        targets_of(f"all{more}", LLAMA, by_default="all") for more in ("", " + embedding", ", head")
    )
    assert (plain.trained, embedded.trained) == (0, 2 * 32000 * 4096)
    assert head.coefficient - plain.coefficient == pytest.approx(4096 + 32000)


def test_targets_that_name_nothing_known() -> None:
    with pytest.raises(Unusable, match="name nothing that is known"):
        targets_of("router", LLAMA, by_default="all")
