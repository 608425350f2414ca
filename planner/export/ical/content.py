"""Lines of a calendar: values escaped, long lines folded.

Source: RFC 5545, sections 3.1 (content lines), 3.3.5 (date-time, form 2: UTC) and 3.3.11 (text).
"""

import datetime
from typing import Final

FOLD_OCTETS: Final = 75
"""Octets of a line, its break not counted."""
_ESCAPED: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def text(value: str) -> str:
    """A value of the type TEXT."""
    return value.translate(_ESCAPED)


def utc(moment: datetime.datetime) -> str:
    """A value of the type DATE-TIME, in UTC."""
    return f"{moment.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}"


def line(name: str, value: str) -> bytes:
    """A content line with its break, folded between characters so that no part is longer than 75 octets."""
    parts, part, room = [], bytearray(), FOLD_OCTETS
    for character in f"{name}:{value}":
        octets = character.encode()
        if len(part) + len(octets) > room:
            parts.append(bytes(part))
            # The space that marks a further part counts.
            part, room = bytearray(), FOLD_OCTETS - 1
        part += octets
    return b"\r\n ".join([*parts, bytes(part)]) + b"\r\n"
