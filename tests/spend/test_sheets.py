"""Cells that a spreadsheet must not run."""

import pytest

from planner.spend.sheets import inert


@pytest.mark.parametrize(("cell", "written"), [
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\tx", "'\tx"), ("\rx", "'\rx"),
    ("", ""), ("a=1", "a=1"), ("1", "1"),
])  # fmt: skip
def test_what_starts_like_a_formula_is_text(cell: str, written: str) -> None:
    assert inert(cell) == written
