"""Names people write, and what they resolve to."""

import pytest

from planner.catalog.loader import load_catalog
from planner.catalog.models import id_of
from planner.catalog.names import resolve_gpus, resolve_model, resolve_provider, suggest

CATALOG = load_catalog()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a100", {"a100-40gb-sxm", "a100-40gb-pcie", "a100-80gb-sxm", "a100-80gb-pcie"}),
        ("A100", {"a100-40gb-sxm", "a100-40gb-pcie", "a100-80gb-sxm", "a100-80gb-pcie"}),
        ("a100-80gb", {"a100-80gb-sxm", "a100-80gb-pcie"}),
        ("A100 80GB", {"a100-80gb-sxm", "a100-80gb-pcie"}),
        ("a100_80gb_sxm", {"a100-80gb-sxm"}),
        ("a100-80gb-sxm4", {"a100-80gb-sxm"}),
        ("h100", {"h100-sxm", "h100-pcie", "h100-nvl"}),
        ("h100-80gb", {"h100-sxm", "h100-pcie"}),
        ("h100-sxm", {"h100-sxm"}),
        ("v100", {"v100-16gb-sxm", "v100-16gb-pcie", "v100-32gb-sxm", "v100-32gb-pcie"}),
        ("v100-16", {"v100-16gb-sxm", "v100-16gb-pcie"}),
        ("h200", {"h200-sxm"}),
        ("4090", {"rtx-4090"}),
        ("rtx4090", {"rtx-4090"}),
        ("RTX 4090", {"rtx-4090"}),
        ("3090", {"rtx-3090"}),
        ("rtx-3090", {"rtx-3090"}),
        ("l4", {"l4"}),
        ("l40", {"l40"}),
        ("l40s", {"l40s"}),
        ("t4", {"t4"}),
        ("a10", {"a10"}),
        ("a10g", {"a10g"}),
        ("a6000", {"rtx-a6000"}),
        ("a6000-ada", {"rtx-6000-ada"}),
        ("gh200", {"gh200-96gb"}),
        ("rtx-pro-6000", {"rtx-pro-6000-bse"}),
        ("a10000", set()),
        ("", set()),
    ],
)
def test_gpus(name: str, expected: set[str]) -> None:
    assert {CATALOG.gpus[i].id for i in resolve_gpus(CATALOG, name)} == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("llama-3.1-8b", "llama-3.1-8b"),
        ("Llama-3.1-8B", "llama-3.1-8b"),
        ("meta-llama/Llama-3.1-8B", "llama-3.1-8b"),
        ("META-LLAMA/llama-3.1-8b", "llama-3.1-8b"),
        ("Meta-Llama-3-8B", "llama-3-8b"),
        ("qwen2.5 7b", "qwen2.5-7b"),
        ("Qwen2.5_7B", "qwen2.5-7b"),
        ("mistral-7b", None),
        ("", None),
    ],
)
def test_models(name: str, expected: str | None) -> None:
    index = resolve_model(CATALOG, name)
    assert (None if index is None else CATALOG.models[index].id) == expected


def test_every_id_printed_name_and_hub_id_resolves_to_its_own_row() -> None:
    for i, gpu in enumerate(CATALOG.gpus):
        assert resolve_gpus(CATALOG, gpu.id) == (i,) == resolve_gpus(CATALOG, gpu.name)
    for i, model in enumerate(CATALOG.models):
        assert {resolve_model(CATALOG, name) for name in (model.id, model.name, model.hf_id)} == {i}
    for i, provider in enumerate(CATALOG.providers):
        assert resolve_provider(CATALOG, provider.id.upper()) == i
    assert resolve_provider(CATALOG, "default") is None


def test_an_alias_means_one_chip_and_is_never_another_cards_id() -> None:
    ids = {gpu.id for gpu in CATALOG.gpus}
    owners: dict[str, set[str]] = {}
    for gpu in CATALOG.gpus:
        for alias in gpu.aliases:
            owners.setdefault(id_of(alias), set()).add(gpu.id)
    for alias, cards in owners.items():
        assert alias not in ids or cards == {alias}, f"{alias} is a card of its own"
        assert len({card.split("-")[0] for card in cards}) == 1, f"{alias} means different chips: {cards}"
        resolved = {CATALOG.gpus[i].id for i in resolve_gpus(CATALOG, alias)}
        assert cards <= resolved, f"{alias} hides {cards - resolved}"


def test_suggestions() -> None:
    ids = [model.id for model in CATALOG.models]
    assert suggest("llama-3.1-8", ids) == "llama-3.1-8b"
    assert suggest("LLAMA 3.1 8B", ids) == "llama-3.1-8b"
    assert suggest("zzz", ids) is None
    assert suggest("h1000", [gpu.id for gpu in CATALOG.gpus]) is not None
