"""Jinja's sandbox with bounds on what one expression or loop of a template may cost."""

import re
from collections.abc import Sized
from typing import Any, Final

from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_STEPS: Final = 5_000_000
"""Numbers that all calls of range() in one environment give together."""
MOST_ITEMS: Final = 2**20
"""Items or characters that one multiplication makes at most, and bits of a power."""
_WIDTH: Final = re.compile(r"\d{5}|\*")
"""A width in a format that is wider than any cell, or that another value gives."""


class Sandbox(ImmutableSandboxedEnvironment):
    """A sandbox whose operators make nothing large, and whose ranges end: one for each page, since it counts."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - what Jinja takes
        super().__init__(**options)
        self._steps = 0
        self.globals["range"] = self._range

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - any value
        """The value of `left operator right`; raises SecurityError where it would be too large."""
        if _size(operator, left, right) > MOST_ITEMS:
            message = f"what {operator} gives is too large"
            raise SecurityError(message)
        return super().call_binop(context, operator, left, right)

    def _range(self, *ends: int) -> range:
        numbers = range(*ends)
        self._steps += len(numbers)
        if self._steps > MOST_STEPS:
            message = f"the template runs through more than {MOST_STEPS:,} numbers of range()"
            raise SecurityError(message)
        return numbers


def _size(operator: str, left: Any, right: Any) -> float:  # noqa: ANN401 - any value
    """About how many items, characters or bits come out; 0 for what cannot grow."""
    if operator == "**":
        whole = isinstance(left, int) and isinstance(right, int)
        return left.bit_length() * abs(right) if whole else 0
    if operator == "%":
        return MOST_ITEMS + 1 if isinstance(left, str) and _WIDTH.search(left) else 0
    for many, times in ((left, right), (right, left)):
        if isinstance(many, Sized) and isinstance(times, int):
            return len(many) * times
    return 0
