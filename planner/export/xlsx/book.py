"""Sheets written as the bytes of a workbook: the same sheets give the same bytes."""

import datetime
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference, Series
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from planner.export.xlsx.cells import Cell, Lines, Sheet, Style
from planner.hosts.plain import plain

LONGEST_NAME: Final = 60
"""Of a line in a chart's legend."""
_CORE: Final = "docProps/core.xml"
_WHEN: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file knows."""
_MONEY, _SHARE, _COUNT = "#,##0.00;[Red]-#,##0.00", "0.00%", "[>=100]#,##0.00;[<=-100]-#,##0.00;General"
_FIGURE: Final = "[>=1000]#,##0.00;[<=-1000]-#,##0.00;0.00######"
_TENTH: Final = "#,##0.0"
_FACE: Final = "Calibri"
_BOLD, _BLUE = Font(_FACE, 11, bold=True), Font(_FACE, 11, color="0000FF")
_GREY = Font(_FACE, 11, color="595959", italic=True)
_PALE = PatternFill("solid", start_color="FFF9DB")
_TOP = PatternFill("solid", start_color="E8EEF5")


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks."""

    form: str = "General"
    font: Font | None = None
    fill: PatternFill | None = None


LOOKS: Final[Mapping[Style, Look]] = {
    "text": Look(), "title": Look(font=Font(_FACE, 14, bold=True)), "header": Look(font=_BOLD, fill=_TOP),
    "note": Look(font=_GREY), "input": Look(_COUNT, _BLUE, _PALE), "input_share": Look(_SHARE, _BLUE, _PALE),
    "input_count": Look("0", _BLUE, _PALE), "money": Look(_MONEY), "share": Look(_SHARE), "count": Look(_FIGURE),
    "whole": Look("0"), "total": Look(_MONEY, _BOLD), "drawn": Look(_COUNT, _GREY), "drawn_share": Look(_SHARE, _GREY),
    "tenth": Look(_TENTH), "drawn_tenth": Look(_TENTH, _GREY),
}  # fmt: skip
"""Inputs are blue, as bankers have them; what is no formula and no input is grey."""


def workbook(sheets: Sequence[Sheet], names: Mapping[str, str], *, title: str, day: datetime.date) -> bytes:
    """A workbook of these sheets, with named cells, made on a day."""
    book = Workbook()
    del book["Sheet"]
    made: dict[str, Worksheet] = {}
    for sheet in sheets:
        made[sheet.title] = page = book.create_sheet(sheet.title)
        _fill(page, sheet)
    for sheet in sheets:
        for chart in sheet.charts:
            made[sheet.title].add_chart(_drawn(chart, made), f"B{chart.row}")
    for name, place in names.items():
        book.defined_names[name] = DefinedName(name, attr_text=place)
    book.calculation.fullCalcOnLoad = True
    moment = datetime.datetime.combine(day, datetime.time())
    book.properties.title, book.properties.creator, book.properties.created = title, "planner", moment
    written = io.BytesIO()
    book.save(written)
    book.properties.modified = moment  # saving sets it to now
    return _timeless(written, tostring(book.properties.to_tree()))


def _fill(page: Worksheet, sheet: Sheet) -> None:
    for place, width in enumerate(sheet.widths, 1):
        page.column_dimensions[get_column_letter(place)].width = width
    row, column = sheet.frozen
    page.freeze_panes = f"{get_column_letter(column)}{row}"
    page.sheet_view.showGridLines = False
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0  # as high as it comes, one page wide
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for number, cells in enumerate(sheet.rows, 1):
        for place, cell in enumerate(cells, 1):
            if cell is not None:
                _write(page, number, place, cell)


def _write(page: Worksheet, row: int, column: int, cell: Cell) -> None:
    written = page.cell(row, column, cell.value)
    if isinstance(cell.value, str):
        written.data_type = "f" if cell.is_formula else "s"  # openpyxl would guess from how the text begins
    look = LOOKS[cell.style]
    written.number_format = look.form
    if look.font is not None:
        written.font = look.font
    if look.fill is not None:
        written.fill = look.fill
    if isinstance(cell.value, str) and not cell.is_formula and cell.style.startswith(("drawn", "money")):
        written.alignment = Alignment(horizontal="right")


def _drawn(lines: Lines, pages: Mapping[str, Worksheet]) -> LineChart:
    chart = LineChart()
    chart.title, chart.height, chart.width = lines.title, 9, 24
    chart.x_axis.title, chart.y_axis.title = "month", "USD"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format = "#,##0"
    chart.x_axis.tickLblPos = "low"
    for name, row in lines.rows:
        place = Reference(
            pages[row.sheet], min_col=row.first, max_col=row.last, min_row=row.row, max_row=row.row
        )  # fmt: skip
        series = Series(place, title=plain(name, LONGEST_NAME))
        series.smooth = False
        chart.series.append(series)
    chart.set_categories(Reference(
        pages[lines.months.sheet], min_col=lines.months.first, max_col=lines.months.last,
        min_row=lines.months.row, max_row=lines.months.row,
    ))  # fmt: skip
    return chart


def _timeless(written: io.BytesIO, core: bytes) -> bytes:
    """The same archive without the time at which it was written."""
    again = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, core if name == _CORE else old.read(name))
    return again.getvalue()
