"""What keeps a text from being YAML, in plain words instead of the scanner's."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import yaml

from planner.source.excerpt import visible
from planner.source.failure import Failure, indent_of, scanner_failure
from planner.source.places import Span, split_lines
from planner.source.problems import Problem

_CONFLICT: Final = re.compile(r"(<{7}|\|{7}|={7}|>{7})(\s|$)")
_INDENTING_TAB: Final = re.compile(r" *\t")
_QUOTE_IT: Final = "put the value in quotes"


@dataclass(frozen=True, slots=True)
class _Words:
    """A reason in plain words, and the place it is about, from 0."""

    message: str
    line: int
    start: int
    end: int
    hint: str | None = None
    code: str = "syntax"


def syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """The problem behind an error of the YAML scanner."""
    failure = scanner_failure(error, split_lines(text))
    words = _conflict(failure.lines) or _tab(failure) or _explain(failure)
    span = Span(words.line + 1, words.start + 1, words.line + 1, max(words.end, words.start + 1) + 1)
    return Problem(words.code, words.message, file, span, hint=words.hint)


def _conflict(lines: list[str]) -> _Words | None:
    marked = [number for number, line in enumerate(lines) if _CONFLICT.match(line)]
    if not marked:
        return None
    hint = f"keep one side of lines {marked[0] + 1} to {marked[-1] + 1} and delete the marker lines"
    message = "a merge conflict is not resolved"
    return _Words(message, marked[0], 0, len(lines[marked[0]]), hint, "merge-conflict")


def _tab(failure: Failure) -> _Words | None:
    if not _INDENTING_TAB.match(failure.lines[failure.line]) or failure.column > failure.indent:
        return None
    tabbed = [number for number, line in enumerate(failure.lines) if _INDENTING_TAB.match(line)]
    first = tabbed[0]
    column = failure.lines[first].index("\t")
    hint = f"{len(tabbed)} lines are indented with tabs" if len(tabbed) > 1 else None
    return _Words("a tab cannot indent YAML; use spaces", first, column, column + 1, hint, "tab")


def _explain(failure: Failure) -> _Words:
    for reason, explain in _REASONS:
        if re.search(reason, f"{failure.context}: {failure.reason}"):
            return explain(failure)
    message = f"not valid YAML: {visible(failure.reason)}"
    return _Words(message, failure.line, failure.column, failure.column + 1, visible(failure.context) or None)


def _cannot_start(failure: Failure) -> _Words:
    return _here(failure, f"{failure.character!r} cannot start a value", _QUOTE_IT)


def _second_colon(failure: Failure) -> _Words:
    """A ': ' where no key can be: a second one in its line, or the line above is no complete entry."""
    before = failure.lines[failure.line][: failure.column]
    if re.search(r":(\s|$)", before):
        return _here(failure, "a second ':' in one entry", "put the value in quotes if the ':' belongs to it")
    above = failure.line - 1
    while above > 0 and not failure.lines[above].strip():
        above -= 1
    line = failure.lines[max(above, 0)]
    if indent_of(line) < failure.indent:
        message = "this line is indented under a line that already has a value"
        return _Words(message, failure.line, failure.indent, failure.column, "line it up with the keys above")
    message, hint = "a key without its ':'", "write `key: value`"
    if ":" in line:
        message, hint = "this line has no key", "a space is needed after the ':'"
    return _Words(message, max(above, 0), indent_of(line), len(line.rstrip()), hint)


def _not_closed(failure: Failure) -> _Words:
    kind, bracket = ("list", "]") if "sequence" in failure.context else ("mapping", "}")
    message = f"the {kind} that is opened here is not closed"
    place = f"line {failure.line + 1}, column {failure.column + 1}" if failure.character else "the end of the file"
    hint = f"a ',' or '{bracket}' is missing before {place}"
    return _Words(message, failure.start_line, failure.start_column, failure.start_column + 1, hint)


def _open_quote(failure: Failure) -> _Words:
    line = failure.lines[failure.start_line]
    quote = line[failure.start_column : failure.start_column + 1]
    hint = f"it starts with {quote} and needs the same at its end"
    return _Words("this quoted text does not end", failure.start_line, failure.start_column, len(line), hint)


def _misplaced(failure: Failure) -> _Words:
    """A line that fits neither the mapping nor the list it should belong to."""
    line = failure.lines[failure.line]
    if failure.column > failure.indent:
        message = "text after the end of the value"
        return _Words(message, failure.line, failure.column, len(line.rstrip()), "put the whole value in quotes")
    end = len(line.rstrip())
    inside = "mapping" if "mapping" in failure.context else "list"
    if inside == "mapping" and line[failure.indent : failure.indent + 1] == "-":
        message, hint = "a list item stands among the keys of a mapping", "indent the list below its key"
    elif inside == "list" and failure.column == failure.start_column:
        message, hint = "a key stands among the items of a list", "indent it, or start its line with '- '"
    else:
        message, hint = "this line lines up with none above", "indent it like the lines it belongs to"
    return _Words(message, failure.line, failure.indent, end, hint)


def _no_colon(failure: Failure) -> _Words:
    line = failure.lines[failure.start_line]
    return _Words(
        "a key without its ':'",
        failure.start_line,
        failure.start_column,
        len(line.rstrip()),
        "write `key: value`",
    )


def _list_beside_key(failure: Failure) -> _Words:
    return _here(failure, "a list cannot start in the line of its key", "write it below the key, or as [a, b]")


def _no_name(failure: Failure) -> _Words:
    line, column = failure.start_line, failure.start_column
    mark = failure.lines[line][column : column + 1]
    kind = "an alias" if mark == "*" else "an anchor"
    message = f"{mark!r} starts {kind}, but no name follows"
    return _Words(message, line, column, column + 1, f"{_QUOTE_IT} if it is text")


def _no_value(failure: Failure) -> _Words:
    if not failure.character and (opened := _open_bracket(failure)):
        line, column = opened
        bracket = failure.lines[line][column]
        kind, end = ("list", "]") if bracket == "[" else ("mapping", "}")
        message = f"the {kind} that is opened here is not closed"
        return _Words(message, line, column, column + 1, f"a '{end}' is missing before the end of the file")
    return _here(failure, f"{failure.character!r} where a value is expected", None)


def _open_bracket(failure: Failure) -> tuple[int, int] | None:
    """Line and column, from 0, of the innermost bracket that is never closed."""
    opened: list[tuple[int, int]] = []
    with suppress(yaml.YAMLError):
        for token in yaml.scan("\n".join(failure.lines)):
            if isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken):
                opened.append((token.start_mark.line, token.start_mark.column))
            elif opened and isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken):
                opened.pop()
    return opened[-1] if opened else None


def _bad_escape(failure: Failure) -> _Words:
    hint = "in double quotes write \\\\ for a backslash, or use single quotes"
    column = failure.column
    line = failure.lines[failure.line]
    while column > 0 and line[column : column + 1] != "\\":
        column -= 1
    return _Words(f"not a valid escape: {line[column : column + 2]}", failure.line, column, column + 2, hint)


def _after_the_end(failure: Failure) -> _Words:
    return _here(failure, "text after the end of the document", "delete the '...' above, or what follows it")


def _too_deep(failure: Failure) -> _Words:
    message = "too many lists and mappings inside each other"
    return _Words(message, failure.line, failure.column, failure.column + 1, code="too-deep")


def _here(failure: Failure, message: str, hint: str | None) -> _Words:
    return _Words(message, failure.line, failure.column, failure.column + 1, hint)


_REASONS: Final[tuple[tuple[str, Callable[[Failure], _Words]], ...]] = (
    ("cannot start any token", _cannot_start),
    ("mapping values are not allowed", _second_colon),
    ("expected ',' or", _not_closed),
    ("quoted scalar: found unexpected (end of stream|document)", _open_quote),
    ("expected key|expected '-' indicator|expected <block end>", _misplaced),
    ("could not find expected ':'", _no_colon),
    ("sequence entries are not allowed", _list_beside_key),
    ("expected alphabetic or numeric", _no_name),
    ("node content", _no_value),
    ("escape|hexa?decimal", _bad_escape),
    ("expected '?<document start>", _after_the_end),
    ("nesting depth", _too_deep),
)
"""Words of LibYAML and of PyYAML's own scanner → what they mean."""
