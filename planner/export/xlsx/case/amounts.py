"""The sheet Lines: what is paid and received, each amount a formula on the inputs that it rests on where it can be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from planner.export.xlsx.case.forms import amount_formula, is_part
from planner.export.xlsx.case.inputs import Inputs, same
from planner.export.xlsx.cells import Cell, Sheet, formula, given, point, text
from planner.outcome.business_case import Case, CaseInput, CashLine, OptionResult

TITLE: Final = "Lines"
_HEADINGS: Final = (
    "Option", "Line", "Category", "Side", "Amount", "Times", "First month", "Last month", "Every (months)",
    "Growth a year", "Fall a year", "Parity", "Source", "Rests on", "Note",
)  # fmt: skip
_COLUMNS: Final[Mapping[str, int]] = {
    "amount": 5, "first": 7, "last": 8, "every": 9, "growth": 10, "decline": 11, "parity": 12,
}  # fmt: skip
FIXED: Final = "reckoned by the planner from what it rests on; does not follow it here, and may be overwritten"
_DRIVERS: Final[Mapping[str, str]] = {
    "": "1", "demand": "growth of demand", "predictions": "predictions", "users": "users", "revenue": "revenue",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Placed:
    """A line, and the row that holds what it is made of."""

    line: CashLine
    row: int

    def cell(self, what: str) -> str:
        """The cell of its amount, first, last, every, growth, decline or parity."""
        return point(TITLE, self.row, _COLUMNS[what])


def lines_of(case: Case, inputs: Inputs) -> tuple[Sheet, dict[str, list[Placed]]]:
    """The sheet, and the lines of each option."""
    sheet = Sheet(TITLE, (18, 34, 16, 9, 16, 18, 12, 12, 14, 14, 12, 10, 36, 44, 44), (4, 3))
    sheet.head(
        "Lines of all options",
        "Paid in month t: amount x (1 + growth)^(s/12) x (1 - fall)^(s/12) x what it is times, from the first month to "
        "the last in steps (0: once); s is t - 1 by the month, else t. Costs count over parity.",
    )
    sheet.header(*_HEADINGS)
    placed: dict[str, list[Placed]] = {}
    for option in case.options:
        placed[option.name] = []
        for line in option.lines:
            row = sheet.add(*_row(line, option, inputs))
            placed[option.name].append(Placed(line, row))
    return sheet, placed


def _row(line: CashLine, option: OptionResult, inputs: Inputs) -> Iterator[Cell | None]:
    words = amount_formula(line, inputs)
    yield from (text(one) for one in (line.option, line.name, line.category, line.side))
    yield given(line.amount_usd) if words is None else formula(words)
    yield text(_DRIVERS[line.driver])
    yield from (given(one, "input_count") for one in (line.first, line.last, line.every))
    yield _rate(line.growth_per_year, _own_growth(line, inputs))
    market = inputs.main["decline"] if _falls_with_market(line, inputs) else None
    yield _rate(line.decline_per_year, market)
    parity = inputs.parity[option.name] if line.side == "cost" and same(line.parity, option.parity.value) else None
    yield _rate(line.parity, parity)
    yield text(line.source)
    yield text(", ".join(line.keys), "note")
    yield text(FIXED if words is None and any(map(is_part, line.keys)) else "", "note")


def _rate(value: float, place: str | None) -> Cell:
    return given(value, "input_share") if place is None else formula(place, "share")


def _own_growth(line: CashLine, inputs: Inputs) -> str | None:
    """The cell of the line's own growth, where it is an input."""
    return next(
        (inputs.cells[key] for key in line.keys if _is_own_growth(key, inputs.values.get(key), line.growth_per_year)),
        None,
    )


def _is_own_growth(key: str, one: CaseInput | None, growth: float) -> bool:
    if one is None or not key.startswith("options."):
        return False
    return key.endswith("growth") and same(one.value, growth)


def _falls_with_market(line: CashLine, inputs: Inputs) -> bool:
    """What falls falls as the market does; a fall of 0 says by its keys whether it is the market's."""
    return line.decline_per_year != 0.0 or ("market.price_decline" in line.keys and "decline" in inputs.main)
