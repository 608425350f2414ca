"""Metrics in JSON lines: objects of figures, of one named figure, series, and answers of Prometheus."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from planner.gpu_metrics.adding import Rows
from planner.gpu_metrics.columns import IDENTITY, identity_of, metric_of
from planner.gpu_metrics.csv_rows import check_names
from planner.traffic.faults import Faults
from planner.traffic.raw_rows import decoded

ONE_LINE: Final = "write each series on a line of its own: jq -c '.data.result[]' answer.json"
"""What to do with an answer of Prometheus that is long, or printed over several lines."""


@dataclass(slots=True)
class JsonMetrics:
    """Takes lines apart, each of which is one of these.

    - an object whose keys are the columns of CSV,
    - a series, `{"metric": {labels}, "values": [[time, value], …]}` as Prometheus has it, or with `timestamps` beside
      `values` as VictoriaMetrics exports it,
    - a whole answer of Prometheus' `query` or `query_range`.
    """

    faults: Faults
    count: int = 0
    """Rows that cannot be taken apart."""
    _checked: bool = False

    def rows(self, first: int, block: bytes) -> Iterator[Rows]:
        """The rows of a block whose first line has that number, those of one kind together."""
        text = decoded(block, first, self.faults)
        wide: list[tuple[int, dict[str, Any]]] = []
        lines = text.split("\n")
        for number, line in enumerate(lines, first):
            if not line or line.isspace():
                continue
            row = self._parsed(line, number)
            if row is None:
                self.count += 1
                continue
            series = _series_of(row)
            if series is None:
                wide.append((number, row))
                continue
            for labels, times, values in series:
                if len(times) != len(values):
                    self.count += 1
                    self.faults.row("log-row", "a series has not as many times as values", number)
                    continue
                self._checked = True
                yield _labelled(number, labels, times, values)
        yield from self._wide(wide, lines, first)

    def _parsed(self, line: str, number: int) -> dict[str, Any] | None:
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            self.faults.row("log-row", "the line is not JSON", number, error.colno, f": {error.msg.lower()}", ONE_LINE)
            return None
        except (ValueError, RecursionError):
            self.faults.row("log-row", "the line holds JSON too deep or a number too long", number)
            return None
        if not isinstance(row, dict):
            self.faults.row("log-row", "the line is no object of keys and values", number)
            return None
        return row

    def _wide(self, found: Sequence[tuple[int, dict[str, Any]]], lines: Sequence[str], first: int) -> Iterator[Rows]:
        """Objects with the same keys together."""
        alike: dict[tuple[str, ...], list[tuple[int, dict[str, Any]]]] = {}
        for number, row in found:
            alike.setdefault(tuple(row), []).append((number, row))
        for keys, rows in alike.items():
            identity: dict[str, str] = {}
            for what in IDENTITY:
                named = [(known[1], key) for key in keys if (known := identity_of(key)) and known[0] == what]
                if named:
                    identity[what] = min(named)[1]
            figures = [key for key in keys if metric_of(key)]
            if figures:
                identity.pop("metric", None)
            if not self._checked:
                check_names(keys, identity, figures, rows[0][0], self.faults)
                self._checked = True
            if "timestamp" not in identity or not (figures or {"metric", "value"} <= set(identity)):
                self.count += len(rows)
                self.faults.row("log-row", "the object has no time, or no figure of a GPU", rows[0][0])
                continue
            yield Rows(
                [number for number, _ in rows],
                {what: [row[key] for _, row in rows] for what, key in identity.items()},
                {key: [row[key] for _, row in rows] for key in figures},
                _Keys(lines, first, [number for number, _ in rows], identity).column,
            )


def _series_of(row: dict[str, Any]) -> list[tuple[dict[str, Any], list[Any], list[Any]]] | None:
    """Labels, times and values of the series in a line; None where it is none."""
    data = row.get("data")
    if isinstance(data, dict) and isinstance(data.get("result"), list):
        return [one for part in data["result"] if isinstance(part, dict) for one in _series_of(part) or []]
    labels = row.get("metric")
    if not isinstance(labels, dict):
        return None
    values = row.get("values")
    times = row.get("timestamps")
    if isinstance(times, list) and isinstance(values, list):
        return [(labels, times, values)]
    pairs = values if isinstance(values, list) else [row["value"]] if isinstance(row.get("value"), list) else []
    pairs = [pair if isinstance(pair, list) and len(pair) == 2 else [None, None] for pair in pairs]
    return [(labels, [pair[0] for pair in pairs], [pair[1] for pair in pairs])]


def _labelled(number: int, labels: dict[str, Any], times: list[Any], values: list[Any]) -> Rows:
    """The rows of one series."""
    identity: dict[str, Sequence[Any]] = {}
    for what in IDENTITY:
        named = [(known[1], key) for key in labels if (known := identity_of(key)) and known[0] == what]
        if named and what not in ("timestamp", "value"):
            identity[what] = [labels[min(named)[1]]] * len(times)
    identity["metric"] = [labels.get("__name__", "")] * len(times)
    return Rows([number] * len(times), {**identity, "timestamp": times, "value": values}, {}, lambda _row, _name: 1)


@dataclass(frozen=True, slots=True)
class _Keys:
    """Where values stand in their lines."""

    lines: Sequence[str]
    first: int
    numbers: Sequence[int]
    identity: dict[str, str]

    def column(self, row: int, name: str) -> int:
        """From 1; 1 where the key cannot be found as it is."""
        text = self.lines[self.numbers[row] - self.first]
        found = re.search(rf'"{re.escape(self.identity.get(name, name))}"\s*:\s*', text)
        return 1 if found is None else found.end() + 1
