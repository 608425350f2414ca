"""Which published rows count, what was measured in them, and the question each asks.

A row counts when it is a measurement with card, number of cards, batch, length and parameters stated.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from planner.calibrate.observed import LIMITED
from tests.benchmarks.peer_questions import Question, Row, Unasked, cards_gib, question

GIB_PER: Final = {"GB": 1e9 / 2**30, "GiB": 1.0}
"""GiB in a printed unit. An unknown unit is read as GiB [E]."""
_MEASURED: Final = {"memory": "peak_mem_gb_per_gpu", "throughput": "tokens_per_s_per_gpu"}
_STATED: Final = ("gpu", "n_gpus", "micro_batch_size", "seq_len", "params_b", "method")
_GPUS: Final = Path(__file__).resolve().parents[2] / "planner/catalog/data/gpus.csv"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One row: a question, unless it cannot be asked, and what was measured."""

    place: int
    """Place of the row in its file, from 0."""
    question: Question | None
    unasked: str
    """Why there is no question; blank if there is one."""
    gpu: str
    """The catalog's id, or blank."""
    measured: float | None
    """GiB per GPU, or tokens/s per GPU. None where the row only says whether the run fitted."""
    fits: bool | None
    """Whether the run fitted its card; None where not stated, and always for throughput."""


def read_rows(path: Path) -> list[dict[str, str]]:
    """All rows of a measurement file, in order."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def catalog_gpus() -> dict[str, Row]:
    """The catalog's GPUs by id, as written."""
    with _GPUS.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        return {row["gpu"]: row for row in csv.DictReader(lines)}


def cases(rows: list[dict[str, str]], what: str, gpus: Mapping[str, Row]) -> list[Case]:
    """The rows that count, in order."""
    found = []
    for place, row in enumerate(rows):
        if not _counts(row):
            continue
        measured, fits = _measured(row, what), _fits(row)
        if measured is None and fits is None:
            continue
        asked, reason = None, ""
        try:
            asked = question(row, place, what, gpus)
        except Unasked as unasked:
            reason = str(unasked)
        found.append(Case(place=place, question=asked, unasked=reason, gpu=row["gpu_id"], measured=measured, fits=fits))
    return found


def _counts(row: Row) -> bool:
    kind = row.get("kind", "measured")  # throughput rows have no such column: all are measurements
    return kind == "measured" and all(row[column] for column in _STATED)


def _measured(row: Row, what: str) -> float | None:
    text = row[_MEASURED[what]]
    if not text:
        return None
    if what == "throughput":
        return float(text)
    gib = float(text) * GIB_PER.get(row["unit"], 1.0)
    cards = cards_gib(row["gpu"])
    return None if cards and gib >= LIMITED * cards[0] else gib


def _fits(row: Row) -> bool | None:
    return {"y": True, "OOM": False}.get(row.get("fits", ""))
