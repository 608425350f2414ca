"""What a plain word in a document means: the core rules of YAML 1.2.

YAML 1.1, which PyYAML follows by itself, reads `no` as false, `12:30` as 750 and `2e-4` as text.
"""

import math
import re
from collections.abc import Mapping
from typing import Final

Scalar = str | int | float | bool | None

_WORDS: Final[Mapping[str, bool | None]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_START: Final = frozenset("+-.0123456789")
_NUMBER: Final = re.compile(
    r"(?P<decimal>[-+]?[0-9]+)"
    r"|0o(?P<octal>[0-7]+)"
    r"|0x(?P<hexadecimal>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<not_finite>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)
_RADIX: Final = {"decimal": 10, "octal": 8, "hexadecimal": 16}
_MOST_DIGITS: Final = 308
"""Whole numbers with more digits than this are beyond the range of a float."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar; raises ValueError for a number that is not finite."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    kind = match.lastgroup or ""
    if kind in _RADIX and len(text) <= _MOST_DIGITS:
        return int(match[kind], _RADIX[kind])
    number = float(text) if kind == "float" else math.inf
    if not math.isfinite(number):
        raise ValueError(text)
    return number
