"""Logs of requests → the table `request_rows`, block by block, typed by DuckDB."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from planner.spend.conditions import quoted
from planner.spend.reading.layouts import FileLayout
from planner.spend.reading.refusals import FileFaults, Refusals
from planner.spend.reading.request_columns import OWN, dimension_columns
from planner.spend.reading.request_typing import typed
from planner.spend.store import Store
from planner.traffic.columns import Layout
from planner.traffic.raw_rows import CsvReader
from planner.traffic.statuses import failed_of

if TYPE_CHECKING:
    import pyarrow as pa

TABLE: Final = "request_rows"
TEXTS: Final = (
    "timestamp", "input_tokens", "output_tokens", "cached_tokens", "cache_read_tokens", "cache_write_tokens",
    "prompt_hash", "latency_ms", "latency_s", "status", "user", "conversation", "deployment", "cost", "requests",
    "failed", "repeats", "repeated_tokens", "request",
)  # fmt: skip
"""Columns that are read, beside the dimensions."""
_CHUNK_BYTES: Final = 48 * 2**20
_BLANK: Final = ("", "null", "NULL", "Null", "nan", "NaN", "None", "none", "-", "N/A", "n/a")
_STATUSES: Final = 1000


@dataclass(slots=True)
class RequestRows:
    """Reads files into `request_rows` of a store; close it with `drop`."""

    store: Store
    refusals: Refusals
    strange_statuses: list[str] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    """Columns that some file has."""
    _statuses: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        dimensions = ", ".join(f"{name} VARCHAR" for name in dimension_columns(self.store))
        self.store.connection.execute(
            f"""CREATE OR REPLACE TABLE {TABLE} (file INTEGER, row BIGINT, came TIMESTAMP, requests DOUBLE,
            failed DOUBLE, summed BOOLEAN, input_tokens DOUBLE, output_tokens DOUBLE, cached_tokens DOUBLE, cost DOUBLE,
            latency_ms DOUBLE, repeats DOUBLE, repeated_tokens DOUBLE,
            prompt UBIGINT, person UBIGINT, conversation UBIGINT, request UBIGINT,
            deployment VARCHAR, {dimensions}, who UBIGINT, wrong VARCHAR, reason VARCHAR, value VARCHAR);
            CREATE OR REPLACE TEMP TABLE request_statuses (word VARCHAR, failed TINYINT)"""
        )

    def read(self, number: int, layout: FileLayout) -> str:
        """Add a file; what ended it early, or ''."""
        faults = FileFaults(layout.shown, self.refusals)
        self.known |= set(layout.at) if not layout.json_lines else set()
        all_names = (*TEXTS, *(f"{OWN}{name}" for name in self.store.dimensions))
        names = [name for name in all_names if name.removeprefix(OWN) in layout.at]
        for table in _ahead(_tables(layout, faults, names)):
            self.store.connection.register("request_chunk", table)
            self._add(number, layout, names)
            self.store.connection.unregister("request_chunk")
        return faults.broken()

    def drop(self) -> None:
        """Give the rows up."""
        self.store.connection.execute(f"DROP TABLE {TABLE}; DROP TABLE request_statuses")

    def _add(self, number: int, layout: FileLayout, names: Sequence[str]) -> None:
        connection = self.store.connection
        source, paths = "request_chunk", []
        if layout.json_lines:
            paths = ["$" + "".join(f'."{key}"' for key in layout.at[name.removeprefix(OWN)]) for name in names]
            columns = ", ".join(f"nullif(cells[{at}], '') AS {quoted(name)}" for at, name in enumerate(names, 1))
            source = "request_texts"
            connection.execute(
                f"""CREATE OR REPLACE TEMP TABLE {source} AS SELECT line, broken, {columns} FROM (
                SELECT line, CASE WHEN NOT starts_with(ltrim(text), '{{') OR NOT json_valid(text) THEN text END
                    AS broken, CASE WHEN broken IS NULL THEN json_extract_string(text, ?::VARCHAR[]) END AS cells
                FROM request_chunk)""",
                [paths],
            )
            self.known |= self._not_blank(source, names)
        if "status" in names:
            self._learn_statuses(source)
        sql = typed(self.store, names, source, layout.header_line, json_lines=layout.json_lines)
        connection.execute(f"INSERT INTO {TABLE} BY NAME {sql}", [number])

    def _not_blank(self, source: str, names: Sequence[str]) -> set[str]:
        asked = [name for name in names if name not in self.known]
        if not asked:
            return set()
        counts = self.store.rows(f"SELECT {', '.join(f'count({quoted(name)})' for name in asked)} FROM {source}")[0]
        return {name for name, count in zip(asked, counts, strict=True) if count}

    def _learn_statuses(self, source: str) -> None:
        found = self.store.rows(
            f"SELECT DISTINCT status FROM {source} WHERE status IS NOT NULL AND status NOT IN "
            f"(SELECT word FROM request_statuses) ORDER BY 1 LIMIT {_STATUSES}"
        )
        for (word,) in found:
            if len(self._statuses) >= _STATUSES:
                return
            self._statuses.add(word)
            failed = failed_of(word)
            if failed < 0:
                self.strange_statuses.append(word)
            self.store.connection.execute("INSERT INTO request_statuses VALUES (?, nullif(?, -1))", [word, failed])


def _tables(layout: FileLayout, faults: FileFaults, names: Sequence[str]) -> Iterator["pa.Table"]:
    """Columns of text with the number of their line, some 48 MiB at a time."""
    import pyarrow as pa

    waiting: list[pa.Table] = []
    size = 0
    for first, block in layout.blocks(faults):
        table = _json(first, block) if layout.json_lines else _csv(layout, first, block, faults, names)
        waiting.append(table)
        size += len(block)
        if size >= _CHUNK_BYTES:
            yield pa.concat_tables(waiting)
            waiting, size = [], 0
    if waiting:
        yield pa.concat_tables(waiting)


def _ahead(tables: Iterator["pa.Table"]) -> Iterator["pa.Table"]:
    """The same; while one is worked on, a thread makes the next."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, tables, None)
        while (table := waiting.result()) is not None:
            waiting = pool.submit(next, tables, None)
            yield table


def _json(first: int, block: bytes) -> "pa.Table":
    import pyarrow as pa

    lines = block.decode("utf-8", "replace").split("\n")
    kept = [(number, line) for number, line in enumerate(lines, first) if line and not line.isspace()]
    return pa.table(
        {
            "line": pa.array([number for number, _ in kept], pa.int64()),
            "text": pa.array([line for _, line in kept], pa.large_string()),
        }
    )


def _csv(layout: FileLayout, first: int, block: bytes, faults: FileFaults, names: Sequence[str]) -> "pa.Table":
    """At once where every line is a row; else row by row, which says what is wrong."""
    import pyarrow as pa
    from pyarrow import csv

    at = {name: layout.header.index(layout.at[name.removeprefix(OWN)][0]) for name in names}
    if block.count(b"\r") == block.count(b"\r\n"):
        places = [f"c{place}" for place in range(len(layout.header))]
        asked = list(dict.fromkeys(places[place] for place in at.values()))
        try:
            table = csv.read_csv(
                pa.py_buffer(block),
                read_options=csv.ReadOptions(column_names=places, use_threads=False, block_size=len(block) + 1),
                parse_options=csv.ParseOptions(delimiter=layout.separator, newlines_in_values=b'"' in block),
                convert_options=csv.ConvertOptions(
                    include_columns=asked, column_types=dict.fromkeys(asked, pa.string()), null_values=list(_BLANK),
                    strings_can_be_null=True,
                ),
            )  # fmt: skip
            if table.num_rows == block.count(b"\n") + (not block.endswith(b"\n")):
                lines = pa.array(range(first, first + table.num_rows), pa.int64())
                return pa.table({"line": lines} | {name: table[places[place]] for name, place in at.items()})
        except pa.ArrowException:
            pass
    raw = CsvReader(Layout(len(layout.header), at), list(layout.header), layout.separator, faults).rows(first, block)
    texts = {name: [_blank(cell) for cell in raw.columns[name]] for name in at}
    columns = {name: pa.array(cells, pa.string()) for name, cells in texts.items()}
    return pa.table({"line": pa.array(raw.lines, pa.int64())} | columns)


def _blank(cell: Any) -> str | None:  # noqa: ANN401 - what CSV holds
    return None if cell.strip() in _BLANK else cell
