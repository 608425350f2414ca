"""What a business case calls things, in its report and in its workbook."""

from collections.abc import Mapping
from typing import Final

CATEGORIES: Final[Mapping[str, str]] = {
    "external_apis": "APIs of others", "experiments": "Failed experiments", "debt": "Technical debt",
    "egress": "Data egress", "annotation": "Labelling", "licences": "Licences", "other": "Other costs",
}  # fmt: skip
"""Categories whose name says too little; others are called as they are."""


def category_words(category: str) -> str:
    """`external_apis` as `APIs of others`, `training` as `Training`."""
    plain = category.replace("_", " ")
    return CATEGORIES.get(category) or f"{plain[:1].upper()}{plain[1:]}"
