"""How much an operator, a filter or a method of a template would make, told before it makes it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from typing import Any, Final, NoReturn

from jinja2.exceptions import SecurityError

MOST_ITEMS: Final = 2**20
"""Items or characters that one operator, filter or method makes at most, and bits of a power."""
MOST_TEXT: Final = 2**24
"""Characters that a macro or a block gives at most."""
COUNTED: Final = frozenset(
    {"center", "ljust", "rjust", "zfill", "expandtabs", "to_bytes", "indent", "wordwrap", "batch", "slice", "round",
     "tojson"}
)  # fmt: skip
"""Filters and methods that make as much as one of their numbers says."""
_WIDTH: Final = re.compile(r"\d{5}|\*")
"""A width in a %-format that is wider than any cell, or that another value gives."""
_FIELD: Final = re.compile(r"\{[^{}]*:[^{}]*(\d{5}|\{)")
"""The same in a field of str.format."""


def refuse(what: str) -> NoReturn:
    """Raises SecurityError."""
    message = f"what {what} gives is too large"
    raise SecurityError(message)


def operator_size(operator: str, left: Any, right: Any) -> float:  # noqa: ANN401 - any value
    """About how many items, characters or bits come out; 0 for what cannot grow."""
    if operator == "**":
        whole = isinstance(left, int) and isinstance(right, int)
        return left.bit_length() * abs(right) if whole else 0
    if operator == "%":
        return format_size(left)
    if operator == "+":
        return sum(map(_length, (left, right)))
    for many, times in ((left, right), (right, left)):
        if isinstance(many, Sized) and isinstance(times, int):
            return len(many) * times
    return 0


def format_size(text: Any) -> int:  # noqa: ANN401 - any value
    """What a %-format may make: too much, where a width of it is."""
    return MOST_ITEMS + 1 if isinstance(text, str | bytes) and _WIDTH.search(_plain(text)) else 0


def has_wide_field(text: str) -> bool:
    """Whether a field of str.format is wider than any cell, or as wide as another value says."""
    return _FIELD.search(text) is not None


def call_size(name: str, value: Any, args: Sequence[Any], named: Mapping[str, Any]) -> float:  # noqa: ANN401
    """About how much a filter or a method of text of this name makes of `value`; 0 for what cannot grow."""
    given = [*args, *named.values()]
    if name in COUNTED:
        times = max((abs(one) for one in given if isinstance(one, int)), default=0)
        lines = value.count("\n") + 1 if name == "indent" and isinstance(value, str) else 1
        return times * lines + sum(map(_length, (value, *given)))
    if name == "replace" and len(given) >= 2:
        text, old, new = (str(one) for one in (value, *given[:2]))
        return text.count(old) * len(new) + len(text)
    if name == "translate" and given and isinstance(given[0], Mapping):
        return _length(value) * max(map(_length, given[0].values()), default=0)
    return format_size(value) if name == "format" else 0


def counted(items: Iterable[Any], between: Any) -> Iterator[Any]:  # noqa: ANN401 - any values
    """The items to join, until they are too much together."""
    total = 0
    for item in items:
        total += len(str(item)) + _length(between)
        if total > MOST_ITEMS:
            refuse("join")
        yield item


def _length(value: Any) -> int:  # noqa: ANN401 - any value
    return len(value) if isinstance(value, str | bytes | list | tuple) else 0


def _plain(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("latin-1")
