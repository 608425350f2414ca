"""The architecture of a row's model: from the catalog, or counted from its own columns."""

import pytest

from planner.measured.models import RowModel, known_model, row_model
from planner.measured.table import Unusable
from tests.measured.rows import CATALOG


def model(name: str, **cells: float) -> RowModel:
    return row_model({"model": name} | {key: f"{value:g}" for key, value in cells.items()}, CATALOG)


def test_llama2_7b_from_its_count() -> None:
    found = model("a-7b", params_b=6.738, n_layers=32, hidden=4096, n_heads=32, ffn_hidden=11008, vocab=32000)
    assert (found.matrices, found.tied, found.hq, found.hkv) == (3, False, 4096, 4096)
    assert found.p_linear == 6_476_005_376
    assert found.p_mm_active == 6_607_077_376  # T-1.1
    assert found.p_embedding == 131_072_000
    assert found.p_expert == 0


def test_a_plain_mlp_and_a_tied_head_from_the_count() -> None:
    """MPT-7B: two matrices an MLP; the head is the embedding."""
    found = model("an-mpt", params_b=6.6495, n_layers=32, hidden=4096, n_heads=32, ffn_hidden=16384, vocab=50432)
    assert (found.matrices, found.tied) == (2, True)


@pytest.mark.parametrize(
    ("params_b", "layers", "hidden", "heads", "kv_heads", "ffn"),
    [(2.614, 26, 2304, 8, 4, 9216), (8.538, 28, 3072, 16, 16, 24576)],
    ids=["gemma-2-2b", "gemma-7b"],
)
def test_wide_heads_and_a_tied_head_from_the_count(
    params_b: float, layers: float, hidden: float, heads: float, kv_heads: float, ffn: float
) -> None:
    found = model(
        "a-gemma", params_b=params_b, n_layers=layers, hidden=hidden, n_heads=heads, n_kv_heads=kv_heads,
        ffn_hidden=ffn, vocab=256_000,
    )  # fmt: skip
    assert (found.hq, found.hkv, found.tied, found.matrices) == (256 * heads, 256 * kv_heads, True, 3)


def test_experts_from_the_count() -> None:
    """Mixtral-8x7B under a name that no catalog has: eight experts, two of them used."""
    found = model(
        "a-moe-8x7b", params_b=46.7, n_layers=32, hidden=4096, n_heads=32, n_kv_heads=8, ffn_hidden=14336, vocab=32000
    )
    assert (found.experts, found.used, found.hq, found.hkv) == (8, 2, 4096, 1024)
    assert found.p_expert == 32 * 8 * 3 * 4096 * 14336
    assert found.p_mm_active == pytest.approx(12.9e9 - 131e6, rel=0.01)


def test_active_experts_from_the_name() -> None:
    found = model(
        "moonlight-like-16B-A3B", params_b=15.96, n_layers=27, hidden=2048, n_heads=16, ffn_hidden=1408, vocab=163_840
    )
    assert 55 <= found.experts <= 64
    assert 5 <= found.used <= 9


def test_a_vocabulary_left_blank_follows_from_the_count() -> None:
    cells = {"params_b": 6.738, "n_layers": 32, "hidden": 4096, "n_heads": 32, "ffn_hidden": 11008}
    assert model("a-7b", **cells).vocab == pytest.approx(32000, rel=0.01)


def test_a_model_of_the_catalog_needs_its_name_alone() -> None:
    found = model("mistralai/Mixtral-8x7B-v0.1")
    assert (found.experts, found.used, found.p_total) == (8, 2, 46_702_792_704)
    assert model("meta-llama/Llama-2-7b-hf").p_total == 6_738_415_616


def test_a_rows_own_columns_come_before_the_catalogs() -> None:
    other = model("Llama-2-7B", params_b=3.37, n_layers=16, hidden=4096, n_heads=32, ffn_hidden=11008, vocab=32000)
    assert (other.n_layers, other.p_total) == (16, 3.37e9)
    same = model("Llama-2-7B", params_b=6.74, n_layers=32, hidden=4096, n_heads=32, ffn_hidden=1, vocab=1)
    assert (same.expert_ffn, same.vocab, same.p_total) == (11008, 32000, 6.74e9)


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Llama-2-7B", "llama-2-7b"),
        ("Llama-2-7b-chat", "llama-2-7b"),
        ("meta-llama/Meta-Llama-3-8B", "llama-3-8b"),
        ("Mistral-7B (sliding window)", "mistral-7b-v0.1"),
        ("google/gemma-2-2b-it", "gemma-2-2b"),
        ("Llama-9-7B", None),
        ("", None),
    ],
)
def test_names(name: str, id_: str | None) -> None:
    found = known_model(CATALOG, name)
    assert (found.id if found else None) == id_


def test_rows_that_do_not_tell() -> None:
    with pytest.raises(Unusable, match="is not given and the model is not in the catalog"):
        model("a-7b", params_b=7)
    with pytest.raises(Unusable, match="do not fit its architecture"):
        model("a-7b", params_b=13, n_layers=32, hidden=4096, n_heads=32, ffn_hidden=11008, vocab=32000)
    with pytest.raises(Unusable, match="n_layers 'many' is not a number"):
        row_model({"model": "x", "n_layers": "many"}, CATALOG)
