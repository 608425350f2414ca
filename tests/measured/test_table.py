"""Row files: what is read, what is refused and where, and that answers go back in order."""

import math
from pathlib import Path

import pytest

from planner.errors import InputError
from planner.measured import table
from planner.measured.table import Unusable, number, read_rows, written


def file_of(folder: Path, text: str) -> Path:
    path = folder / "rows.csv"
    path.write_text(text, "utf-8")
    return path


def test_rows_are_kept_as_written_below_lines_of_sources(tmp_path: Path) -> None:
    path = file_of(tmp_path, '# a source\n# a date\nmodel, seq_len\nx,"1,024"\n\n"two\nlines",7\n')
    rows = read_rows(path, ("model",))
    assert rows.header == ("model", "seq_len")
    assert rows.records() == [{"model": "x", "seq_len": "1,024"}, {"model": "two\nlines", "seq_len": "7"}]
    assert [rows.where(i) for i in range(len(rows))] == [f"{path}:4", f"{path}:7"]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("﻿model\nx\n".encode())
    assert read_rows(path, ("model",)).header == ("model",)


def test_all_that_is_wrong_is_said_at_once_by_line(tmp_path: Path) -> None:
    path = file_of(tmp_path, "# a source\nmodel,gpu,gpu\na,b,c\na,b\na,b,c,d\n")
    with pytest.raises(InputError) as caught:
        read_rows(path, ("model", "method", "n_gpus"))
    assert str(caught.value).splitlines() == [
        f"{path}:2: missing columns: method, n_gpus",
        f"{path}:2: columns given twice: gpu",
        f"{path}:4: 2 cells where 3 columns are named",
        f"{path}:5: 4 cells where 3 columns are named",
    ]


def test_a_slip_of_the_pen_in_a_column_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing columns: model, n_gpus \(is 'n_gpu' meant to be it\?\)$"):
        read_rows(file_of(tmp_path, "n_gpu,gpu\na,b\n"), ("model", "n_gpus"))


def test_broken_quotes_name_their_line(tmp_path: Path) -> None:
    path = file_of(tmp_path, 'model\n"a"b\n')
    with pytest.raises(InputError, match=r"rows\.csv:2: not CSV"):
        read_rows(path, ("model",))


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match=r"none\.csv: cannot be read: No such file or directory$"):
        read_rows(tmp_path / "none.csv", ())
    with pytest.raises(InputError, match=r"cannot be read: Is a directory$"):
        read_rows(tmp_path, ())
    path = tmp_path / "rows.csv"
    path.write_bytes(b"model\n\xff\xfe\n")
    with pytest.raises(InputError, match=r"cannot be read: not UTF-8 text \(byte 6\)$"):
        read_rows(path, ("model",))
    with pytest.raises(InputError, match="is empty: name the columns in its first line: model"):
        read_rows(file_of(tmp_path, ""), ("model",))
    monkeypatch.setattr(table, "LARGEST_BYTES", 4)
    with pytest.raises(InputError, match="larger than"):
        read_rows(file_of(tmp_path, "model\n"), ("model",))


def test_answers_stand_beside_their_rows(tmp_path: Path) -> None:
    rows = read_rows(file_of(tmp_path, '# gone\nmodel,notes\nx,"a, b"\ny,\n'), ("model",))
    assert written(rows, {"pred": ["1", "2"]}) == 'model,notes,pred\nx,"a, b",1\ny,,2\n'
    with pytest.raises(ValueError, match="zip"):
        written(rows, {"pred": ["1"]})


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1,024", 1024), ("1,048,576.5", 1048576.5), (" 7 ", 7), ("1e3", 1000), ("", math.nan), ("  ", math.nan)],
)
def test_numbers(cell: str, value: float) -> None:
    assert number({"x": cell}, "x") == pytest.approx(value, nan_ok=True)


def test_an_absent_column_is_a_blank_cell() -> None:
    assert math.isnan(number({}, "x"))


@pytest.mark.parametrize("cell", ["many", "-1", "0", "nan", "inf", "1 GB", "1,5", "0,125", "1,0240"])
def test_cells_that_are_no_positive_number(cell: str) -> None:
    with pytest.raises(Unusable, match=r"x '.*' is not a (positive )?number"):
        number({"x": cell}, "x")


@pytest.mark.parametrize("cell", ["1e308", "1e17", "1e-308"])
def test_figures_beyond_any_run_are_told_before_they_overflow(cell: str) -> None:
    with pytest.raises(Unusable, match="beyond any run"):
        number({"x": cell}, "x")


def test_lines_above_the_header_are_skipped_in_one_pass(tmp_path: Path) -> None:
    path = file_of(tmp_path, "#\n" * 200_000 + "model\nx\n")
    rows = read_rows(path, ("model",))
    assert (rows.records(), rows.where(0)) == ([{"model": "x"}], f"{path}:200002")
    with pytest.raises(InputError, match=r"rows\.csv:2: missing columns: model"):
        read_rows(file_of(tmp_path, "# a source and no end of line"), ("model",))


def test_a_number_may_be_allowed_to_be_negative() -> None:
    assert number({"x": "-1"}, "x", positive=False) == -1
