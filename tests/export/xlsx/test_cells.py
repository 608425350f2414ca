"""Text that stays text, numbers that are known or not, and titles that a workbook takes."""

import math

import pytest

from planner.errors import InputError
from planner.export.xlsx import cells
from planner.export.xlsx.cells import UNKNOWN, Row, Sheet, formula, given, number, text
from planner.export.xlsx.titles import LONGEST, sheet_titles


@pytest.mark.parametrize(("words", "there"), [
    ("=1+1", "'=1+1"), ("\t=1", "'=1"), (" @a", "'@a"), ("a=1", "a=1"), ("", ""), ("_x0041_", "_x005F_x0041_"),
    ("_x41_", "_x41_"), ("a\nb\x00c", "a bc"), ("#N/A", "#N/A"),
])  # fmt: skip
def test_text_is_never_a_formula(words: str, there: str) -> None:
    assert (text(words).value, text(words).is_formula) == (there, False)


def test_long_text_is_cut() -> None:
    assert len(str(text("a" * 100_000).value)) == cells.LONGEST_TEXT


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_unknown_numbers_are_no_numbers(value: float | None) -> None:
    assert number(value).value == UNKNOWN
    assert given(value) == formula("NA()", "input")
    assert (number(0.0).value, given(0.0).value) == (0.0, 0.0)


def test_rows_are_pointed_at_from_their_own_and_other_sheets() -> None:
    row = Row("it's", 7, 6, 42)
    assert str(row) == "'it''s'!$F$7:$AP$7"
    assert (row.at(1), row.own(1), row.span) == ("'it''s'!G$7", "G7", "F7:AP7")


def test_titles_are_short_clean_and_unlike_each_other() -> None:
    names = ["a/b", "a:b", "A-B", "Summary", "history", "", "'", "x" * 40, "x" * 41, "_x0041_"]
    titles = sheet_titles(names, ["Summary"])
    assert titles == ["a-b", "a-b 2", "A-B 3", "Summary 2", "history 2", "Option 6", "-", "x" * LONGEST,
                      "x" * (LONGEST - 2) + " 2", "-x0041_"]  # fmt: skip
    assert len({title.casefold() for title in titles}) == len(titles)


def test_a_sheet_that_is_full_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "MOST_ROWS", 2)
    monkeypatch.setattr(cells, "MOST_COLUMNS", 2)
    sheet = Sheet("s")
    assert [sheet.add(number(1.0)), sheet.add(None, None)] == [1, 2]
    for row in ([None], [None] * 3):
        with pytest.raises(InputError, match="the sheet s would need more than the 2 columns or 2 rows"):
            sheet.add(*row)
