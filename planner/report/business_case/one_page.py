"""The size of letters at which the page for who decides is one sheet: its lines are counted, and what they take."""

import math
from dataclasses import replace
from typing import Final

from planner.report.data.business_case import CaseExecutive
from planner.report.data.business_case_parts import CaseTable

SIZES: Final = (8.0, 7.6, 7.2, 6.8, 6.4)
"""In points, the largest first."""
ROOM: Final = 722.0
"""Points: Letter, the shorter sheet, has 730 within its margins."""
CHART: Final = 142.0
_LINE: Final = 1.34
_WIDE: Final = 1040.0
"""Letters of 1 point to a line of the whole width."""
_HALF: Final = 0.46
"""Of it, one of two columns."""
_CELLS: Final = 1200.0
"""The same of tables, whose letters are smaller."""
_GAP: Final = 1.5
"""Letters between two columns."""
_TITLE: Final = (1.2, 8.0)
"""Lines and points that a title takes, with the room above and below it."""
_ROW: Final = 1.9
"""Points between the rows of a table, and below between those of a list."""
_ITEM: Final = 3.6


def fitted(page: CaseExecutive, *, name: int, facts: int, question: int, money: int) -> CaseExecutive:
    """The page with the largest size at which it is one sheet; the numbers are letters of what stands beside it."""
    sizes = (size for size in SIZES if _height(page, size, name, facts, question, money) <= ROOM)
    return replace(page, points=next(sizes, SIZES[-1]))


def _height(page: CaseExecutive, size: float, name: int, facts: int, question: int, money: int) -> float:
    """Points from the top margin on: lines at their size, and the room between blocks, which has no size."""
    line, wide, half = size * _LINE, _WIDE / size, _HALF * _WIDE / size
    remarks = max((_lines(len(one.remark), wide / 4.7) for one in page.figures), default=0)
    head = (
        1 + 1.62 * min(_lines(name, wide / 2), 2) + min(_lines(facts, wide), 2)
        + 1.22 * min(_lines(question, wide / 1.3), 2) + _lines(len(page.question), wide)
        + 1.34 * _lines(len(page.answer), wide / 1.34) + 2.2 + 0.93 * remarks + _lines(money, wide)
    ) * line + 48.0  # fmt: skip
    title = _TITLE[0] * line + _TITLE[1]
    steps = title + sum(_lines(len(step.text) + 3, half) * line + 2.0 for step in page.steps)
    beside = max(CHART + _lines(len(page.cumulative), half) * line, _table(page.options, size, _HALF * _CELLS) + steps)
    risks = sum(_lines(len(row.what) + len(row.text) + 2, wide) * line + _ITEM for row in page.risks)
    blocks = (beside, _table(page.flows, size, _CELLS), _table(page.inputs, size, _CELLS), risks)
    return head + sum(title + block for block in blocks if block) + line + 3.0


def _lines(letters: float, wide: float) -> int:
    return math.ceil(letters / wide)


def _table(table: CaseTable | None, size: float, wide: float) -> float:
    """Points of a table: a column takes as much of the width as its longest cell does of them all."""
    if table is None:
        return 0.0
    texts = [[column.name for column in table.columns], *([cell.text for cell in row.cells] for row in table.rows)]
    longest = [_GAP + max(map(len, column)) for column in zip(*texts, strict=True)]
    room = min(1.0, wide / size / sum(longest))
    lines = sum(max(_lines(len(text), longest[at] * room) for at, text in enumerate(row)) for row in texts)
    note = _lines(len(table.note), wide / size) if table.note else 0
    return (lines + note) * size * _LINE + _ROW * len(texts)
