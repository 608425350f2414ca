"""The hidden first line of a comment: whose it is (a tag), and when what it says was true."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

TAG: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
"""What a tag may be."""
_LINE: Final = re.compile(
    rf"\[//\]: <> \(planner-comment, tag=({TAG.pattern}), valid-at=(\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\)\s*"
)
_FORM: Final = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Marker:
    """What the first line says."""

    tag: str
    valid_at: float
    """Seconds since 1970, UTC, whole."""

    @property
    def line(self) -> str:
        """The first line; markdown shows nothing of it."""
        at = datetime.fromtimestamp(self.valid_at, UTC).strftime(_FORM)
        return f"[//]: <> (planner-comment, tag={self.tag}, valid-at={at})"


def marked(marker: Marker, text: str) -> str:
    """The body of a comment."""
    return f"{marker.line}\n{text}"


def read_marker(body: str) -> Marker | None:
    """The marker in a comment's first line; None where there is none, or one that names no real time."""
    found = _LINE.fullmatch(body.partition("\n")[0])
    if found is None:
        return None
    try:
        at = datetime.strptime(found[2], _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Marker(found[1], at.timestamp())


def same_text(one: str, other: str) -> bool:
    """Whether two marked bodies say the same, however lines end and whenever it was true."""
    return _text(one) == _text(other)


def _text(body: str) -> str:
    return "\n".join(line.rstrip() for line in body.partition("\n")[2].splitlines()).strip()
