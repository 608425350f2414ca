"""Kinds of scenarios, and what each becomes, in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

CALLED: Final[Mapping[str, str]] = MappingProxyType({
    "FineTune": "a plan of fine-tuning",
    "Serving": "a plan of serving",
    "SpendReview": "a review of spend",
    "Portfolio": "a plan of a portfolio",
    "BusinessCase": "a business case",
})  # fmt: skip
"""Kind of scenario → what it becomes."""
