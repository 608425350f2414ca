"""The sheet Unit economics: what one of something costs and leaves in each month, and where that goes."""

from collections.abc import Mapping
from typing import Final

from planner.export.xlsx.case.flows import Flows
from planner.export.xlsx.case.months import FIRST, HEADER, WIDTHS, Months
from planner.export.xlsx.cells import Row, Sheet, Style, formula, letter, or_unknown, text
from planner.outcome.business_case import Case

TITLE: Final = "Unit economics"
NONE: Final = "none"
"""In months without what is divided by."""


def units_of(case: Case, flows: Mapping[str, Flows], months: Months) -> Sheet:
    """The sheet: of each option the rows that predictions, users and revenue allow."""
    sheet = Sheet(TITLE, WIDTHS, (HEADER + 1, FIRST))
    sheet.head(
        "Unit economics", "The whole cost at full features of a month; the trend is a straight line's, by the month."
    )
    months.header(sheet, "USD of each month", "", "Trend a month")
    for option in case.options:
        sheet.add()
        sheet.add(text(option.name, "header"))
        rows = flows[option.name].rows
        cost = rows.get("cost of use", rows["cost"])
        revenue, users = months.rows.get("revenue"), months.rows.get("users")
        for key, word in (("predictions", "prediction"), ("users", "user"), ("revenue", "dollar of revenue")):
            if key in months.rows:
                _add(sheet, months, f"Cost of a {word}", "{0}", [cost], months.rows[key])
        if revenue is not None:
            _add(sheet, months, "Margin, share of revenue", "({1}-{0})", [cost, revenue], revenue, "share")
        if revenue is not None and users is not None:
            _add(sheet, months, "Margin of a user", "({1}-{0})", [cost, revenue], users)
        if not months.rows.keys() & {"predictions", "users", "revenue"}:
            sheet.add(text("unknown: the case tells no predictions, users or revenue", "note"))
    return sheet


def _add(sheet: Sheet, months: Months, words: str, over: str, rows: list[Row], by: Row, style: Style = "count") -> None:
    span = months.row(TITLE, sheet.next, since=1).span
    heads = f"{letter(FIRST + 1)}${HEADER}:{letter(FIRST + months.count)}${HEADER}"
    trend = formula(or_unknown(f"SLOPE({span},{heads})"), "count")

    def of(month: int) -> str:
        divisor = by.at(month)
        return f'IF({divisor}=0,"{NONE}",{over.format(*(row.at(month) for row in rows))}/{divisor})'

    months.add(sheet, words, of, style, since=1, beside=(None, trend))
