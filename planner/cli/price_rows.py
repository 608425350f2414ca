"""Prices over time as text: rows as a table, as Markdown or as JSON, and a course as a line of bars."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Final

FORMATS: Final = ("table", "json", "markdown")
BARS: Final = "▁▂▃▄▅▆▇█"
PLAIN_BARS: Final = "_.-:=+*#"
"""The same in ASCII, for terminals that cannot show more."""
NO_BAR: Final = " "


def table(rows: Sequence[Mapping[str, str]], form: str) -> str:
    """Rows of text with the same columns, aligned or as a Markdown table; a column of figures stands right."""
    columns = list(rows[0])
    cells = [[row[name] for name in columns] for row in rows]
    right = [all(_figure(line[at]) for line in cells) for at in range(len(columns))]
    cells = [[printable(cell).replace("\n", " ") for cell in line] for line in cells]
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


def course(values: Sequence[float], unicode: bool) -> str:
    """A line of bars from lowest to highest, one for each value; a blank where a value is not known."""
    bars = BARS if unicode else PLAIN_BARS
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return ""
    low, high = min(known), max(known)
    steps = len(bars) - 1
    return "".join(
        NO_BAR
        if math.isnan(value)
        else bars[steps // 2]
        if high <= low
        else bars[round(steps * (value - low) / (high - low))]
        for value in values
    )


def change_text(change: float | None) -> str:
    """A relative change: `+4.0 %`, or `unknown`."""
    return "unknown" if change is None or math.isnan(change) else f"{100 * change:+.1f} %"


def rate_text(usd_per_hour: float | None) -> str:
    """A price per hour, to a tenth of a cent below one dollar."""
    if usd_per_hour is None or math.isnan(usd_per_hour):
        return "unknown"
    return f"{usd_per_hour:,.3f}" if usd_per_hour < 1 else f"{usd_per_hour:,.2f}"


def _figure(cell: str) -> bool:
    return cell in ("", "unknown") or cell.lstrip("+-$").replace(",", "").removesuffix(" %").replace(".", "").isdigit()


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|")


def _known(data: object) -> object:
    if isinstance(data, Mapping):
        return {key: _known(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_known(value) for value in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
