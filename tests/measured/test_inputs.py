"""Rows as inputs of the formulas: each word reaches the term it is about, under the calibration of the day."""

from dataclasses import fields, replace

import numpy as np
import pytest

from planner.estimate.memory import MemoryInputs
from planner.estimate.speed import NF4_TRAFFIC_BYTES, SpeedInputs
from planner.estimate.stack_columns import stack_columns
from planner.measured.inputs import NODE_BYTES_S, layout_columns, memory_inputs, speed_inputs
from planner.measured.predict import predict_memory, predict_speed
from planner.units import GIB
from tests.estimate.memory_cases import PRIORS
from tests.measured.rows import CATALOG, rows

QLORA = {"method": "qlora", "weight_precision": "nf4-dq"}
EIGHT = {"n_gpus": "8"}


def memory(**cells: str) -> MemoryInputs:
    return memory_inputs(rows(cells), PRIORS)


def speed(**cells: str) -> SpeedInputs:
    return speed_inputs(rows(cells), PRIORS)


def test_columns_keep_the_order_of_rows_and_parts_of_them() -> None:
    several = rows({"seq_len": "512"}, {"seq_len": "1024"}, {"seq_len": "2048"})
    assert several["seq_len"].tolist() == [512, 1024, 2048]
    some = several.part(np.array([2, 0]))
    assert len(some) == 2
    assert some["tokens"].tolist() == [4096, 1024]
    assert [row.seq_len for row in some.conditions] == [2048, 512]


def test_no_rows_are_no_problem() -> None:
    none = rows()
    assert len(none) == len(predict_memory(none, PRIORS).shown_gib) == 0


def test_preparation_for_kbit_training_doubles_the_boundary_but_not_under_fsdp() -> None:
    """MEMORY.md 4.6: both paths cost the same under FSDP, where the boundary is held twice already."""
    kbit = PRIORS["memory.kbit_boundary"]
    assert memory(**QLORA).boundary_bytes[0] == kbit
    assert memory(**QLORA, **EIGHT, parallelism="fsdp").boundary_bytes[0] == 2
    assert memory(**QLORA, **EIGHT, parallelism="ddp").boundary_bytes[0] == kbit
    assert memory().boundary_bytes[0] == 2
    assert memory(method="qlora", weight_precision="int4 GPTQ").boundary_bytes[0] == 2
    assert memory(**QLORA, stack="torchtune").boundary_bytes[0] == 2
    trainer, tune = (memory(**EIGHT, parallelism="fsdp", stack=name) for name in ("hf-trainer", "torchtune"))
    assert (bool(trainer.two_boundaries[0]), bool(tune.two_boundaries[0])) == (True, False)


def test_a_quantised_base_keeps_casts_and_a_spare_matrix() -> None:
    plain, quantised = memory(), memory(**QLORA)
    assert (plain.kept_factor[0], quantised.kept_factor[0]) == (
        PRIORS["memory.kept"], PRIORS["memory.kept_quantised"],
    )  # fmt: skip
    assert (plain.spare_matrices[0], quantised.spare_matrices[0]) == (0, 1)
    assert (speed().dequantise_bytes[0], speed(**QLORA).dequantise_bytes[0]) == (0, NF4_TRAFFIC_BYTES)


def test_a_fused_loss_keeps_no_logits_and_gains_a_little_time() -> None:
    assert memory(loss_kernel="fused").logits_bytes[0] == 0
    assert memory().logits_bytes[0] == PRIORS["memory.logits.upcast"]
    assert memory(stack="litgpt").logits_bytes[0] == PRIORS["memory.logits.plain"]
    gain = speed(loss_kernel="fused").k_stack[0] / speed().k_stack[0]
    assert gain == pytest.approx(PRIORS["speed.fused_kernels"])


def test_scores_are_kept_without_flash_kernels() -> None:
    with_flash, eager = memory(), memory(flash_attention="n")
    assert eager.layer_bytes[0] - with_flash.layer_bytes[0] == 5 * 32 * 1024
    assert speed(flash_attention="n").eta_attention[0] == PRIORS["speed.attention.eager"]


def test_training_in_fp32_doubles_activations_of_full_training_alone() -> None:
    full, wide = (memory(method="full", weight_precision=words) for words in ("bf16", "fp32"))
    assert wide.layer_bytes[0] == 2 * full.layer_bytes[0]
    assert wide.boundary_bytes[0] == 4
    assert memory(weight_precision="fp32").layer_bytes[0] == full.layer_bytes[0]


def test_fp8_and_fp4_speed_up_matrix_products() -> None:
    gains = {words: speed(method="full", precision=words, weight_precision=words).matmul_gain[0]
             for words in ("bf16", "fp8", "nvfp4")}  # fmt: skip
    assert gains == {"bf16": 1, "fp8": PRIORS["speed.fp8"], "nvfp4": PRIORS["speed.fp4"]}


def test_deepspeed_and_in_backward_reach_the_memory_formulas() -> None:
    zero = memory(**EIGHT, method="full", parallelism="deepspeed zero3")
    assert bool(zero.deepspeed[0])
    assert zero.layout.stage[0] == 3
    assert not memory(**EIGHT, method="full", parallelism="fsdp").deepspeed[0]
    assert memory(method="full", optimizer="lomo").in_backward[0]
    assert memory(method="full", stack="megatron").keeps_gradients[0]


def test_the_layout_of_a_row() -> None:
    way = layout_columns(rows({"n_gpus": "16", "method": "full", "parallelism": "tp2 pp4 zero1"}))
    assert [float(getattr(way, name)[0]) for name in ("data", "tensor", "pipeline", "stage", "nodes")] == [
        2,
        2,
        4,
        1,
        2,
    ]


def test_links_between_nodes_are_the_networks() -> None:
    inside, across = (speed(method="full", parallelism="fsdp", n_gpus=count) for count in ("8", "16"))
    card = next(gpu for gpu in CATALOG.gpus if gpu.id == "a100-80gb-sxm")
    assert inside.link_bytes_s[0] == card.link_gb_s * 1e9
    assert across.link_bytes_s[0] == min(card.link_gb_s * 1e9, NODE_BYTES_S["ampere"])


def test_a_method_that_a_stack_is_not_known_to_train_runs_at_the_stacks_own_speed() -> None:
    columns = stack_columns(CATALOG.stacks, CATALOG.methods, PRIORS)
    unsloth = columns.own[[stack.id for stack in CATALOG.stacks].index("unsloth")]
    assert speed(method="full", stack="unsloth").k_stack[0] == pytest.approx(unsloth)
    assert speed(stack="unsloth").k_stack[0] < unsloth


def test_every_input_has_one_value_per_row() -> None:
    several = rows({}, QLORA, {"method": "full"})
    for inputs in (memory_inputs(several, PRIORS), speed_inputs(several, PRIORS)):
        for field in fields(inputs):
            value = getattr(inputs, field.name)
            if isinstance(value, np.ndarray):
                assert value.shape == (3,), field.name
                assert np.isfinite(value.astype(float)).all(), field.name


def test_rows_peak_as_published() -> None:
    """Mistral-7B full at 10.0 B per parameter, 6.0 at rest; the planner's layers see the same row (MEMORY.md 4.5)."""
    row = {"model": "Mistral-7B-v0.1", "method": "full", "seq_len": "4096", "micro_batch_size": "4"}
    found = predict_memory(rows(row, row | {"micro_batch_size": "8"}), PRIORS)
    assert found.terms.step_phase.all()
    assert found.shown_gib * GIB / 7_241_732_096 == pytest.approx([10.0, 10.0], abs=0.01)


def test_metrics_differ_as_tools_do() -> None:
    found = predict_memory(rows(*({"metric": name} for name in ("alloc", "reserved", "nvsmi"))), PRIORS)
    alloc, reserved, smi = found.shown_gib
    assert alloc < reserved < smi
    assert found.needed_gib == pytest.approx(np.full(3, alloc + PRIORS["memory.context_gib"]))


def test_throughput_is_tokens_over_the_step_of_a_group() -> None:
    one, two = (
        {"method": "full", "n_gpus": "2", "parallelism": "ddp"},
        {"method": "full", "n_gpus": "2", "parallelism": "tp2"},
    )
    found = predict_speed(rows(one, two), PRIORS)
    assert found.tokens_per_s_per_gpu[0] == pytest.approx(2048 / found.step_s[0])
    assert found.tokens_per_s_per_gpu[1] == pytest.approx(2048 / found.step_s[1] / 2)
    assert found.step_s == pytest.approx(found.parts.total)


def test_another_calibration_is_another_prediction() -> None:
    row = rows({"method": "full", "stack": "litgpt"})
    slow = PRIORS.with_values({"speed.stack.litgpt": PRIORS["speed.stack.litgpt"] / 2})
    usual, halved = (predict_speed(row, calibration).parts.matmul[0] for calibration in (PRIORS, slow))
    assert halved == pytest.approx(2 * usual)
    rest = replace(PRIORS, bands={})
    assert predict_speed(row, rest).parts.matmul[0] == usual


def test_a_card_without_a_published_peak_has_no_speed() -> None:
    assert np.isnan(predict_speed(rows({"gpu_id": "Gaudi1"}), PRIORS).tokens_per_s_per_gpu[0])
