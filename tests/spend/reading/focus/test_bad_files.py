"""Files that are no bill as a whole: each is named, with what is wrong."""

import gzip
from pathlib import Path
from typing import Any

import duckdb
import pytest

from planner.errors import InputError
from planner.scenario.spend_sources import Bill
from planner.spend.reading.context import Reading
from planner.spend.reading.focus import bills, files, read_bill
from tests.spend.made import made
from tests.spend.reading.focus.bills import COLUMNS, as_csv, catalog, charge, got, write

GOOD = as_csv([charge(), charge(cost="2")])


def complaint(path: Path, content: bytes, **source: Any) -> str:
    path.write_bytes(content)
    with pytest.raises(InputError) as caught, got(path, **source):
        pass
    return str(caught.value).removeprefix(f"{path.name}: ")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bill.csv", b"", "is empty"),
        ("bill.csv", b"\n\n", "is empty"),
        ("bill.csv", b"\x7fELF\x00\x01\x02" * 20, "neither CSV nor Parquet"),
        ("bill.csv", GOOD.decode().encode("utf-16"), "is UTF-16; save it as UTF-8"),
        ("bill.csv", b"PK\x03\x04abc", "is a zip archive; unpack it"),
        ("bill.csv", b"\x28\xb5\x2f\xfdabc", "is packed with zstd; unpack it"),
        ("bill.parquet", GOOD, "no Parquet file, though it is called one"),
        ("bill.csv", GOOD.replace(b",", b";"), "its columns are parted by semicolons; FOCUS parts them by commas"),
        ("bill.csv", GOOD.replace(b",", b"\t"), "its columns are parted by tabs; FOCUS parts them by commas"),
        ("bill.csv", b'"BilledCost"x,y\n1,2\n', "its first line is no line of a CSV file"),
        ("bill.csv", b"a,b,A\n1,2,3\n", "the column 'A' is there twice"),
        ("bill.csv", b",".join(b"c%d" % i for i in range(501)) + b"\n", "501 columns; at most 500 can be read"),
    ],
)
def test_a_file_that_is_no_bill_is_named_with_the_reason(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    assert complaint(tmp_path / name, content) == message


def test_missing_columns_are_named_with_names_that_look_like_them(tmp_path: Path) -> None:
    columns = [{"BilledCost": "Billed_Cost", "ChargePeriodEnd": "charge_period_ends"}.get(c, c) for c in COLUMNS]
    columns.remove("ChargeCategory")
    assert complaint(tmp_path / "bill.csv", ",".join(columns).encode()) == (
        "lacks BilledCost (did you mean 'Billed_Cost'?), ChargePeriodEnd (did you mean 'charge_period_ends'?), "
        "ChargeCategory; `columns` of the source says what a file calls them"
    )


def test_a_renamed_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert complaint(tmp_path / "bill.csv", GOOD, columns={"Tags": "labels"}) == (
        "no column is called 'labels', as `columns` says"
    )


def test_a_truncated_parquet_file_and_a_broken_gz_are_said_to_be_so(tmp_path: Path) -> None:
    whole = tmp_path / "whole.parquet"
    csv = write(tmp_path / "whole.csv", [charge(cost=str(i)) for i in range(500)])
    duckdb.connect().execute(f"COPY (FROM '{csv}') TO '{whole}'")
    assert complaint(tmp_path / "cut.parquet", whole.read_bytes()[:-200]).startswith("broken or cut off (")
    # With the end of the file in place only what lies inside is broken.
    content = bytearray(whole.read_bytes())
    content[20:400] = b"\xff" * 380
    assert complaint(tmp_path / "spoilt.parquet", bytes(content)).startswith("broken or cut off (")
    packed = gzip.compress(as_csv([charge(cost=str(i * 7919 % 1000)) for i in range(60000)]))
    assert complaint(tmp_path / "cut.csv.gz", packed[: len(packed) // 2]).startswith("broken or cut off (")
    assert complaint(tmp_path / "no.csv.gz", b"\x1f\x8bnothing packed at all").startswith("broken or cut off (")


def test_all_files_that_cannot_be_used_are_named_at_once_and_nothing_is_kept(tmp_path: Path) -> None:
    good = write(tmp_path / "good.csv", [charge()])
    (tmp_path / "empty.csv").touch()
    paths = [tmp_path / "absent.csv", good, tmp_path / "empty.csv", tmp_path]
    with pytest.raises(InputError) as caught, got(*paths):
        pass
    assert str(caught.value).splitlines() == [
        "absent.csv: no such file",
        "empty.csv: is empty",
        f"{tmp_path.name}: no file",
    ]
    with pytest.raises(InputError, match="no file of the bill is there"), got():
        pass


def test_a_file_may_be_so_large_and_no_larger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 2**30)
    path = tmp_path / "bill.csv"
    with path.open("wb") as file:
        file.truncate(2**30 + 1)
    with pytest.raises(InputError) as caught, got(path):
        pass
    assert str(caught.value) == "bill.csv: 1 GiB; a file of a bill may have 1"


def test_a_bill_that_cannot_be_summed_up_is_told_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise duckdb.OutOfMemoryException("no room\nfor more")  # noqa: EM101 - as DuckDB says it

    path = write(tmp_path / "bill.csv", [charge()])
    with made() as store:
        reading = Reading(catalog(), {}, {})
        with monkeypatch.context() as patch:
            patch.setattr(bills, "fill_summed", full)
            with pytest.raises(InputError) as caught:
                read_bill(store, reading, Bill(focus="x"), "bill", [path])
        assert str(caught.value) == "the bill bill cannot be summed up: no room"
        assert store.rows("SELECT count(*) FROM cells") == [(0,)]
        assert read_bill(store, reading, Bill(focus="x"), "bill", [path]).kept == 1
