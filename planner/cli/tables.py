"""Rows printed as an aligned table, as Markdown or as JSON; what is not known is called so."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Final

FORMATS: Final = ("table", "json", "markdown")


def table(rows: Sequence[Mapping[str, object]], form: str = "table") -> str:
    """Rows with the same columns, aligned or as a Markdown table; a column of figures stands right."""
    columns = list(rows[0])
    right = [all(_figure(row[name]) for row in rows) for name in columns]
    cells = [[printable(cell_text(row[name])).replace("\n", " ") for name in columns] for row in rows]
    if form == "markdown":
        ruler = ["---:" if r else "---" for r in right]
        return "\n".join("| " + " | ".join(map(_escaped, line)) + " |" for line in [columns, ruler, *cells])
    widths = [max(len(line[at]) for line in [columns, *cells]) for at in range(len(columns))]
    return "\n".join(
        "  ".join(
            cell.rjust(w) if r else cell.ljust(w) for cell, w, r in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in [columns, *cells]
    )


def as_json(data: object) -> str:
    """JSON in which what is not known is null."""
    return printable(json.dumps(_known(data), indent=2, ensure_ascii=False))


def printable(text: str) -> str:
    """A text whose names, which may come from anywhere, cannot steer a terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text)


def cell_text(value: object) -> str:
    """A value as a table has it: four digits below a thousand, whole numbers above."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or unknown(value):
        return "unknown"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def unknown(value: object) -> bool:
    """Whether a value is a number that nobody knows."""
    return isinstance(value, float) and math.isnan(value)


def _figure(value: object) -> bool:
    """Whether a value is a number, or text that people read as one; a blank may stand among them."""
    if not isinstance(value, str):
        return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    digits = value.lstrip("+-$").replace(",", "").removesuffix(" %").replace(".", "")
    return value in ("", "unknown") or digits.isdigit()


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|")


def _known(data: object) -> object:
    if isinstance(data, Mapping):
        return {key: _known(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_known(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
