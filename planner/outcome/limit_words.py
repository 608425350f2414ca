"""Which limits a plan keeps to, in words."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

BOUNDED: Final[Mapping[str, str]] = MappingProxyType({
    "constraints.max_cost": "cost", "constraints.deadline": "time", "constraints.max_carbon": "emissions",
})  # fmt: skip
"""Limits that are kept with a probability, and what each bounds."""


def limits_text(names: Iterable[str]) -> str:
    """`the limit on cost`, `the limits on cost and time`: of these limits, by name, those that `BOUNDED` has."""
    given = frozenset(names)
    *first, last = [bounded for name, bounded in BOUNDED.items() if name in given] or ["nothing"]
    return f"the limits on {', '.join(first)} and {last}" if first else f"the limit on {last}"
