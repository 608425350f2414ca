"""Blocks of CSV in which nothing is wrong, read at once by pyarrow where that is installed.

What it makes of a block is what `CsvReader` and `Typing` would make of it; a block that it is unsure of it leaves to
them, and they say what is wrong.
"""

import importlib.util
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Floats
from planner.traffic.block import Block, Codes, Keys, Names, keys_of
from planner.traffic.columns import NEEDED
from planner.traffic.raw_rows import CsvReader
from planner.traffic.times import EPOCH_UNITS, FIRST_S, LAST_S, Micros
from planner.traffic.typed_rows import MOST_SECONDS, MOST_TOKENS, Typing

_BLANK: Final = ["", "null", "NULL", "nan", "NaN", "None"]
_NUMBERS: Final = ("input_tokens", "output_tokens", "latency_ms", "latency_s", "ttft_ms", "ttft_s")
_LEFT: Final = ("cached_tokens", "cache_read_tokens", "cache_write_tokens")
"""Columns whose sums take the slower way."""


class _UnsureError(Exception):
    """The block is not plain."""


@dataclass(slots=True)
class FastRows:
    """Reads blocks of one file."""

    reader: CsvReader

    @classmethod
    def over(cls, reader: CsvReader) -> "FastRows | None":
        """For files of this layout; None where pyarrow is not installed or the layout is not plain."""
        at = reader.layout.at
        plain = all(name in at for name in NEEDED) and not any(name in at for name in _LEFT)
        plain = plain and len(set(reader.header)) == len(reader.header)
        return cls(reader) if plain and importlib.util.find_spec("pyarrow") is not None else None

    def block(self, first: int, block: bytes, typing: Typing) -> Block | None:
        """The rows of a block whose first line has that number; None where the block is not plain."""
        import pyarrow as pa

        if block.count(b"\r") != block.count(b"\r\n"):
            return None
        try:
            table = self._table(block)
            rows = table.num_rows
            if not rows or rows != block.count(b"\n") + (not block.endswith(b"\n")):
                return None
            found = self._block(table, first, typing)
        except (pa.ArrowException, _UnsureError):
            return None
        self.reader.count += rows
        typing.usable += rows
        return found

    def _table(self, block: bytes) -> Any:  # noqa: ANN401 - pyarrow has no types
        import pyarrow as pa
        from pyarrow import csv

        at = self.reader.layout.at
        header = list(self.reader.header)
        types = {header[at[name]]: pa.float64() if name in _NUMBERS else pa.string() for name in at}
        return csv.read_csv(
            pa.py_buffer(block),
            read_options=csv.ReadOptions(column_names=header, use_threads=False, block_size=len(block) + 1),
            parse_options=csv.ParseOptions(delimiter=self.reader.separator, newlines_in_values=b'"' in block),
            convert_options=csv.ConvertOptions(
                include_columns=list(types), column_types=types, null_values=_BLANK, strings_can_be_null=False
            ),
        )

    def _block(self, table: Any, first: int, typing: Typing) -> Block:  # noqa: ANN401
        at, header = self.reader.layout.at, self.reader.header
        columns = {name: table.column(header[place]) for name, place in at.items()}
        times = _times(columns["timestamp"], first, typing)
        failed = _failed(columns.get("status"), typing)
        tokens = [_tokens(columns[name], failed) for name in ("input_tokens", "output_tokens")]
        return Block(
            lines=np.arange(first, first + len(times)),
            times=times,
            input_tokens=tokens[0],
            output_tokens=tokens[1],
            cached_tokens=None,
            latency_s=_seconds(columns, "latency"),
            ttft_s=_seconds(columns, "ttft"),
            failed=failed,
            prompts=_keys(columns.get("prompt_hash")),
            conversations=_keys(columns.get("conversation")),
            users=_keys(columns.get("user")),
            tenants=_codes(columns.get("tenant"), typing.tenants),
            models=_codes(columns.get("model"), typing.models),
        )


def _times(column: Any, first: int, typing: Typing) -> Micros:  # noqa: ANN401
    """Times of one plain form; what is seen of zones goes to the clock."""
    import pyarrow as pa
    from pyarrow import compute

    sample = column[0].as_py().strip()
    if sample.replace(".", "", 1).isascii() and sample.replace(".", "", 1).isdigit():
        value = column.cast(pa.float64()).to_numpy() + (typing.clock.origin_s or 0.0)
        for per_second in EPOCH_UNITS if typing.clock.origin_s is None else (1.0,):
            if ((value >= FIRST_S * per_second) & (value < LAST_S * per_second)).all():
                typing.clock.zoned_line = typing.clock.zoned_line or first
                whole: Micros = np.rint(value / per_second * 1e6).astype(np.int64)
                return whole
        raise _UnsureError
    zoned = sample.endswith("Z")
    same = compute.all(compute.equal(compute.ends_with(column, pattern="Z"), zoned)).as_py()
    if not same:
        raise _UnsureError
    moments = column.cast(pa.timestamp("ns", tz="UTC") if zoned else pa.timestamp("ns"))
    micros: Micros = moments.cast(pa.int64()).to_numpy() // 1000
    if (micros < FIRST_S * 1e6).any() or (micros >= LAST_S * 1e6).any():
        raise _UnsureError
    if zoned:
        typing.clock.zoned_line = typing.clock.zoned_line or first
        typing.clock.offsets.add(0.0)
    else:
        typing.clock.naive_line = typing.clock.naive_line or first
    return micros


def _tokens(column: Any, failed: NDArray[np.int8] | None) -> Floats:  # noqa: ANN401
    """Tokens within their bounds; a request that failed may have none."""
    found: Floats = column.to_numpy()
    good = (found >= 0) & (found <= MOST_TOKENS)
    if failed is not None:
        good |= np.isnan(found) & (failed == 1)
    if not good.all():
        raise _UnsureError
    return np.rint(found)


def _seconds(columns: dict[str, Any], name: str) -> Floats | None:
    for column, factor in ((f"{name}_ms", 1e-3), (f"{name}_s", 1.0)):
        if column in columns:
            found: Floats = columns[column].to_numpy() * factor
            known = found[~np.isnan(found)]
            if not ((known >= 0) & (known <= MOST_SECONDS)).all():
                raise _UnsureError
            return found
    return None


def _failed(column: Any, typing: Typing) -> NDArray[np.int8] | None:  # noqa: ANN401
    if column is None:
        return None
    names, places = _different(column)
    return np.array([typing.status(name) for name in names], dtype=np.int8)[places]


def _codes(column: Any, names: Names) -> Codes | None:  # noqa: ANN401
    if column is None:
        return None
    different, places = _different(column)
    return np.array([names[name] for name in different], dtype=np.int32)[places]


def _different(column: Any) -> tuple[list[str], NDArray[np.int64]]:  # noqa: ANN401
    """The different texts of a column in order of appearance, and which one each row has."""
    from pyarrow import compute

    encoded = compute.utf8_trim_whitespace(column).combine_chunks().dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy()


def _keys(column: Any) -> Keys | None:  # noqa: ANN401
    from pyarrow import compute

    return None if column is None else keys_of(compute.utf8_trim_whitespace(column).to_pylist())
