"""What a document's types refuse and JSON Schema cannot say, as problems at their places."""

from collections.abc import Iterable, Mapping
from typing import Any

from planner.source.document import Document
from planner.source.places import Path
from planner.source.problems import Problem


def refused(document: Document, errors: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Problems for the errors of pydantic: those of our own rules, or all where none is."""
    found = list(errors)
    ours = [error for error in found if error["type"] == "value_error"] or found
    return [_problem(document, error) for error in ours]


def _problem(document: Document, error: Mapping[str, Any]) -> Problem:
    path: Path = ()
    data: Any = document.data
    for part in error["loc"]:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            continue  # pydantic also names the member of a union
        path = (*path, part)
    message = error["msg"].removeprefix("Value error, ")
    return document.problem("value", message[0].lower() + message[1:], path)
