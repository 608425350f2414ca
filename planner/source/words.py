"""The user's words for what JSON Schema calls types, enums and instances."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from planner.source.excerpt import quoted, shortened

_EXPECTED: Final[Mapping[str, str]] = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "null": "nothing",
    "boolean": "true or false",
}
QUANTITIES: Final[Mapping[str, str]] = {
    "money": "an amount of money",
    "time": "a length of time",
    "count": "a count",
    "memory": "an amount of memory",
    "mass": "a mass",
    "share": "a share",
    "months": "a number of months",
    "yearly": "a yearly rate",
}
"""Kind of quantity (`x-quantity`) → what it is called in a sentence."""

_LISTED: Final = 8
_LEAST_PART: Final = 3
_LONGEST_GUESS: Final = 64
_NEARLY: Final = 0.9
"""Likeness from which on a name is a slip of the other."""
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def found(value: object) -> str:
    """What a value is: `text '7B'`, `whole number 3`, `a list`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"whole number {shortened(str(value), 40)}"
    if isinstance(value, float):
        return f"number {value!r}"
    if isinstance(value, str):
        return f"text {quoted(value)}"
    return "nothing" if value is None else "a list" if isinstance(value, list) else "a mapping"


def type_words(types: Iterable[str]) -> list[str]:
    """The words for JSON types; 'a number' covers whole ones, 'nothing' is named only if it is alone."""
    known = set(types)
    if "number" in known:
        known.discard("integer")
    if len(known) > 1:
        known.discard("null")
    return [words for name, words in _EXPECTED.items() if name in known]


def either(words: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`; each once."""
    *rest, last = dict.fromkeys(words)
    if " or " in last:
        return ", ".join([*rest, last])
    return f"{', '.join(rest)} or {last}" if rest else last


def choices(values: Sequence[Any]) -> str:
    """`a, b or c`; of a long list the first eight and how many more."""
    names = [value if isinstance(value, str) else found(value) for value in values]
    if len(names) <= _LISTED + 1:
        return either(names)
    return f"{', '.join(names[:_LISTED])} and {len(names) - _LISTED} more"


def closest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name that was probably meant; case, hyphens and camelCase do not count.

    The only one that begins with all words of `name`, two at least, comes before one that only looks like it.
    """
    plain = {_normal(each): each for each in known}
    if len(name) > _LONGEST_GUESS:
        return None
    longer = [each for each in plain if "_" in _normal(name) and each.startswith(f"{_normal(name)}_")]
    if len(longer) == 1 and not difflib.get_close_matches(_normal(name), plain, n=1, cutoff=_NEARLY):
        return plain[longer[0]]
    guess = difflib.get_close_matches(_normal(name), plain, n=1, cutoff=cutoff)
    return plain[guess[0]] if guess else None


def by_part(name: str, known: Iterable[str]) -> str | None:
    """The only known name of which a word begins as `name` does: `external_apis` of `api`; None of under 3 letters."""
    if not _LEAST_PART <= len(name) <= _LONGEST_GUESS:
        return None
    plain = _normal(name).removesuffix("s")
    meant = [each for each in known if any(word.startswith(plain) for word in _normal(each).split("_"))]
    return meant[0] if len(meant) == 1 else None


def same(name: str, other: str) -> bool:
    """Whether two names differ only in case, hyphens or camelCase."""
    return _normal(name) == _normal(other)


def _normal(name: str) -> str:
    return _CAMEL.sub("_", name).lower().replace("-", "_").replace(" ", "_")
