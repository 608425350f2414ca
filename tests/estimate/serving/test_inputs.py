"""Columns of the serving law from the catalog's rows."""

from collections.abc import Sequence

import numpy as np
import pytest

from planner.catalog.engines import Engine
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Floats, Gpu, Model
from planner.estimate.serving.inputs import KV_BYTES, WEIGHT_BYTES, inputs_of, linked
from planner.estimate.serving.throughput import ServingInputs, most_sequences, saturated

CATALOG = load_catalog()


def model(name: str) -> Model:
    return next(each for each in CATALOG.models if each.id == name)


def gpu(name: str) -> Gpu:
    return next(each for each in CATALOG.gpus if each.id == name)


def engine(name: str) -> Engine:
    return next(each for each in CATALOG.engines if each.id == name)


def inputs(
    models: Sequence[str], gpus: Sequence[str], cards: Sequence[float], precisions: Sequence[str],
    engines: Sequence[str] = ("tensorrt-llm-0.17",),
) -> ServingInputs:  # fmt: skip
    """Columns where whatever stands alone holds for every row."""
    n = max(map(len, (models, gpus, cards, precisions, engines)))

    def each(values: Sequence[str]) -> Sequence[str]:
        return [*values] * n if len(values) == 1 else values

    return inputs_of(
        [model(name) for name in each(models)], [gpu(name) for name in each(gpus)],
        np.array([*cards] * n if len(cards) == 1 else cards, np.float64), each(precisions),
        [engine(name) for name in each(engines)], CATALOG.calibration,
    )  # fmt: skip


def full(x: ServingInputs) -> Floats:
    return saturated(x, np.array([1000.0]), np.array([1000.0])).tokens_per_s


def test_weights_and_cache_by_precision() -> None:
    x = inputs(["llama-3.1-8b"], ["h100-sxm"], [1], ["bf16", "fp8", "int4"])
    tables = 2 * 128_256 * 4096
    linear = 8_030_261_248 - tables
    assert x.weight_bytes == pytest.approx([2 * 8_030_261_248, linear + 2 * tables, 0.55 * linear + 2 * tables])
    assert x.idle_bytes == pytest.approx([tables] * 3)  # one of two tables, in 16 bit
    assert x.kv_bytes == pytest.approx([2 * 32 * 1024 * each for each in (2, 1, 2)])
    assert set(WEIGHT_BYTES) == set(KV_BYTES)


def test_a_tied_table_is_the_head_and_is_read() -> None:
    assert inputs(["llama-3.2-1b"], ["h100-sxm"], [1], ["bf16"]).idle_bytes == 0


def test_peaks_are_those_computed_in() -> None:
    c = CATALOG.calibration
    x = inputs(
        ["llama-3.1-8b"], ["h100-sxm", "a100-80gb-sxm", "h100-sxm", "h100-sxm", "b200"], [1],
        ["fp8", "fp8", "int8", "fp4", "fp4"],
    )  # fmt: skip
    peaks = np.array([1978.9, 312, 989.4, 989.4, 9000 * c["serving.fp4_compute"]]) * 1e12
    assert x.matmul_flops_s == pytest.approx(peaks * c["serving.compute"])
    attention = np.array([1978.9, 312, 989.4, 989.4, 4500]) * 1e12
    assert x.attention_flops_s == pytest.approx(attention * c["serving.compute"])


def test_links_are_nvlink_or_the_slot_and_bridges_are_not_counted_on() -> None:
    bridged = next(each.id for each in CATALOG.gpus if each.bridge and each.nvlink_gb_s > 0)
    c = CATALOG.calibration
    x = inputs(["llama-3.1-8b"], ["h100-sxm", "l40s", bridged], [2], ["bf16"])
    slot = gpu(bridged).pcie_gb_s / 2 * 1e9 * c["serving.slot"]
    assert x.link_bytes_s == pytest.approx([450e9 * c["serving.link"], 32e9 * c["serving.slot"], slot])
    assert [linked(gpu(name)) for name in ("h100-sxm", "l40s", bridged)] == [True, False, False]


def test_a_mixture_has_experts_slower_products_and_longer_layers() -> None:
    c = CATALOG.calibration
    x = inputs(["llama-3.1-8b", "mixtral-8x7b"], ["h100-sxm"], [2], ["fp8"])
    assert x.experts.tolist() == [1, 8]
    assert x.used.tolist() == [1, 2]
    assert x.expert_bytes == pytest.approx([0, 32 * 8 * 3 * 4096 * 14336])
    assert x.matmul_flops_s[1] / x.matmul_flops_s[0] == pytest.approx(c["serving.mixture_compute"])
    assert x.layer_s[1] / x.layer_s[0] == pytest.approx(c["serving.mixture_layer"])


def test_latent_attention_caches_its_latents() -> None:
    x = inputs(["deepseek-v3"], ["h200-sxm"], [8], ["fp8"])
    assert x.kv_bytes == pytest.approx(61 * 576)  # 70 kB in 16 bit (DeepSeek-V2, arXiv 2405.04434)


def test_engines_share_out_memory_in_their_own_way() -> None:
    x = inputs(["mixtral-8x7b"], ["h100-sxm"], [2], ["fp8"], ["tensorrt-llm-0.17", "tensorrt-llm", "vllm"])
    usable, reserve = gpu("h100-sxm").usable_gib, CATALOG.calibration["serving.mixture_reserve_gib"]
    assert x.memory_bytes / 2**30 == pytest.approx([usable - 1.9, usable - 1.9 - reserve, 0.9 * usable - 2.0])
    one = inputs(["mixtral-8x7b"], ["h100-sxm"], [1], ["fp8"], ["tensorrt-llm"])
    assert one.memory_bytes / 2**30 == pytest.approx(usable - 1.9)  # one card shares nothing out


def test_generations_of_an_engine_differ() -> None:
    old, new, hf = full(
        inputs(["llama-3.1-8b"], ["h100-sxm"], [1], ["bf16"], ["vllm-0.5", "vllm", "hf-generate"])
    ).tolist()
    assert hf < old < new


def test_more_memory_holds_more_sequences_and_a_card_without_a_16_bit_peak_is_unknown() -> None:
    x = inputs(["llama-3.1-8b"], ["a100-40gb-sxm", "a100-80gb-sxm", "k80"], [1], ["bf16"], ["other"])
    sequences = most_sequences(x, np.array([8000.0]), np.array([2000.0]))
    assert 1 < sequences[0] < sequences[1]
    assert np.isnan(full(x)[2])


def test_no_rows_give_no_columns() -> None:
    x = inputs_of([], [], np.zeros(0), [], [], CATALOG.calibration)
    assert len(saturated(x, np.zeros(0), np.zeros(0)).tokens_per_s) == 0
