"""Prices of managed fine-tuning: how they are read, which models they are for, and what broken rows say."""

from pathlib import Path

import pytest

from planner.catalog.loader import load_catalog
from planner.catalog.managed_tuning import (
    FILE,
    price_of,
    read_tuning_prices,
    resolve_service_model,
    service_models,
    tuning_providers,
)
from planner.catalog.names import resolve_model
from planner.catalog.tables import Directory
from planner.errors import PlannerError
from planner.resources import CATALOG_DATA

CATALOG = load_catalog()


def offered(model: str, provider: str, method: str = "lora") -> list[str]:
    index = resolve_model(CATALOG, model)
    assert index is not None
    found = price_of(CATALOG.tuning_prices, CATALOG.models[index])
    return [p.offered for p in found if (p.provider, p.method, p.aim) == (provider, method, "sft")]


def test_all_rows_are_there() -> None:
    assert len(CATALOG.tuning_prices) == 51
    assert {"openai", "together", "fireworks", "mistral", "google-vertex", "bedrock", "azure-openai"} == set(
        tuning_providers(CATALOG)
    )
    assert not set(tuning_providers(CATALOG)) & set(CATALOG.offers.providers)
    assert all(resolve_model(CATALOG, name) is None for name in service_models(CATALOG))


@pytest.mark.parametrize(
    ("model", "provider", "brackets"),
    [
        ("llama-3.1-8b", "together", ["<=16B"]),
        ("llama-3.1-8b", "fireworks", ["<=16B"]),
        ("starcoder2-15b", "fireworks", ["<=16B"]),  # 15.96 B
        ("gemma-3-27b", "together", ["17B-69B"]),
        ("llama-2-70b", "together", ["70B-100B"]),  # 68.98 B counts as 70 B
        ("qwen2.5-72b", "fireworks", ["16.1B-80B"]),
        ("mixtral-8x7b", "fireworks", ["Mixtral-8x7B"]),  # by name before the bracket
        ("mixtral-8x7b", "together", ["17B-69B"]),
        ("deepseek-r1", "fireworks", ["DeepSeek-V3/R1"]),
        ("gpt-oss-120b", "together", []),
        ("llama-3.1-405b", "fireworks", []),
    ],
)
def test_brackets(model: str, provider: str, brackets: list[str]) -> None:
    assert offered(model, provider) == brackets


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("gpt-4.1-mini", "gpt-4.1-mini"),
        ("GPT-4.1-mini-2025-04-14", "gpt-4.1-mini"),
        ("gpt-35-turbo", "gpt-3.5-turbo"),
        ("llama-3.1-8b", None),
        ("gpt-9", None),
    ],
)
def test_names(name: str, model: str | None) -> None:
    assert resolve_service_model(CATALOG, name) == model


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.48,usd_per_mtok", "-0.48,usd_per_mtok", "training_price '-0.48' is less than 0"),
        ("0.48,usd_per_mtok", ",usd_per_mtok", "training_price is blank"),
        ("0.48,usd_per_mtok", "0.48,usd_per_token", "unit 'usd_per_token' is not one of"),
        ("gpt-4.1-2025-04-14,gpt-4.1,", "gpt-4.1-2025-04-14,,", "exactly one of model, open_models and max_params"),
        ("16e9,68.5e9", "16e9,15e9", "above_params is not below max_params"),
        ("Mixtral-8x7B,,mixtral-8x7b", "Mixtral-8x7B,,mixtral-8x8b", "open_models 'mixtral-8x8b' is not in models.csv"),
        ("gpt-4o-mini-2024-07-18", "gpt-4o-2024-08-06", "openai gpt-4o-2024-08-06 sft usd_per_mtok is given twice"),
        (",2026,high", ",2026-13,high", "as_of '2026-13' is not a date"),
        (",2026,high", ",2026,sure", "confidence 'sure' is not one of"),
    ],
)
def test_broken_rows(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (CATALOG_DATA / FILE).read_text("utf-8")
    assert old in text
    (tmp_path / FILE).write_text(text.replace(old, new, 1), "utf-8")
    directory = Directory(tmp_path)
    read_tuning_prices(directory, CATALOG.models)
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(PlannerError, match=rf"(?m)^{FILE}:\d+: .*{message}") as caught:
        directory.problems.raise_any()
    assert f"{FILE}:{line}: " in str(caught.value) or "given twice" in message
