"""What of the page goes on paper: as much as one sheet holds, the rest is on the screen; stated where rows are cut."""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from planner.outcome import Metadata
from planner.report.data.executive import Executive, PaperFit, Told
from planner.report.names import plural
from planner.report.sections.text import columns

SHEET_MM: Final = {"A4": 247.0, "letter": 230.0}
"""Height below a short title and above the footer of a sheet, less a brand and 3 mm."""
_TITLE: Final = 52
"""Characters of a line of the title, and of the facts below it; either takes two lines at most."""
_FACTS: Final = 120
_WIDE: Final = 144
"""Characters of a line of the whole width; below of half of it, of the lead, and of a cell with a configuration."""
_HALF: Final = 68
_LEAD: Final = 96
_ASKED: Final = 110
_CELL: Final = 52
_ORDER: Final = ("others", "changes", "risks", "steps", "others", "changes", "risks", "changes", "risks", "others")
"""From which list the last row is cut, in turn."""
_NOTE_MM: Final = 4.0
_POINTS: Final = (9.0, 8.5)
"""Larger sizes of the text than that of the counts, `_COUNTED`, largest first."""
_COUNTED: Final = 8.0
_TALLER: Final = 1.4
"""Power of the size by which a page grows at most: lines get taller and hold less, bars and gaps stay."""
_KEPT: Final = {"others": 1, "changes": 1, "risks": 1, "steps": 3}
"""Rows that are never cut."""


def fitted(page: Executive, metadata: Metadata) -> Executive:
    """The page with the number of rows that fit on a sheet below its title, told by a rough count of lines."""
    return replace(
        page, paper=_fit(page, metadata, SHEET_MM["A4"]), letter=_fit(page, metadata, SHEET_MM["letter"])
    )  # fmt: skip


def _fit(page: Executive, metadata: Metadata, sheet_mm: float) -> PaperFit:
    rows = {name: len(getattr(page, name)) for name in _KEPT}
    whole = sum(rows.values())
    room = sheet_mm - _long_title_mm(metadata)
    for name in _ORDER:
        if height_mm(page, rows, metadata) + (_NOTE_MM if sum(rows.values()) < whole else 0.0) <= room:
            break
        rows[name] = max(rows[name] - 1, min(rows[name], _KEPT[name]))
    left = whole - sum(rows.values())
    note = f"{plural(left, 'row')} less than on the screen, to keep to one sheet." if left else ""
    points = _COUNTED if left else _points(height_mm(page, rows, metadata), room)
    return PaperFit(**rows, points=points, note=note)


def _points(height: float, room: float) -> float:
    """The largest size at which a page of this height still fits."""
    return next((size for size in _POINTS if height * (size / _COUNTED) ** _TALLER <= room), _COUNTED)


def _long_title_mm(metadata: Metadata) -> float:
    """What a title, and facts below it, take beyond one line each."""
    facts = (metadata.team, metadata.owner, metadata.cost_centre, *metadata.labels, *metadata.labels.values())
    told = sum(len(fact) + 8 for fact in facts if fact)
    return (6.3 if len(metadata.name) > _TITLE else 0.0) + (3.7 if told > _FACTS else 0.0)


def height_mm(page: Executive, rows: dict[str, int], metadata: Metadata) -> float:
    """About how tall the page is on paper with so many rows of each list, in mm.

    The pages of the worked scenarios lie within 10 mm below it and 3 mm above.
    """
    costs, benefit = page.costs, page.benefit
    lines = 3.7
    asked = lines * _lines(f"{page.question} {page.searched}", _WIDE) + 3.5
    asked += 4.9 * _lines(metadata.question or "", _ASKED)
    answer = 5.2 * _lines(page.answer, _LEAD) + 3.0 + (15.0 if page.figures else 0.0)
    sure = lines * _lines(" ".join(page.sure), _WIDE) + 1.0
    spent = 0.0
    if costs.total is not None:
        terms = 2 + len(costs.parts) + len(costs.extras) + (1 if costs.in_all else 0)
        spent = 14.0 + 4.0 * terms + lines * _lines(" ".join(costs.notes), _HALF)
    bought = 12.0 + sum(lines * _lines(text, _HALF) + 0.9 for text in benefit.sentences) if benefit.sentences else 0.0
    others = page.others[: rows["others"]]
    beside = 16.0 + sum(4.6 + 3.6 * _lines(one.what, _CELL) for one in others) if page.others_note else 0.0
    told = max(_told(page.risks[: rows["risks"]]), _told(page.changes[: rows["changes"]]))
    steps = 8.0 + sum(lines * _lines(f"{one.text} {one.command}", _WIDE) + 0.4 for one in page.steps[: rows["steps"]])
    return asked + answer + sure + max(spent, bought) + beside + told + steps


def _told(rows: Iterable[Told]) -> float:
    heights = [1.3 + 3.6 * _lines(f"{one.what}: {one.text}", _HALF) for one in rows]
    return 8.5 + sum(heights) if heights else 0.0


def _lines(text: str, width: int) -> int:
    return math.ceil(columns(text) / width)
