"""The shape of the code: small files, each with a word on what it is for, and names from the field."""

import ast
from pathlib import Path
from statistics import median

import pytest

from tests.project.checkout import ROOT

MODULES = sorted((ROOT / "planner").rglob("*.py"))
NAMES = [path.relative_to(ROOT).as_posix() for path in MODULES]
LONGEST, MEDIAN = 400, 150
EMPTY_WORDS = {"utils", "util", "common", "helpers", "helper", "base", "manager", "misc"}


def _length(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_a_module_is_short_documented_and_named(path: Path) -> None:
    assert _length(path) <= LONGEST, "split it by subject"
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), "say in a docstring what it is for"
    words = {word for part in path.relative_to(ROOT).with_suffix("").parts for word in part.split("_")}
    assert not words & EMPTY_WORDS, "name it by what it knows"


def test_the_median_module_is_small() -> None:
    assert median(_length(path) for path in MODULES) < MEDIAN


def test_every_folder_of_code_is_a_package() -> None:
    """One without __init__.py works in a checkout, and the layer contract does not see it."""
    missing = {path.parent for path in MODULES if not (path.parent / "__init__.py").is_file()}
    assert not missing
