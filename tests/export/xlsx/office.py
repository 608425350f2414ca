"""LibreOffice, as tests call it: it opens a workbook, reckons every formula, and what it found is read back."""

import io
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import openpyxl
from openpyxl import Workbook

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
"""Where it is; None where tools/foreign.sh has not been run."""
BLUE = "000000FF"
"""Of inputs."""


def recalculated(contents: Mapping[str, bytes], folder: Path) -> dict[str, Workbook]:
    """Workbooks with the values that LibreOffice reckons, all in one run; formulas that are written have none."""
    assert SOFFICE is not None
    given, out = folder / "given", folder / "reckoned"
    given.mkdir()
    places = {name: f"{number}.xlsx" for number, name in enumerate(contents)}
    for name, place in places.items():
        (given / place).write_bytes(contents[name])
    done = subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx",
         "--outdir", out, *sorted(given.iterdir())],
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip
    assert len(list(out.glob("*.xlsx"))) == len(contents), f"{done.stdout}\n{done.stderr}"
    return {name: openpyxl.load_workbook(out / place, data_only=True) for name, place in places.items()}


def opened(content: bytes) -> Workbook:
    """The workbook as it is written, formulas as such."""
    return openpyxl.load_workbook(io.BytesIO(content))


def changed(content: bytes, cells: dict[str, float]) -> bytes:
    """The same with other numbers in these cells: `Inputs!B5` → number."""
    book = opened(content)
    for place, value in cells.items():
        sheet, cell = place.split("!")
        assert str(book[sheet][cell].value)[0] != "=" or book[sheet][cell].value == "=NA()", f"{place} is a formula"
        book[sheet][cell] = value
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def input_cells(content: bytes) -> dict[str, tuple[str, float]]:
    """Key of each input that may be changed → its cell, and the number in it."""
    found = dict[str, tuple[str, float]]()
    for row in opened(content)["Inputs"].iter_rows(min_row=5):
        cell = row[1]
        if isinstance(cell.value, int | float) and cell.font.color is not None and cell.font.color.rgb == BLUE:
            found[str(row[7].value)] = (f"Inputs!{cell.coordinate}", float(cell.value))
    return found
