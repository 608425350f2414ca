"""What `planner init --kind SpendReview` asks and writes: a first review of the bills and logs that lie there."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

QUESTIONS: Final = {
    "name": "Name of the scenario",
    "bills": "Bills in the FOCUS format (CSV or Parquet), with commas; * stands for any signs",
    "runs": "Logs of training runs, or none",
    "request_logs": "Logs of requests of models, or none",
    "tag": "Tag that names the team on charges",
    "budget": "Budget of a month in all, or none",
    "time_zone": "Time zone that days are counted in, such as Europe/Berlin",
}
NONE: Final = "none"
_KEYS: Final = {"bills": "focus", "runs": "runs", "request_logs": "requests"}
"""Answer → key of a source."""
_LOOKED_AT: Final = 500
_HEAD: Final = 64 * 1024
_FOOTER: Final = 256 * 1024
"""Bytes of a Parquet file's end in which the names of its columns stand."""
_BILL: Final = ("billedcost", "chargeperiodstart")


@dataclass(frozen=True, slots=True)
class ReviewAnswers:
    """What a first review says; each as a person writes it, files by their paths from the scenario."""

    name: str = "my-first-review"
    bills: str = "bill.csv"
    runs: str = NONE
    request_logs: str = NONE
    tag: str = "team"
    budget: str = NONE
    """Of a month."""
    time_zone: str = "UTC"


def defaults(name: str | None, folder: Path) -> ReviewAnswers:
    """The answers where nobody says otherwise: files that lie in the scenario's folder, or in one inside."""
    found: dict[str, list[str]] = {}
    for path in _files(folder):
        if kind := _kind(path):
            found.setdefault(kind, []).append(path.relative_to(folder).as_posix())
    files = {kind: ", ".join(names) for kind, names in found.items()}
    return ReviewAnswers(**files) if name is None else ReviewAnswers(name=name, **files)


def sources(answers: ReviewAnswers, folder: Path, text: Callable[[str], str]) -> str:
    """The lines of `sources`, texts as `text` writes them.

    Bills whose columns differ are of different providers, each a source of its own.
    """
    lines = []
    for answer, key in _KEYS.items():
        names = [name.strip() for name in getattr(answers, answer).split(",") if name.strip()]
        if names == [NONE]:
            continue
        groups: dict[object, list[str]] = {}
        for name in names:
            groups.setdefault(_columns(folder / name) or name if key == "focus" else key, []).append(name)
        for group in groups.values():
            if len(group) == 1:
                lines.append(f"  - {key}: {text(group[0])}\n")
            else:
                lines += [f"  - {key}:\n", *(f"      - {text(name)}\n" for name in group)]
    return "".join(lines)


def _files(folder: Path) -> Iterator[Path]:
    """Files that may be bills or logs, sorted; nothing hidden, and no links."""
    looked = 0
    for here, folders, names in os.walk(folder):
        deep = len(Path(here).relative_to(folder).parts)
        folders[:] = sorted(each for each in folders if not each.startswith(".")) if deep < 1 else []
        for name in sorted(names):
            path = Path(here, name)
            if name.startswith((".", "rejected")) or path.is_symlink():
                continue
            if name.lower().endswith((".csv", ".csv.gz", ".jsonl", ".ndjson", ".parquet")):
                looked += 1
                if looked > _LOOKED_AT:
                    return
                yield path


def _kind(path: Path) -> str:
    """Which answer a file belongs to, by the names of its columns; '' for none."""
    from planner.spend.reading.run_columns import COLUMNS
    from planner.traffic.columns import field_of, plain

    columns = _columns(path)
    if set(_BILL) <= {column.lower() for column in columns}:
        return "bills"
    if {"timestamp", "input_tokens", "output_tokens"} <= {found[0] for c in columns if (found := field_of(c))}:
        return "request_logs"
    written = {plain(column) for column in columns}
    has = {field for field, names in COLUMNS.items() if written & set(names)}
    return "runs" if {"started", "gpu_count"} <= has and has & {"ended", "hours", "seconds"} else ""


def _columns(path: Path) -> tuple[str, ...]:
    """The names of a file's columns; of Parquet, those of a bill where it has them; none where it cannot be read."""
    try:
        if path.name.lower().endswith(".parquet"):
            with path.open("rb") as opened:
                opened.seek(max(0, path.stat().st_size - _FOOTER))
                footer = opened.read().lower()
            return _BILL if all(name.encode() in footer for name in _BILL) else ()
        with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as opened:
            head = opened.read(_HEAD).decode("utf-8-sig", "replace")
    except (OSError, EOFError, ValueError):
        return ()
    return tuple(_named(head.splitlines()))


def _named(lines: Sequence[str]) -> Iterable[str]:
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    if first.startswith("{"):
        try:
            row = json.loads(first)
        except (ValueError, RecursionError):
            return []
        return [str(key) for key in row] if isinstance(row, dict) else []
    try:
        return [name.strip() for name in next(csv.reader([first], delimiter=max(",;\t", key=first.count)), [])]
    except csv.Error:
        return []


TEMPLATE: Final = """\
# yaml-language-server: $schema={schema}
#
# Written by `planner init --kind SpendReview`. `planner plan` writes the review, `planner validate` says what is wrong
# here, and `planner schema SpendReview > SpendReview.schema.json` makes the file from which editors complete its keys.
api_version: planner/v1
kind: SpendReview

metadata:
  name: {name}

# month: 2026-10                   # left out: the last one with charges
time_zone: {time_zone}
# currency: EUR                    # money is shown in it beside USD; rates: {{EUR: 1.09}} are your own

# Bills in the FOCUS format (focus), logs of runs and requests, gpu_samples, deployments. All exports of one bill are
# one source, so that what two of them have counts once. Where a file calls a column otherwise, say so:
#   - {{runs: trainings.csv, columns: {{gpu_count: Anzahl, start: Beginn}}}}
sources:
{sources}
attribution:
  dimensions:
    # The first tag that a charge has counts. `same` makes one of several spellings.
    team:
      tags:
        - {tag}
  # What is shared is split, by the first rule that fits a charge:
  # rules:
  #   - {{name: cluster, where: {{service: "*Kubernetes*"}}, activity: gpu_hours}}
  #   - {{name: support, where: {{service: "*Support*"}}, proportional: cost}}

# Of a month, or `period: quarter`; `where: {{team: research}}` makes it that of a team.
{budgets}"""
