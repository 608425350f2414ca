"""A method as people call it: `LoRA r16`, `QLoRA r8 attention`, `full bf16-mixed`."""

from collections.abc import Mapping
from typing import Any, Final

NAMES: Final[Mapping[str, str]] = {
    "lora": "LoRA", "qlora": "QLoRA", "lora-8bit": "LoRA-8bit", "dora": "DoRA",
}  # fmt: skip
"""How papers write methods of the catalog; others keep the name that their catalog gives them."""
USUAL_TARGETS: Final = "all-linear"


def method_name(name: str) -> str:
    """`lora` → `LoRA`; one word, as the name in a catalog is."""
    return NAMES.get(name, name)


def rank_words(method: Mapping[str, Any]) -> str:
    """`r16`; empty for a method without a rank."""
    rank = method.get("rank")
    return "" if rank is None else f"r{rank}"


def method_words(method: Mapping[str, Any], unnamed: str = "?") -> str:
    """Name and rank, then targets other than the usual ones and the precision, between spaces."""
    targets = method.get("targets")
    precision = method.get("precision")
    parts = [
        method_name(str(method.get("name", unnamed))),
        rank_words(method),
        "" if targets in (None, USUAL_TARGETS) else str(targets),
        "" if precision is None else str(precision).replace("_", "-"),
    ]
    return " ".join(filter(None, parts))
