"""Parameter counts against DOMAIN 1.1, and against the totals that models.csv states."""

import numpy as np
import pytest

from planner.catalog.architecture import LATENT_ATTENTION, build_architectures
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Model

CATALOG = load_catalog()
ARCH = build_architectures(CATALOG.models)
AT = {model.id: i for i, model in enumerate(CATALOG.models)}
EXCEPTIONS = {
    "gpt-2": "learned positions",
    "gpt-2-medium": "learned positions",
    "gpt-2-large": "learned positions",
    "gpt-2-xl": "learned positions",
    "bert-base": "learned positions, token types and pooler",
    "bert-large": "learned positions, token types and pooler",
    "opt-125m": "learned positions",
    "opt-1.3b": "learned positions",
    "opt-2.7b": "learned positions",
    "opt-6.7b": "learned positions",
    "opt-13b": "learned positions",
    "opt-350m": "learned positions; embedding of width 512 projected to 1024",
}
"""Models whose total holds parameters that the columns do not describe, beside latent attention."""


@pytest.mark.parametrize(
    ("model", "total", "p_mm"),
    [
        ("llama-2-7b", 6_738_415_616, 6_607_077_376),
        ("llama-3-8b", 8_030_261_248, 7_504_658_432),
        ("llama-3-70b", 70_553_706_496, 69_501_714_432),
        ("llama-2-13b", 13_015_864_320, 12_851_609_600),
        ("llama-2-70b", 68_976_648_192, 68_713_185_280),
        ("qwen2.5-7b", 7_615_616_512, None),
    ],
    ids=["T-1.1", "T-1.2", "T-1.3", "T-1.4a", "T-1.4b", "T-1.5"],
)
def test_totals_and_matrix_parameters(model: str, total: int, p_mm: int | None) -> None:
    assert ARCH.params_total[AT[model]] == total
    assert parameter_count(CATALOG.models[AT[model]]) == total
    assert p_mm is None or ARCH.p_mm[AT[model]] == p_mm


def test_mixture_counts_all_experts_and_the_active_ones() -> None:
    """T-1.6."""
    row = AT["mixtral-8x7b"]
    assert ARCH.params_total[row] == 46_702_792_704
    assert CATALOG.models[row].params_active == 12_879_925_248
    assert ARCH.p_mm_active[row] == 12_748_587_008
    assert ARCH.p_mm[row] == 46_702_792_704 - 131_072_000 - 65 * 4096
    assert ARCH.ffn[row] == 2 * 14336


@pytest.mark.parametrize(
    ("model", "targets", "rank", "expected"),
    [
        ("llama-2-7b", "all-linear", 16, 39_976_960),
        ("llama-2-7b", "qv", 8, 4_194_304),
        ("llama-2-7b", "all-linear", 64, 159_907_840),
        ("llama-3-8b", "all-linear", 16, 41_943_040),
        ("llama-3-8b", "qv", 16, 6_815_744),
        ("llama-3-70b", "all-linear", 16, 207_093_760),
        ("llama-2-70b", "attention-fused", 16, 44_564_480),
    ],
    ids=["T-1.7", "T-1.8a", "T-1.8b", "T-1.9a", "T-1.9b", "T-1.10", "T-1.11"],
)
def test_adapter_parameters(model: str, targets: str, rank: int, expected: int) -> None:
    assert rank * ARCH.lora_coefficient(targets)[AT[model]] == expected


def test_separate_projections_need_more_adapter_than_the_fused_one() -> None:
    plain, fused = ARCH.lora_coefficient("attention"), ARCH.lora_coefficient("attention-fused")
    extra = ARCH.n_layers * 2 * ARCH.hidden
    np.testing.assert_array_equal(plain - fused, extra)


PLAIN = [model for model in CATALOG.models if model.family not in LATENT_ATTENTION]
LATENT = [model for model in CATALOG.models if model.family in LATENT_ATTENTION]


@pytest.mark.parametrize("model", PLAIN, ids=lambda model: model.id)
def test_stated_total_is_what_the_architecture_adds_up_to(model: Model) -> None:
    error = abs(parameter_count(model) / model.params_total - 1)
    if model.id in EXCEPTIONS:
        assert 0.0005 < error < 0.08, f"{model.id} is no exception any more: {EXCEPTIONS[model.id]}"
    else:
        assert error < 0.0005


@pytest.mark.parametrize("model", LATENT, ids=lambda model: model.id)
def test_latent_attention_takes_what_the_totals_leave(model: Model) -> None:
    row = AT[model.id]
    norms = model.n_layers * model.norm_params_per_layer + model.hidden_size
    assert ARCH.p_mm[row] + ARCH.p_embedding[row] + norms == model.params_total
    assert ARCH.p_mm_active[row] + ARCH.p_embedding[row] + norms == model.params_active


def test_narrow_embedding_is_what_the_total_leaves() -> None:
    """OPT-350M: 50,272 x 512 and two projections of 512 x 1024; positions and biases make up the rest."""
    assert ARCH.p_embedding[AT["opt-350m"]] == pytest.approx(50_272 * 512 + 2 * 512 * 1024, rel=0.11)


def test_parts_are_consistent_for_every_model() -> None:
    assert (ARCH.p_linear > 0).all()
    assert (ARCH.p_mm_active <= ARCH.p_mm).all()
    assert (ARCH.p_mm <= ARCH.params_total).all()
    assert (ARCH.hkv <= ARCH.hq).all()
    dense = np.array([model.moe_experts == 0 for model in CATALOG.models])
    np.testing.assert_array_equal(ARCH.p_mm[dense], ARCH.p_mm_active[dense])


def parameter_count(model: Model) -> int:
    """All parameters of a model from its columns, independent of `architecture`: DOMAIN 1.1, with biases and norms."""
    h, f, head = model.hidden_size, model.ffn_hidden, model.head_dim
    hq, hkv = model.n_heads * head, model.n_kv_heads * head
    plain_mlp = model.n_ffn_matrices == 2
    layer = h * hq + 2 * h * hkv + hq * h + model.norm_params_per_layer
    if model.moe_experts:
        blocks = model.moe_experts + model.moe_shared_experts
        layer += blocks * model.n_ffn_matrices * h * model.moe_ffn_hidden + h * model.moe_experts
    else:
        layer += model.n_ffn_matrices * h * f
    if model.attention_bias:
        layer += hq + 2 * hkv
        if plain_mlp:
            layer += h + f + h
    if model.family in ("qwen3", "qwen3_moe", "gemma3"):
        layer += 2 * head
    if model.family == "olmo2":
        layer += hq + hkv
    embeddings = model.vocab_size * h * (1 if model.tied_embeddings else 2)
    final_norm = 2 * h if plain_mlp and model.family != "mpt" else h
    return model.n_layers * layer + embeddings + final_norm
