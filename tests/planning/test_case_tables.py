"""CSV files that a business case names."""

from pathlib import Path

import pytest

from planner.planning.case_tables import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    ColumnError,
    read_column,
    read_table,
)
from planner.scenario.case_spreads import reader
from planner.scenario.spreads import MoneySpread, YearlySpread
from planner.source import InvalidInput
from planner.space.dataset_places import Found

RATES = {"USD": 1.0, "EUR": 1.1}


def found(folder: Path, text: str | bytes) -> Found:
    path = folder / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Found(path, "t.csv", "t.csv")


def values(folder: Path, text: str, column: str | None = None) -> list[float]:
    return list(read_column(read_table(found(folder, text)), column, reader(MoneySpread), RATES).values.values())


@pytest.mark.parametrize(
    "text",
    [
        "usd\n1800\n2.1e3\n",
        "\ufeffusd\r\n1.8k\r\n$2100\r\n",
        "# said\n\nmonth;usd\n1;1800\n2;2100\n",
        'a\tusd\n"x\ny"\t1800\nz\t2100\n',
    ],
)
def test_numbers_are_read_however_the_file_is_written(tmp_path: Path, text: str) -> None:
    assert values(tmp_path, text, "usd") == [1800.0, 2100.0]


def test_amounts_may_be_in_another_currency_and_yearly_rates_below_zero(tmp_path: Path) -> None:
    assert values(tmp_path, "usd\n2000 EUR\n") == [pytest.approx(2200.0)]
    table = read_table(found(tmp_path, "growth\n-0.05\n-5 %\n20 %\n"))
    assert list(read_column(table, None, reader(YearlySpread), RATES).values.values()) == pytest.approx(
        [-0.05, -0.05, 0.2]
    )


def test_a_row_without_a_value_is_left_out_and_counted(tmp_path: Path) -> None:
    table = read_table(found(tmp_path, "month,usd\n1,5\n2,\n3\n\n4,7\n"))
    column = read_column(table, "usd", reader(MoneySpread), RATES)
    assert (dict(column.values), column.blank) == ({0: 5.0, 3: 7.0}, 2)


def test_each_bad_cell_has_its_place(tmp_path: Path) -> None:
    table = read_table(found(tmp_path, "# x\nmonth,usd\n1,5\n5,-5\n7,nan\n"))
    with pytest.raises(InvalidInput) as caught:
        read_column(table, "usd", reader(MoneySpread), RATES)
    places = [(p.span.line, p.span.column, p.span.end_column) for p in caught.value.problems if p.span]
    assert places == [(4, 3, 5), (5, 3, 6)]
    assert "usd: expected at least 0, found -5" in str(caught.value)


def test_of_many_bad_cells_the_first_are_told_and_all_are_counted(tmp_path: Path) -> None:
    table = read_table(found(tmp_path, "usd\n" + "x\n" * 50))
    with pytest.raises(InvalidInput) as caught:
        read_column(table, None, reader(MoneySpread), RATES)
    assert len(caught.value.problems) == 21
    assert caught.value.problems[-1].message == "30 more cells of the column are wrong"


def test_a_column_is_named_unless_it_is_the_only_one(tmp_path: Path) -> None:
    table = read_table(found(tmp_path, "month,cost_usd\n1,5\n"))
    with pytest.raises(ColumnError) as caught:
        table.place_of("cots_usd")
    assert caught.value.hint == "did you mean 'cost_usd'?"
    with pytest.raises(ColumnError) as caught:
        table.place_of(None)
    assert caught.value.hint == "say which with `column`: month, cost_usd"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no rows below a header"),
        (b"# only words\n", "has no rows below a header"),
        (b"usd\n", "has no rows below a header"),
        (b"usd,usd\n1,2\n", "two columns are called 'usd'"),
        (b"usd\n\xff\n", "is not UTF-8 text"),
        (b"usd\n\x1b[2J\n", "holds control characters"),
        (b'usd\n"5\n', "is no CSV"),
        (b"usd\n" + b"1\n" * (MOST_ROWS + 1), f"has more than {MOST_ROWS:,} rows"),
        (b"," * MOST_COLUMNS + b"\n1\n", f"has more than {MOST_COLUMNS:,} columns"),
        (b"1" * (MOST_BYTES + 1), "is larger than 16 MiB"),
    ],
    ids=["empty", "words", "header", "twice", "latin1", "control", "quote", "rows", "columns", "bytes"],
)
def test_what_is_no_such_table_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_table(found(tmp_path, content))
