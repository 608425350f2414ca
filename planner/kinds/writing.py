"""Writing the candidates file: CSV or Parquet by its ending, to a temporary name that is then moved."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from planner.errors import InputError, SetupError
from planner.kinds.problem import Problem
from planner.kinds.table import Columns, tables
from planner.space.resolve import Space

MAX_ROWS = 5_000_000
"""Rows written without a sample."""
ENDINGS = (".csv", ".parquet")


def refuse_candidates(space: Space, path: Path, sample: int | None) -> None:
    """Raise InputError where the candidates of a space cannot be written to `path`."""
    rows = space.combinations
    if not rows:
        message = (
            "no machine is in play, so there is nothing to write: candidates are machines; plan.json has the services"
        )
        raise InputError(message)
    if rows > MAX_ROWS and (sample is None or sample > MAX_ROWS):
        message = f"{rows:,} combinations are too many for one file (at most {MAX_ROWS:,}); add --sample N"
        raise InputError(message)
    if path.suffix.lower() not in ENDINGS:
        message = f"{path}: candidates are written as {' or '.join(ENDINGS)}"
        raise InputError(message)


def write_candidates(problem: Problem, path: Path, sample: int | None) -> Path:
    """Write every combination (or an even sample) to `path`, which `refuse_candidates` let pass."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _writer(temporary, path.suffix.lower()) as write:
            for table in tables(problem, sample):
                write(table)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


@contextmanager
def _writer(path: Path, ending: str) -> Iterator[Callable[[Columns], None]]:
    """A function that appends a table to the file."""
    try:
        import pandas as pd
    except ModuleNotFoundError as error:
        message = "candidates need pandas and pyarrow: pip install 'finetune-planner[frames]'"
        raise SetupError(message) from error
    if ending == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            first = True

            def write_csv(table: Columns) -> None:
                nonlocal first
                pd.DataFrame(table).to_csv(file, index=False, header=first, lineterminator="\n")
                first = False

            yield write_csv
        return
    import pyarrow as pa
    import pyarrow.parquet as pq

    writers: list[Any] = []

    def write_parquet(table: Columns) -> None:
        frame = pa.Table.from_pandas(pd.DataFrame(table), preserve_index=False)
        if not writers:
            writers.append(pq.ParquetWriter(path, frame.schema))
        writers[0].write_table(frame.cast(writers[0].schema))

    try:
        yield write_parquet
    finally:
        for writer in writers:
            writer.close()
