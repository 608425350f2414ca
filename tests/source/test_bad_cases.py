"""A file is a test: each `cases/yaml/bad/*.yaml` must be told exactly as in the `.txt` beside it.

`UPDATE_GOLDEN=1 pytest tests/source` rewrites the texts; read the whole difference before committing it.
"""

import json
import os
from pathlib import Path

import pytest

from planner.source import CODES, InvalidInput, Problem, read_document, render_all, schema_problems

CASES = Path(__file__).parents[1] / "cases" / "yaml"
BAD = sorted((CASES / "bad").glob("*.yaml"))
SCHEMA = json.loads((CASES / "schema.json").read_text(encoding="utf-8"))
NOT_IN_A_FILE = {"no-file", "unreadable", "too-large", "invalid"}
"""Codes that no small file can show; other tests do."""


def problems_of(path: Path) -> tuple[list[Problem], dict[str, str]]:
    """All problems of a case, found while reading or else by the schema, and its text."""
    try:
        document = read_document(path, path.name)
    except InvalidInput as error:
        return list(error.problems), dict(error.texts)
    return schema_problems(document, SCHEMA), {path.name: document.text}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_message(path: Path) -> None:
    told = render_all(*problems_of(path)) + "\n"
    golden = path.with_suffix(".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8"), "if the new text is better, run with UPDATE_GOLDEN=1"


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_terminal_is_safe(path: Path) -> None:
    told = render_all(*problems_of(path))
    assert all(line.isprintable() for line in told.split("\n"))


def test_every_text_has_its_file() -> None:
    assert [path.stem for path in BAD] == sorted(path.stem for path in (CASES / "bad").glob("*.txt"))


def test_every_code_has_a_case() -> None:
    shown = {problem.code for path in BAD for problem in problems_of(path)[0]}
    assert shown == set(CODES) - NOT_IN_A_FILE
