"""What can be wrong with a file a user wrote, and how it is told."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from planner.errors import InputError
from planner.source.excerpt import excerpt, shortened, visible
from planner.source.places import Span, split_lines

SHOWN: Final = 100
"""Most problems that are printed at once; the last line counts all of them."""

_LONGEST_PATH: Final = 100
_BOLD, _RED, _YELLOW, _CYAN, _OFF = "\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[36m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file: what, where, and what was probably meant."""

    code: str
    """Stable short name of the kind of problem, one of `CODES` for those found while reading and checking."""
    message: str
    file: str
    """The file's name as the user knows it."""
    span: Span | None = None
    """None when the problem is the file as a whole."""
    at: str = ""
    """Dotted path of the value, such as `train.epochs` or `models[1]`; empty for the whole document."""
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"


class InvalidInput(InputError):  # noqa: N818 - it is the input that is wrong
    """A file with problems: all that were found, and the texts they point into (by file)."""

    def __init__(self, problems: Iterable[Problem], texts: Mapping[str, str]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.texts: Mapping[str, str] = dict(texts)
        super().__init__(self.problems, self.texts)

    def __str__(self) -> str:
        return render_all(self.problems, self.texts)


def render(problem: Problem, text: str | None, color: bool = False) -> str:
    """A problem as `path:line:col: message`, the line, carets, the path in the document and the hint.

    `text` is the source the span points into; without it no line is shown.
    """
    return _render(problem, None if text is None else split_lines(text), color=color)


def one_line(problem: Problem) -> str:
    """A problem as `path:line:col: message`, for where there is room for one line."""
    place = f":{problem.span.line}:{problem.span.column}" if problem.span else ""
    return f"{problem.file}{place}: {problem.message}"


def render_all(problems: Iterable[Problem], texts: Mapping[str, str], color: bool = False) -> str:
    """All problems by file and place, each once, then a line that counts them; empty if there are none."""
    ordered = in_order(problems)
    if not ordered:
        return ""
    lines = {file: split_lines(text) for file, text in texts.items()}
    blocks = [_render(problem, lines.get(problem.file), color=color) for problem in ordered[:SHOWN]]
    if len(ordered) > SHOWN:
        blocks.append(f"… and {len(ordered) - SHOWN} more")
    return "\n\n".join([*blocks, _count(ordered)])


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """The problems by file, place, then code; equal ones once."""
    return sorted(dict.fromkeys(problems), key=_order)


def as_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The problems in order, as plain values; the place is null or four numbers."""
    return [asdict(problem) for problem in in_order(problems)]


def as_github(problem: Problem) -> str:
    """A workflow command that GitHub Actions turns into an annotation at the problem's place."""
    properties = {"file": problem.file}
    if problem.span is not None:
        properties |= {
            "line": str(problem.span.line),
            "col": str(problem.span.column),
            "endLine": str(problem.span.end_line),
            "endColumn": str(problem.span.end_column),
        }
    properties["title"] = f"{problem.code} at {shortened(problem.at, _LONGEST_PATH)}" if problem.at else problem.code
    written = ",".join(f"{name}={github_property(visible(value))}" for name, value in properties.items())
    hint = f"\nhint: {visible(problem.hint)}" if problem.hint else ""
    return f"::{problem.severity} {written}::{github_text(visible(problem.message) + hint)}"


def _render(problem: Problem, lines: list[str] | None, *, color: bool) -> str:
    span = problem.span
    place = visible(problem.file) + (f":{span.line}:{span.column}" if span else "")
    kind = "warning: " if problem.severity == "warning" else ""
    tint = _YELLOW if kind else _RED
    rows = [f"{_paint(place + ':', _BOLD, color)} {_paint(kind, tint, color)}{visible(problem.message)}"]
    margin = " "
    if span and lines and span.line <= len(lines):
        line = lines[span.line - 1]
        end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
        source, carets = excerpt(line, span.column - 1, end)
        margin = " " * len(str(span.line))
        rows += [
            f"{margin} |",
            f"{span.line} | {source}".rstrip(),
            f"{margin} | {_paint(carets, tint, color)}",
        ]
    if problem.at:
        rows.append(f"{margin} = at {shortened(visible(problem.at), _LONGEST_PATH)}")
    if problem.hint:
        rows.append(f"{margin} = {_paint('hint:', _CYAN, color)} {visible(problem.hint)}")
    return "\n".join(rows)


def _paint(text: str, style: str, color: bool) -> str:
    return f"{style}{text}{_OFF}" if color and text else text


def _count(problems: list[Problem]) -> str:
    """`3 problems in 1 file`, with the warnings among them counted apart."""
    files = len({problem.file for problem in problems})
    warnings = sum(problem.severity == "warning" for problem in problems)
    errors = len(problems) - warnings
    parts = [_plural(errors, "problem")] if errors else []
    parts += [_plural(warnings, "warning")] if warnings else []
    return f"{' and '.join(parts)} in {_plural(files, 'file')}"


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _order(problem: Problem) -> tuple[str, Span, str, str, str]:
    return problem.file, problem.span or Span(0, 0, 0, 0), problem.code, problem.at, problem.message


def github_text(text: str) -> str:
    """`text` as the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def github_property(text: str) -> str:
    """`text` as a property of a workflow command, such as its file or title."""
    return github_text(text).replace(":", "%3A").replace(",", "%2C")
