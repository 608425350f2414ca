"""Where and why the YAML scanner stopped."""

from dataclasses import dataclass
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Failure:
    """Where the scanner stopped, and why; lines and columns from 0."""

    reason: str
    context: str
    line: int
    column: int
    start_line: int
    start_column: int
    """Where the thing that could not be read starts."""
    lines: list[str]

    @property
    def character(self) -> str:
        """The character it stopped at, '' at the end of the text."""
        return self.lines[self.line][self.column : self.column + 1]

    @property
    def indent(self) -> int:
        """Blanks before the first character of the line it stopped in."""
        return indent_of(self.lines[self.line])


def scanner_failure(error: yaml.YAMLError, lines: list[str]) -> Failure:
    """What an error of either of PyYAML's scanners says about the text with these lines."""
    reason = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    context = str(getattr(error, "context", None) or "")
    mark = getattr(error, "problem_mark", None)
    line, column = _position(mark, lines)
    start_line, start_column = _position(getattr(error, "context_mark", None) or mark, lines)
    return Failure(reason, context, line, column, start_line, start_column, lines)


def _position(mark: Any, lines: list[str]) -> tuple[int, int]:  # noqa: ANN401 - a mark of either scanner
    """Line and column of a mark, from 0; LibYAML puts the end of a text on a line that is not there."""
    if mark is None:
        return 0, 0
    if mark.line >= len(lines):
        return len(lines) - 1, len(lines[-1])
    return mark.line, mark.column


def indent_of(line: str) -> int:
    """Blanks before the first character of a line."""
    return len(line) - len(line.lstrip())
