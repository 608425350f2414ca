"""A file is a test: good scenarios read clean, bad ones print exactly the text beside them."""

import os
from pathlib import Path

import pytest

from planner.planning import read_ready
from planner.source import InvalidInput, render_all

CASES = Path(__file__).parents[1] / "cases"


def message(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_ready(path)
    shown = {file.replace(f"{CASES}/", ""): text for file, text in caught.value.texts.items()}
    text = render_all(caught.value.problems, caught.value.texts).replace(f"{CASES}/", "")
    assert shown
    return text + "\n"


@pytest.mark.parametrize("path", sorted((CASES / "good").glob("*.yaml")), ids=lambda p: p.stem)
def test_good(path: Path) -> None:
    assert not [p for p in read_ready(path).warnings if p.severity == "error"]


@pytest.mark.parametrize("path", sorted((CASES / "bad").glob("*.yaml")), ids=lambda p: p.stem)
def test_bad(path: Path) -> None:
    expected = path.with_suffix(".txt")
    found = message(path)
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(found, "utf-8")
    assert found == expected.read_text("utf-8"), "run `make golden` if the new message is better"
