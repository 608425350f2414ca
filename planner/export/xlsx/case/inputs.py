"""The sheet Inputs: every number that the case rests on, where it may be changed."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from planner.export.xlsx.cells import Cell, Sheet, Style, formula, given, number, point, text
from planner.outcome.business_case import Case, CaseInput

TITLE: Final = "Inputs"
VALUE: Final = 2
"""Column of what formulas use."""
SHARES: Final = ("share", "share/year")
SAME: Final = 1e-12
"""Numbers this near to each other, beside their size, are the same."""
NAMES: Final[Mapping[str, str]] = {
    "discount_rate": "discount_rate", "rate": "discount_rate_per_month", "growth": "demand_growth",
    "decline": "price_decline", "predictions": "predictions_per_month", "users": "users_per_month",
    "revenue": "revenue_per_month",
}  # fmt: skip
"""Main number → name of its cell."""
_FIXED: Final = ("life", "horizon")
"""Inputs, by the end of their keys, that say which months there are, and when machines are bought."""


@dataclass(slots=True)
class Inputs:
    """The sheet, and where each number stands in it."""

    sheet: Sheet
    cells: dict[str, str] = field(default_factory=dict)
    """Key of an input → its cell."""
    values: dict[str, CaseInput] = field(default_factory=dict)
    main: dict[str, str] = field(default_factory=dict)
    """Main number → its cell."""
    parity: dict[str, str] = field(default_factory=dict)
    """Option → cell of its parity."""

    @property
    def names(self) -> dict[str, str]:
        """Name of a cell → its place."""
        return {NAMES[key]: place for key, place in self.main.items()}


def same(a: float | None, b: float | None) -> bool:
    """Whether two known numbers are the same but for rounding."""
    return a is not None and b is not None and math.isclose(a, b, rel_tol=SAME)


@dataclass(frozen=True, slots=True)
class _Main:
    """A number that formulas call by a name."""

    name: str
    words: str
    value: float | None
    unit: str
    key: str
    """Of the input that it is, where the case has it."""

    @property
    def style(self) -> Style:
        return "input_share" if self.unit in SHARES else "input"


def inputs_of(case: Case) -> Inputs:
    """The sheet: what formulas call by a name first, then all others; each number stands there once."""
    made = Inputs(Sheet(TITLE, (48, 18, 14, 14, 12, 40, 10, 52), (5, 2)), values={one.key: one for one in case.inputs})
    made.sheet.head(
        f"Inputs of {case.metadata.name}",
        "Blue cells may be changed, and all formulas follow; grey ones say when things happen, or are for sheets that "
        "do not recompute: for these plan the scenario again.",
        f"{case.months} months, amounts in USD. Formulas use the middle, in column B; 5 % and 95 % tell its spread.",
    )
    made.sheet.header("What", "Value", "5 %", "95 %", "Unit", "Source", "Evidence", "Place in the scenario")
    for main in _mains(case):
        one = made.values.get(main.key)
        known = one is not None and (same(one.value, main.value) or one.value is main.value is None)
        row = made.sheet.add(*(_row(one, live=True) if one is not None and known else (
            text(main.words), given(main.value, main.style), None, None, text(main.unit)
        )))  # fmt: skip
        made.main[main.name] = point(TITLE, row, VALUE)
        if known:
            made.cells[main.key] = made.main[main.name]
        if main.name == "discount_rate":
            words = formula(f"(1+{NAMES['discount_rate']})^(1/12)-1", "share")
            row = made.sheet.add(text("what money costs a month"), words, None, None, text("share/month"))
            made.main["rate"] = point(TITLE, row, VALUE)
    _add_parities(made, case)
    revenue = _placed_revenue(made, case)
    _add_others(made, case)
    if revenue:
        made.sheet.rows[revenue - 1][VALUE - 1] = _revenue(made, case)
    return made


def _mains(case: Case) -> Iterator[_Main]:
    yield _Main("discount_rate", "what money costs a year", case.discount_rate_per_year, "share/year", "discount_rate")
    growth, decline = case.demand_growth_per_year, case.price_decline_per_year
    yield _Main("growth", "growth of demand a year", growth, "share/year", "demand.growth")
    yield _Main("decline", "fall of prices a year", decline, "share/year", "market.price_decline")
    for name, key in (("predictions", "demand.predictions_per_month"), ("users", "demand.users")):
        if months := case.demand_by_month.get(name):
            yield _Main(name, f"{name} of a month, today", months[0], "count", key)


def _row(one: CaseInput, *, live: bool) -> Iterator[Cell | None]:
    share = one.unit in SHARES
    style: Style = "input_share" if share else "input"
    drawn: Style = "drawn_share" if share else "drawn"
    yield text(one.text)
    yield given(one.value, style) if live else number(one.value, drawn)
    banded = one.lo is not None and one.hi is not None
    yield from (number(value, drawn) if banded else None for value in (one.lo, one.hi))
    yield from (text(words) for words in (one.unit, one.source, one.tag))
    yield text(one.key, "note")


def _add_parities(made: Inputs, case: Case) -> None:
    """A row for each option whose parity is none of the inputs."""
    for option in case.options:
        if f"options.{option.name}.parity" not in made.values:
            parity = given(option.parity.value, "input_share")
            row = made.sheet.add(text(f"{option.name}: part of the features needed"), parity, None, None, text("share"))
            made.parity[option.name] = point(TITLE, row, VALUE)


def _placed_revenue(made: Inputs, case: Case) -> int:
    """The row of the revenue of a month; 0 where there is none."""
    if not case.revenue_by_month_usd:
        return 0
    row = made.sheet.add(text("revenue of a month, today"), None, None, None, text("usd/month"))
    made.main["revenue"] = point(TITLE, row, VALUE)
    return row


def _revenue(made: Inputs, case: Case) -> Cell:
    """A formula on the input that it is made from, else a number to be changed."""
    for key, name in (("per_month", ""), ("per_prediction", "predictions"), ("per_user", "users")):
        cell = made.cells.get(f"revenue.{key}")
        if cell is not None and (not name or name in made.main):
            return formula(f"{cell}*{NAMES[name]}" if name else cell)
    return given(case.revenue_by_month_usd[0])


def _add_others(made: Inputs, case: Case) -> None:
    used = {key for option in case.options for line in option.lines for key in line.keys}
    made.sheet.add()
    made.sheet.header("All other inputs")
    for one in case.inputs:
        if one.key in made.cells:
            continue
        end = one.key.rsplit(".", 1)[-1]
        live = end not in _FIXED and (one.key in used or end == "parity" or one.key.startswith("revenue."))
        row = made.sheet.add(*_row(one, live=live))
        made.cells[one.key] = point(TITLE, row, VALUE)
        if end == "parity":
            made.parity[one.key.removeprefix("options.").removesuffix(".parity")] = made.cells[one.key]
