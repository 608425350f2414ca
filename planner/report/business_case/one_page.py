"""The size of letters at which the page for who decides is one sheet: its lines are counted, and what they take."""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from planner.report.data.business_case import CaseExecutive
from planner.report.data.business_case_parts import CaseTable
from planner.report.data.executive import Told

SIZES: Final = (8.0, 7.6, 7.2, 6.8, 6.4)
"""In points, the largest first."""
ROOM: Final = 790.0
"""Points: Letter, the shorter sheet, has 726 within its margins, and lines are counted a tenth too many."""
CHART: Final = 150.0
_LINE: Final = 1.34
_WIDE: Final = 1000.0
"""Letters of 1 point to a line of the whole width; half of it a little less than half."""
_HALF: Final = 455.0


def fitted(page: CaseExecutive, *, name: int, facts: int, question: int, money: int) -> CaseExecutive:
    """The page with the largest size at which it is one sheet; the numbers are letters of what stands beside it."""
    sizes = (size for size in SIZES if _height(page, size, name, facts, question, money) <= ROOM)
    return replace(page, points=next(sizes, SIZES[-1]))


def _height(page: CaseExecutive, size: float, name: int, facts: int, question: int, money: int) -> float:
    wide = _WIDE / size
    head = (
        2 + 2.3 * min(_lines(name, wide / 2), 2) + min(_lines(facts, wide), 2)
        + 1.3 * min(_lines(question, wide / 1.3), 2) + 1.4 * _lines(len(page.answer), wide / 1.4) + 4.2
        + _lines(money, wide)
    )  # fmt: skip
    half = _HALF / size
    run = max(CHART / (size * _LINE) + _lines(len(page.cumulative), half), _told(page.swings, half))
    tables = max(_rows(page.options, half), _rows(page.inputs, half))
    ends = max(_told(page.risks, half), sum(_lines(len(step.text) + 3, half) for step in page.steps) + 1)
    flows = 0.0 if page.flows is None else 1.15 * len(page.flows.rows) + 3
    return (head + run + 3 + flows + tables + 3 + ends + 3 + 2) * size * _LINE


def _lines(letters: float, wide: float) -> int:
    return math.ceil(letters / wide)


def _told(rows: Iterable[Told], half: float) -> float:
    return sum(_lines(len(row.what) + len(row.text) + 2, half) + 0.35 for row in rows)


def _rows(table: CaseTable | None, half: float) -> float:
    """Rows of a narrow table: a cell has about its part of the width."""
    if table is None:
        return 0.0
    part = half / (len(table.columns) + 0.5)
    rows = sum(max(_lines(len(cell.text), part * (1.8 if at == 0 else 1.0)) for at, cell in enumerate(row.cells)) + 0.25
               for row in table.rows)  # fmt: skip
    return rows + 2 + bool(table.note)
