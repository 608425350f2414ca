"""The sheet Months: what demand, prices of money, predictions, users and revenue are in each month."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from planner.export.xlsx.case.inputs import NAMES
from planner.export.xlsx.cells import Cell, Row, Sheet, Style, formula, text
from planner.outcome.business_case import Case

TITLE: Final = "Months"
FIRST: Final = 6
"""Column of month 0, on every sheet that has months."""
WIDTHS: Final = (38, 16, 18, 18, 12)
HEADER: Final = 3
"""Row of the months' numbers, there too."""


@dataclass(frozen=True, slots=True)
class Months:
    """The sheet, and its rows by what they hold: demand, discount, predictions, users, revenue."""

    count: int
    """The horizon."""
    sheet: Sheet
    rows: dict[str, Row] = field(default_factory=dict)
    """The first two on today's level, from month 0 on; the others, where known, empty in month 0."""

    @property
    def month(self) -> Row:
        """The headings, from 0 on."""
        return self.row(TITLE, HEADER)

    @property
    def demand(self) -> Row:
        """Demand, today's being 1."""
        return self.rows["demand"]

    @property
    def discount(self) -> Row:
        """Worth now of a dollar."""
        return self.rows["discount"]

    def row(self, sheet: str, row: int, *, since: int = 0) -> Row:
        """The months of a row, from this one on."""
        return Row(sheet, row, FIRST + since, FIRST + self.count)

    def cells(self, words: Callable[[int], str], style: Style = "money", *, since: int = 0) -> Iterator[Cell | None]:
        """A formula for each month; months before `since` stay empty."""
        for month in range(self.count + 1):
            yield formula(words(month), style) if month >= since else None

    def header(self, sheet: Sheet, *names: str) -> int:
        """A row of headings over months; its number."""
        before = [text(name, "header") for name in names]
        before += [text("", "header")] * (FIRST - 1 - len(names))
        return sheet.add(*before, *(Cell(month, "header") for month in range(self.count + 1)))

    def add(
        self, sheet: Sheet, words: str, of: Callable[[int], str], style: Style = "money", *, since: int = 0,
        beside: tuple[Cell | None, ...] = (),
    ) -> Row:  # fmt: skip
        """A row with a formula for each month, and cells between its name and month 0."""
        gap = [None] * (FIRST - 2 - len(beside))
        heavy: Style = "total" if style == "total" else "text"
        row = sheet.add(text(words, heavy), *beside, *gap, *self.cells(of, style, since=since))
        return self.row(sheet.title, row)


def months_of(case: Case) -> Months:
    """The sheet; its rows follow the inputs."""
    sheet = Sheet(TITLE, WIDTHS, (HEADER + 1, FIRST))
    made = Months(case.months, sheet)
    sheet.head("Months", "0 is now; demand is today's in month 1, and grows from there.")
    made.header(sheet, "Month")
    growth, rate, month = NAMES["growth"], NAMES["rate"], made.month
    made.rows["demand"] = made.add(
        sheet, "Demand, times today's", lambda t: f"(1+{growth})^(({month.own(t)}-1)/12)", "count"
    )
    made.rows["discount"] = made.add(sheet, "Worth now of a dollar", lambda t: f"1/(1+{rate})^{month.own(t)}", "count")
    told = {
        "predictions": "predictions" in case.demand_by_month, "users": "users" in case.demand_by_month,
        "revenue": bool(case.revenue_by_month_usd),
    }  # fmt: skip
    for key in (name for name, known in told.items() if known):
        made.rows[key] = _today_times_demand(made, key)
    return made


def _today_times_demand(made: Months, key: str) -> Row:
    name, by = NAMES[key], made.demand
    style: Style = "money" if key == "revenue" else "count"
    return made.add(made.sheet, key.capitalize(), lambda t: f"{name}*{by.own(t)}", style, since=1)
