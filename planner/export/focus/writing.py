"""Rows as CSV or Parquet."""

import csv
import datetime
import gzip
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from planner.errors import InputError, SetupError
from planner.export.focus.columns import COLUMNS, DECIMALS, PRICE_DECIMALS, Kind
from planner.export.focus.rows import Row, Value

FORMS: Final = (".csv", ".csv.gz", ".parquet")
MISSING: Final = "writing Parquet needs pyarrow: pip install 'finetune-planner[spend]'"


def written(rows: Sequence[Row], suffix: str) -> bytes:
    """The rows in a file with this ending; raises InputError for another, SetupError where pyarrow is missing."""
    if suffix == ".parquet":
        return _parquet(rows)
    if suffix not in FORMS:
        message = f"{suffix}: no form of a bill; choose from {', '.join(FORMS)}"
        raise InputError(message)
    content = _csv(rows)
    return gzip.compress(content, mtime=0) if suffix == ".csv.gz" else content


def _csv(rows: Sequence[Row]) -> bytes:
    """RFC 4180 with a header; null is an empty cell."""
    text = io.StringIO(newline="")
    sheet = csv.writer(text, lineterminator="\r\n")
    sheet.writerow(column.name for column in COLUMNS)
    for row in rows:
        sheet.writerow(_cell(row[column.name]) for column in COLUMNS)
    return text.getvalue().encode()


def _cell(value: Value) -> str:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value or ""


def _parquet(rows: Sequence[Row]) -> bytes:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise SetupError(MISSING) from error
    kinds: dict[Kind, Any] = {
        "text": pyarrow.string(), "json": pyarrow.string(), "time": pyarrow.timestamp("us", tz="UTC"),
    }  # fmt: skip
    fields = [
        pyarrow.field(
            column.name,
            kinds.get(column.kind)
            or pyarrow.decimal128(38, PRICE_DECIMALS if column.name.endswith("UnitPrice") else DECIMALS),
            column.may_be_null,
        )
        for column in COLUMNS
    ]
    table = pyarrow.Table.from_pylist([dict(row) for row in rows], pyarrow.schema(fields))
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table, sink)
    return sink.getvalue()
