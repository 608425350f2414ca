"""The files of a price history: Parquet, one per recording, in a folder per month, read where they lie by DuckDB."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from planner.errors import InputError, SetupError

if TYPE_CHECKING:
    import duckdb

COLUMNS: Final[Mapping[str, str]] = {
    "seen_at": "TIMESTAMP",
    "provider": "VARCHAR",
    "instance": "VARCHAR",
    "gpu": "VARCHAR",
    "gpu_count": "INTEGER",
    "region": "VARCHAR",
    "tier": "VARCHAR",
    "usd_per_hour": "DOUBLE",
    "market": "VARCHAR",
    "confidence": "VARCHAR",
    "source": "VARCHAR",
}
"""Column → type in DuckDB; `seen_at` is UTC, `usd_per_hour` USD for the whole machine."""
_MISSING: Final = 'a price history needs DuckDB; pip install "finetune-planner[history]"'
LARGEST: Final = 256 * 2**20
"""Bytes of one file; a recording of all that the large clouds sell takes a thousandth of it."""
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class History:
    """Files that were found sound when the folder was opened."""

    folder: Path
    files: tuple[Path, ...]

    def select(self, query: str, values: Sequence[object] = ()) -> dict[str, Any]:
        """The columns that a query over the view `prices` gives, as numpy arrays; without any file, as empty ones."""
        with closing(connect()) as base:
            _view(base, self.files)
            return base.execute(query, list(values)).fetchnumpy()


def open_history(folder: Path, *, create: bool = False) -> History:
    """The history in a folder; one that is not there is empty if it is to be created.

    Raises InputError that names every file that is no part of a history, is broken, or holds prices that are none.
    """
    if not folder.is_dir():
        if create and not folder.exists():
            return History(folder, ())
        message = f"{folder}: no folder with a price history; `planner prices history --import SNAPSHOT` fills one"
        raise InputError(message)
    files = _listed(folder)
    if files:
        with closing(connect()) as base:
            _check_columns(base, files)
            _check_values(base, files)
    return History(folder, files)


def connect() -> duckdb.DuckDBPyConnection:
    """A connection of its own to a database in memory; temporary tables and views are seen by it alone.

    Raises SetupError where DuckDB is missing.
    """
    try:
        import duckdb  # noqa: F401
    except ImportError as error:
        raise SetupError(_MISSING) from error
    return _database().cursor()


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """One for the process, as opening one takes longer than most queries; it fetches no extension."""
    import duckdb

    off: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    return duckdb.connect(config=off)


def _listed(folder: Path) -> tuple[Path, ...]:
    """All files but hidden ones, which are those being written and those of other tools."""
    found = sorted(path for path in folder.rglob("*") if not _hidden(path.relative_to(folder)) and not path.is_dir())
    # A pipe would be waited for without end.
    foreign = [path for path in found if path.suffix != ".parquet" or not path.is_file()]
    if foreign:
        _refuse([f"{path}: no file of a price history, which holds Parquet files alone" for path in foreign])
    large = [path for path in found if path.stat().st_size > LARGEST]
    if large:
        _refuse([f"{path}: larger than {LARGEST // 2**20} MiB; no recording of prices is" for path in large])
    return tuple(found)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _names(files: Sequence[Path]) -> list[str]:
    """Names as DuckDB takes them: it reads `*` and `[` in them as patterns."""
    return [glob.escape(str(path)) for path in files]


def _view(base: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    if not files:
        columns = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
        base.execute(f"CREATE TEMP TABLE prices ({columns})")
        return
    # A view cannot take parameters, so the list of files lies in a variable.
    base.execute("SET VARIABLE files = ?", [_names(files)])
    base.execute(
        "CREATE TEMP VIEW prices AS SELECT * FROM read_parquet(getvariable('files'), hive_partitioning = false)"
    )


def _check_columns(base: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    import duckdb

    query = (
        "SELECT file_name, list(name || ' ' || duckdb_type ORDER BY column_id) AS columns "
        "FROM parquet_schema(?) WHERE duckdb_type IS NOT NULL GROUP BY file_name"
    )
    try:
        found = dict(base.execute(query, [_names(files)]).fetchall())
    except (duckdb.Error, UnicodeError):
        # One broken file fails them all: which, is found one by one.
        found, broken = {}, []
        for path in files:
            try:
                found |= dict(base.execute(query, [_names([path])]).fetchall())
            except (duckdb.Error, UnicodeError):
                broken.append(f"{path}: cannot be read as Parquet: cut off, or something else under this name")
        _refuse(broken)
    expected = [f"{name} {type_}" for name, type_ in COLUMNS.items()]
    other = [path for path in files if found.get(str(path)) != expected]
    _refuse([f"{path}: not the columns of a price history ({', '.join(COLUMNS)})" for path in other])


def _check_values(base: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    import duckdb

    blank = " OR ".join(f"{name} IS NULL" for name in COLUMNS)
    query = (
        "SELECT filename, file_row_number + 1, provider, instance, region, tier, usd_per_hour "
        "FROM read_parquet(?, filename = true, file_row_number = true, hive_partitioning = false) "
        f"WHERE {blank} OR NOT isfinite(usd_per_hour) OR usd_per_hour <= 0 OR gpu_count < 1 "
        "ORDER BY filename, file_row_number"
    )
    try:
        wrong = base.execute(query, [_names(files)]).fetchall()
    except duckdb.Error as error:
        message = f"{files[0].parent.parent}: a file of the price history is damaged: {str(error).splitlines()[0]}"
        raise InputError(message) from error
    _refuse(
        [
            f"{name}: row {row}: {' '.join(str(part) for part in key)}: price {price}; every cell must be filled, "
            "a price finite and above 0"
            for name, row, *key, price in wrong
        ]
    )


def _refuse(complaints: Sequence[str]) -> None:
    if complaints:
        more = [f"and {len(complaints) - _SHOWN:,} more"] if len(complaints) > _SHOWN else []
        lines = [*complaints[:_SHOWN], *more, "move what does not belong out of the folder"]
        raise InputError("\n".join("".join(c if c.isprintable() else "?" for c in line) for line in lines))
