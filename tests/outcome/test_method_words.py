"""How methods are called in every report."""

from typing import Any

import pytest

from planner.catalog.loader import load_catalog
from planner.outcome.method_words import NAMES, method_name, method_words


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ({"name": "lora", "rank": 16, "alpha": 32, "targets": "all-linear"}, "LoRA r16"),
        ({"name": "qlora", "rank": 8, "targets": "attention"}, "QLoRA r8 attention"),
        ({"name": "full", "precision": "bf16_mixed"}, "full bf16-mixed"),
        ({"name": "house-blend", "rank": None}, "house-blend"),
        ({}, "?"),
    ],
)
def test_words(method: dict[str, Any], words: str) -> None:
    assert method_words(method) == words


def test_names_are_of_methods_that_there_are_and_one_word_each() -> None:
    known = {method.id for method in load_catalog().methods}
    assert NAMES.keys() <= known
    # Charts and filters take the first word of a cell for the method.
    assert all(" " not in method_name(name) for name in known)
