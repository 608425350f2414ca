"""Places in a text, and paths to values in a document."""

import re
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Keys and list positions from the root of a document to a value; () is the root."""

_BREAK = re.compile(r"\r\n|\r|\n")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of a text. Lines and columns count characters from 1; the end column is the first after it."""

    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def empty(self) -> bool:
        """Whether nothing is written there, as for the value of a bare `key:`."""
        return (self.line, self.column) == (self.end_line, self.end_column)


def split_lines(text: str) -> list[str]:
    """The lines of a text as YAML and editors count them, without their line breaks."""
    return _BREAK.split(text)


def dotted(path: Path) -> str:
    """A path for people: `train.epochs`, `models[1]`, `axes['train.epochs']`."""
    parts: list[str] = []
    for part in path:
        if isinstance(part, int) or not _PLAIN_KEY.fullmatch(part):
            parts.append(f"[{part!r}]")
        else:
            parts.append(f".{part}" if parts else part)
    return "".join(parts)
