"""Models that a scenario brings along: counted like the catalog's own, for one plan, and said to be user-given."""

import json
from pathlib import Path
from typing import Any

import pytest

import planner
from planner.catalog.counting import count_parameters
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Model
from planner.outcome import Plan
from planner.planning import read_scenario
from planner.source import InvalidInput
from planner.space.custom_models import build_model
from planner.space.hub_config import FAMILIES, ConfigError, parse_config, read_shape

CATALOG = load_catalog()
BY_ID = {model.id: model for model in CATALOG.models}
NOT_COUNTED = ("deepseek_v2", "deepseek_v3", "gpt2", "bert", "opt")
"""Latent attention and learned positions, which the columns do not describe."""
LLAMA = {
    "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256, "max_position_embeddings": 131072,
}  # fmt: skip
DEFINED = {
    "id": "my-8b", "layers": 32, "hidden": 4096, "heads": 32, "kv_heads": 8, "ffn": 14336, "vocab": 128256,
    "context": 131072, "license": "proprietary", "released": "2026-03",
}  # fmt: skip


@pytest.mark.parametrize(
    "model", [m for m in CATALOG.models if m.family not in NOT_COUNTED], ids=lambda model: model.id
)
def test_the_formula_gives_the_totals_of_the_catalog(model: Model) -> None:
    total, active = count_parameters(model)
    assert total == pytest.approx(model.params_total, rel=0.0005)
    assert active == pytest.approx(model.params_active, rel=0.0005)


CONFIGS: dict[str, dict[str, Any]] = {
    "llama-3.1-8b": LLAMA,
    "mistral-7b-v0.3": LLAMA | {"model_type": "mistral", "vocab_size": 32768},
    "mixtral-8x7b": LLAMA | {
        "model_type": "mixtral", "vocab_size": 32000, "num_local_experts": 8, "num_experts_per_tok": 2,
    },
    "qwen2.5-7b": {
        "model_type": "qwen2", "hidden_size": 3584, "num_hidden_layers": 28, "num_attention_heads": 28,
        "num_key_value_heads": 4, "intermediate_size": 18944, "vocab_size": 152064,
    },
    "qwen3-8b": {
        "model_type": "qwen3", "hidden_size": 4096, "num_hidden_layers": 36, "num_attention_heads": 32,
        "num_key_value_heads": 8, "head_dim": 128, "intermediate_size": 12288, "vocab_size": 151936,
    },
    "qwen3-30b-a3b": {
        "model_type": "qwen3_moe", "hidden_size": 2048, "num_hidden_layers": 48, "num_attention_heads": 32,
        "num_key_value_heads": 4, "head_dim": 128, "intermediate_size": 6144, "moe_intermediate_size": 768,
        "num_experts": 128, "num_experts_per_tok": 8, "vocab_size": 151936, "mlp_only_layers": [],
    },
    "gemma-7b": {
        "model_type": "gemma", "hidden_size": 3072, "num_hidden_layers": 28, "num_attention_heads": 16,
        "num_key_value_heads": 16, "head_dim": 256, "intermediate_size": 24576, "vocab_size": 256000,
    },
    "gemma-2-9b": {
        "model_type": "gemma2", "hidden_size": 3584, "num_hidden_layers": 42, "num_attention_heads": 16,
        "num_key_value_heads": 8, "head_dim": 256, "intermediate_size": 14336, "vocab_size": 256000,
    },
    "gemma-3-12b": {
        "model_type": "gemma3", "vision_config": {}, "text_config": {
            "hidden_size": 3840, "num_hidden_layers": 48, "num_attention_heads": 16, "num_key_value_heads": 8,
            "head_dim": 256, "intermediate_size": 15360, "vocab_size": 262208,
        },
    },
    "phi-2": {
        "model_type": "phi", "hidden_size": 2560, "num_hidden_layers": 32, "num_attention_heads": 32,
        "intermediate_size": 10240, "vocab_size": 51200,
    },
    "phi-4": {
        "model_type": "phi3", "hidden_size": 5120, "num_hidden_layers": 40, "num_attention_heads": 40,
        "num_key_value_heads": 10, "intermediate_size": 17920, "vocab_size": 100352,
    },
    "pythia-6.9b": {
        "model_type": "gpt_neox", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
        "intermediate_size": 16384, "vocab_size": 50432,
    },
    "falcon-7b": {
        "model_type": "falcon", "hidden_size": 4544, "num_hidden_layers": 32, "num_attention_heads": 71,
        "multi_query": True, "vocab_size": 65024, "new_decoder_architecture": False,
    },
    "falcon-40b": {
        "model_type": "falcon", "hidden_size": 8192, "num_hidden_layers": 60, "num_attention_heads": 128,
        "num_kv_heads": 8, "vocab_size": 65024, "new_decoder_architecture": True,
    },
    "starcoder2-7b": {
        "model_type": "starcoder2", "hidden_size": 4608, "num_hidden_layers": 32, "num_attention_heads": 36,
        "num_key_value_heads": 4, "intermediate_size": 18432, "vocab_size": 49152,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CONFIGS)
def test_a_config_gives_the_catalogs_own_row(name: str) -> None:
    shape, family, norms = read_shape(parse_config(json.dumps(CONFIGS[name])), "mine")
    built, known = build_model(shape, family.family, norms, "config.json"), BY_ID[name]
    for field in (
        "family", "n_layers", "hidden_size", "n_heads", "n_kv_heads", "head_dim", "n_ffn_matrices", "vocab_size",
        "tied_embeddings", "attention_bias", "moe_experts", "moe_active", "moe_ffn_hidden", "norm_params_per_layer",
    ):  # fmt: skip
        assert getattr(built, field) == getattr(known, field), field
    assert built.params_total == pytest.approx(known.params_total, rel=0.0005)
    assert built.params_active == pytest.approx(known.params_active, rel=0.0005)


def test_every_family_is_tried() -> None:
    tried = {f"{c['model_type']}_text" if "text_config" in c else c["model_type"] for c in CONFIGS.values()}
    assert tried == set(FAMILIES)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "mamba"}, "not known here: 'mamba'"),
        ({"model_type": None}, "has no model_type"),
        ({"model_type": ["llama"]}, "not known here"),
        ({"hidden_size": "4096"}, "no whole number"),
        ({"hidden_size": True}, "no whole number"),
        ({"hidden_size": 10**12}, "no whole number"),
        ({"num_hidden_layers": None}, "lacks 'num_hidden_layers'"),
        ({"num_key_value_heads": 5}, "no multiple of kv_heads"),
        ({"num_key_value_heads": [8]}, "does not add up"),
        ({"vocab_size": -1}, "no whole number"),
        ({"max_position_embeddings": "long"}, "does not add up: context"),
        ({"model_type": "qwen3_moe", "num_experts": 8, "num_experts_per_tok": 2, "mlp_only_layers": [0]}, "mixes"),
    ],
)
def test_a_config_that_is_no_model_says_why(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_shape(parse_config(json.dumps(LLAMA | change)), "mine")


@pytest.mark.parametrize("text", ["", "[]", "nonsense", '"x"', "[" * 100_000, '{"model_type": NaN}'])
def test_text_that_is_no_configuration(text: str) -> None:
    with pytest.raises(ConfigError):
        read_shape(parse_config(text), "mine")


def scenario(*models: Any, **changes: Any) -> dict[str, Any]:
    return {
        "api_version": "planner/v1",
        "kind": "FineTune",
        "metadata": {"name": "own"},
        "models": list(models),
        "methods": ["qlora"],
        "dataset": {"samples": 20_000, "tokens_per_sample": {"mean": 420, "p95": 1400}},
        "hardware": {"gpus": ["l40s"], "counts": [1]},
    } | changes


def own(plan: Plan, name: str) -> Any:
    return next(c for c in [*plan.front, *plan.beside] if c.model == name)


def test_a_defined_model_is_planned_like_the_catalogs_twin() -> None:
    score = {"benchmark": "MMLU", "points": 66.7}
    plan = planner.plan(
        scenario({"define": DEFINED | {"base_score": score}}, quality={"baseline": {"benchmark": "MMLU"}})
    )
    twin = planner.plan(scenario("llama-3.1-8b", quality={"baseline": {"benchmark": "MMLU"}}))
    mine, theirs = own(plan, "my-8b"), own(twin, "llama-3.1-8b")
    assert (mine.hours, mine.cost_usd, mine.memory_gib) == (theirs.hours, theirs.cost_usd, theirs.memory_gib)
    assert "user-given" in mine.quality_label
    assert mine.quality_parts["points"] == 66.7
    note = next(text for text in plan.warnings if text.startswith("my-8b"))
    assert "user-given" in note
    assert f"{BY_ID['llama-3.1-8b'].params_total:,}" in note
    assert any(source.what == "model my-8b" for source in plan.sources)


def test_it_joins_the_catalog_for_its_plan_only_and_the_digest_covers_it() -> None:
    catalogs = [
        read_scenario(scenario({"define": DEFINED | change})).catalog for change in ({}, {"license": "other"}, {})
    ]
    assert catalogs[0].digest == catalogs[2].digest
    assert len({CATALOG.digest, catalogs[0].digest, catalogs[1].digest}) == 3
    assert len(catalogs[0].models) == len(CATALOG.models) + 1
    assert load_catalog() is CATALOG
    assert not CATALOG.user_models
    assert read_scenario(scenario("llama-3.1-8b")).catalog is CATALOG


def test_requirements_see_it_too() -> None:
    where = {"where": {"license": ["proprietary"], "released_after": "2026-01", "min_context": "100k"}}
    ready = read_scenario(scenario(where, {"define": DEFINED}))
    assert [ready.catalog.models[m].id for m in ready.space.recipes.models] == ["my-8b"]


def test_a_model_without_a_score_stands_beside_the_front() -> None:
    plan = planner.plan(scenario({"define": DEFINED}, "llama-3.1-8b"))
    assert {c.model for c in plan.front} == {"llama-3.1-8b"}
    assert own(plan, "my-8b").quality is None


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "repo/.git").mkdir(parents=True)
    (tmp_path / "repo/scenarios").mkdir()
    (tmp_path / "repo/models/tiny").mkdir(parents=True)
    (tmp_path / "repo/models/tiny/config.json").write_text(json.dumps(LLAMA))
    (tmp_path / "secret.json").write_text(json.dumps(LLAMA))
    return tmp_path / "repo"


def written(repository: Path, **entry: Any) -> Path:
    path = repository / "scenarios/own.yaml"
    path.write_text(json.dumps(scenario(entry)))
    return path


def test_a_config_of_the_repository(repository: Path) -> None:
    ready = read_scenario(written(repository, config="../models/tiny/config.json"))
    assert ready.catalog.user_models == {"tiny": "models/tiny/config.json"}
    assert ready.catalog.models[-1].params_total == BY_ID["llama-3.1-8b"].params_total
    named = read_scenario(written(repository, config="../models/tiny/config.json", id="mine", license="mit"))
    assert (named.catalog.models[-1].id, named.catalog.models[-1].license) == ("mine", "mit")
    before = named.catalog.digest
    (repository / "models/tiny/config.json").write_text(json.dumps(LLAMA | {"note": "another"}))
    assert (
        read_scenario(written(repository, config="../models/tiny/config.json", id="mine", license="mit")).catalog.digest
        != before
    )


@pytest.mark.parametrize(
    "path", ["../../secret.json", "link.json", "/etc/hostname", "folder-link/secret.json", "loop", "a\0b"]
)
def test_nothing_outside_the_repository_is_read(repository: Path, path: str) -> None:
    (repository / "scenarios/link.json").symlink_to(repository.parent / "secret.json")
    (repository / "scenarios/folder-link").symlink_to(repository.parent)
    (repository / "scenarios/loop").symlink_to("loop")
    with pytest.raises(InvalidInput) as caught:
        read_scenario(written(repository, config=path))
    assert any(word in str(caught.value) for word in ("outside", "nowhere", "control", "character"))


@pytest.mark.parametrize(
    ("content", "message"),
    [(b" " * (1 << 20) + b"{}", "larger than 1 MiB"), (b"\xff\xfe{}", "not UTF-8"), (b"", "not JSON")],
)
def test_a_config_is_bounded_text(repository: Path, content: bytes, message: str) -> None:
    (repository / "models/tiny/config.json").write_bytes(content)
    with pytest.raises(InvalidInput, match=message):
        read_scenario(written(repository, config="../models/tiny/config.json"))


def test_claims_are_used_on_request_and_only_where_nothing_better_exists() -> None:
    models = ("codellama-7b", "codellama-13b", "llama-3.1-8b")
    quality = {"task": "code", "baseline": {"benchmark": "HumanEval"}}
    silent = read_scenario(scenario(*models, quality=quality))
    assert silent.catalog is CATALOG
    asked = read_scenario(scenario(*models, quality=quality | {"allow_claims": True})).catalog
    new = asked.scores[len(CATALOG.scores) :]
    assert {s.standing for s in new} == {"claim"}
    assert {s.benchmark for s in new} == {"HumanEval"}
    have = {s.model for s in CATALOG.scores if s.benchmark == "HumanEval" and s.variant == "base" and s.shots == "0"}
    assert not have & {s.model for s in new}
    plan = planner.plan(scenario(*models, quality=quality | {"allow_claims": True}))
    labels = {c.model: c.quality_label for c in plan.front if c.model in {s.model for s in new}}
    assert labels
    assert all("claim, low confidence" in label for label in labels.values())
    assert asked.digest != CATALOG.digest
