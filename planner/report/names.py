"""Names that people gave: made harmless for a terminal and a page, and cut to a length a layout can bear."""

import re
import unicodedata
from typing import Final

_COUNT: Final = re.compile(r"(?<=\b\d)x (?=[a-z])|(?<=\b\d\d)x (?=[a-z])")
_FACTOR: Final = re.compile(r"\bx(?=\d)")
_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def clean(text: str) -> str:
    """`text` on one line, without control characters, direction overrides and broken code points."""
    if text.isprintable():  # nothing of the sort, as of nearly every text
        return " ".join(text.split())
    kept = []
    for char in text:
        if char in "\t\n\r\v\f\u2028\u2029":
            kept.append(" ")
        elif char not in _BIDI and unicodedata.category(char) not in {"Cc", "Cs", "Cn"}:
            kept.append(char)
    return " ".join("".join(kept).split())


def shorten(text: str, limit: int = 64) -> str:
    """`text` cleaned and cut in the middle to at most `limit` characters."""
    text = clean(text)
    if len(text) <= limit:
        return text
    head = (limit - 1) * 2 // 3
    return f"{text[:head].rstrip()}…{text[len(text) - (limit - 1 - head) :].lstrip()}"


def at_words(text: str, limit: int) -> str:
    """`text` cleaned and cut at its end to at most `limit` characters, between two words where there are any."""
    text = clean(text)
    if len(text) <= limit:
        return text
    head, space, _ = text[:limit].rpartition(" ")
    return f"{(head if space else text[: limit - 1]).rstrip(' ,;:')}…"


def capital(text: str) -> str:
    """`text` as a sentence begins: its first letter large, the others as they are."""
    return f"{text[:1].upper()}{text[1:]}"


def signed(text: str) -> str:
    """Counts and factors with the sign of multiplication, as in every table: `8 × h100-sxm`, `price × 1.06`."""
    return _FACTOR.sub("× ", _COUNT.sub(" × ", text))


def plural(count: int, noun: str) -> str:
    """`1 offer`, `1,204 offers`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(words: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
