"""What templates print: the kinds of outcomes, by the words of a template's manifest."""

from collections.abc import Mapping
from typing import Final, Literal

Takes = Literal["plan", "plans", "serving", "review", "portfolio", "case"]
"""A plan of fine-tuning, several plans, a plan of serving, a review of spend, a portfolio, or a business case."""
WORDS: Final[Mapping[Takes, str]] = {
    "plan": "a plan of fine-tuning", "plans": "several plans", "serving": "a plan of serving",
    "review": "a review of spend", "portfolio": "a plan of a portfolio", "case": "a business case",
}  # fmt: skip
USUAL: Final[Mapping[str, Mapping[str, str]]] = {
    "serving": {"technical": "serving", "executive": "serving-executive"},
    "review": {"technical": "spend", "executive": "spend-executive"},
    "portfolio": {"technical": "portfolio", "executive": "portfolio-executive"},
    "case": {"technical": "business-case", "executive": "business-case-executive"},
}
"""What the usual names mean of outcomes of other kinds than a plan of fine-tuning."""
