"""Bytes of a file → its text, or what keeps them from being one."""

import codecs
import re
from itertools import islice
from typing import Final

from planner.source.excerpt import quoted
from planner.source.places import Span, split_lines
from planner.source.problems import InvalidInput, Problem

MAX_BYTES: Final = 1 << 20
"""Largest file that is read: 1 MiB. A scenario is a few kilobytes."""

FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
"""Characters no one can see: controls, line breaks that no editor counts, byte order marks, surrogates."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ENOUGH: Final = 20
"""Most control characters that are reported, each on its own."""

_SAVE = "save it as UTF-8"


def decode(data: bytes, shown: str) -> str:
    """A file's text without byte order mark; raises InvalidInput when it is too large or not plain text."""
    if len(data) > MAX_BYTES:
        problem = Problem("too-large", "is larger than 1 MiB", shown, hint="only text that people write is read here")
        raise InvalidInput([problem], {})
    if data.startswith(_UTF16):
        raise InvalidInput([Problem("not-utf8", "is UTF-16 text", shown, hint=_SAVE)], {})
    if b"\x00" in data:
        raise InvalidInput([Problem("binary", "is not a text file: it has NUL bytes", shown)], {})
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = data.decode("utf-8", "replace")
        raise InvalidInput([_not_utf8(data, error.start, shown)], {shown: text}) from None
    if problems := [_control(text, match, shown) for match in islice(FORBIDDEN.finditer(text), _ENOUGH)]:
        raise InvalidInput(problems, {shown: text})
    return text


def span_at(text: str, start: int, end: int) -> Span:
    """The place of the characters `start:end`, all on one line."""
    lines = split_lines(text[:start])
    column = len(lines[-1]) + 1
    return Span(len(lines), column, len(lines), column + end - start)


def _not_utf8(data: bytes, offset: int, shown: str) -> Problem:
    before = data[:offset].decode("utf-8")
    message = f"byte 0x{data[offset]:02x} is not UTF-8"
    span = span_at(before, len(before), len(before) + 1)
    return Problem("not-utf8", message, shown, span, hint=f"the file may be Latin-1 or Windows-1252; {_SAVE}")


def _control(text: str, match: re.Match[str], shown: str) -> Problem:
    message = f"control character {quoted(match[0])} is not allowed"
    return Problem("control-character", message, shown, span_at(text, match.start(), match.end()), hint="delete it")
