"""The workbook of a business case: formulas wherever a figure stands, on cells that are there."""

import datetime
import io
import re
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook
from openpyxl.formula.tokenizer import Token, Tokenizer

from planner.errors import InputError, SetupError
from planner.export.xlsx.case.amounts import FIXED
from planner.export.xlsx.case.forms import FORMS
from planner.export.xlsx.case.gains import TITLE as RETURNS
from planner.export.xlsx.case.inputs import TITLE as INPUTS
from planner.export.xlsx.case.months import FIRST, HEADER
from planner.export.xlsx.export import MISSING
from planner.outcome.business_case import Case
from planner.scenario.case_lines import CaseLine, CasePlan, Overlooked, OwnMachines
from tests.cli.calls import run
from tests.export.asking import exported
from tests.export.xlsx.made_case import World, case, case_input, hostile_case, line, option, plain_case
from tests.export.xlsx.office import BLUE, opened
from tests.kinds.business_case.asked import case_of
from tests.kinds.business_case.drawn_cases import case_from
from tests.report.portfolio.made_portfolio import PLANS
from tests.report.review.made_review import made_review

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome

VALUES = {"Inputs", "Lines", "Factors", "Bands", "Scenarios", "Tornado", "Hours", "Scale", "Assumptions"}
"""Sheets of numbers."""
FUNCTIONS = {")", *(f"{name}(" for name in (
    "ABS", "AND", "COUNT", "EXP", "IF", "IFERROR", "INDEX", "IRR", "ISNUMBER", "LN", "MATCH", "MAX", "MIN", "MOD", "NA",
    "NPV", "SIGN", "SLOPE", "SUM", "SUMPRODUCT",
))}  # fmt: skip
"""All that Excel 2007 and LibreOffice have, and nothing that reads a file or the network."""


def written(outcome: "Outcome") -> bytes:
    (content,) = exported("xlsx", outcome).files.values()
    return content


def cells(book: Workbook, sheet: str) -> list[Any]:
    return [cell for row in book[sheet].iter_rows() for cell in row if cell.value is not None]


@pytest.fixture(scope="module", params=[None, 4], ids=["by hand", "drawn"])
def made(request: pytest.FixtureRequest) -> Case:
    return plain_case(months=9) if request.param is None else case_of(**case_from(request.param))


@pytest.fixture(scope="module")
def book(made: Case) -> Workbook:
    return opened(written(made))


def test_every_figure_is_a_formula(book: Workbook) -> None:
    """A number that is none is a month, or a rate at which the net present value is told."""
    for page in book:
        if page.title in VALUES:
            continue
        rates = {cell.row for cell in page["A"] if cell.value == "Yearly rate"}
        fixed = [
            cell.coordinate for cell in cells(book, page.title)
            if isinstance(cell.value, int | float) and cell.row not in {HEADER, *rates}
        ]  # fmt: skip
        assert fixed == [], page.title
        assert any(str(cell.value).startswith("=") for cell in cells(book, page.title))


def test_what_formulas_refer_to_is_there(book: Workbook) -> None:
    for page in book:
        for cell in cells(book, page.title):
            if cell.data_type == "f":
                for operand in operands(cell.value):
                    assert refers(book, page.title, operand), f"{page.title}!{cell.coordinate}: {operand}"


def operands(words: str) -> list[str]:
    return [
        token.value for token in Tokenizer(words).items
        if token.type == Token.OPERAND and token.subtype == Token.RANGE
    ]  # fmt: skip


def refers(book: Workbook, sheet: str, operand: str) -> bool:
    """Whether a name is defined, or a stretch of cells holds something at both ends, month 0 of a row being free."""
    if operand in book.defined_names:
        return True
    title, _, place = operand.rpartition("!")
    page = book[title.strip("'") or sheet]
    first, _, last = place.replace("$", "").partition(":")
    in_month_0 = page[f"{first.rstrip('0123456789')}{HEADER}"].value == 0
    return (page[first].value is not None or in_month_0) and (not last or page[last].value is not None)


def test_every_input_stands_once_and_may_be_changed(book: Workbook, made: Case) -> None:
    rows = [row for row in book[INPUTS].iter_rows(min_row=5) if row[7].value]
    assert sorted(str(row[7].value) for row in rows) == sorted(one.key for one in made.inputs)
    values = {one.key: one.value for one in made.inputs}
    blue = {str(row[7].value): row[1].value for row in rows if row[1].font.color.rgb == BLUE}
    assert blue.keys() == {key for key in values if key != "horizon" and not key.endswith(".machines.life")}
    assert blue == pytest.approx({key: values[key] for key in blue})
    assert {"discount_rate", "discount_rate_per_month", "demand_growth", "price_decline"} <= set(book.defined_names)


def test_amounts_follow_all_inputs_that_they_rest_on(book: Workbook, made: Case) -> None:
    rows = list(book["Lines"].iter_rows(min_row=4))
    lines = [line for option in made.options for line in option.lines]
    assert [row[1].value for row in rows] == [line.name for line in lines]
    for row, one in zip(rows, lines, strict=True):
        if any(not key.startswith(("demand.", "market.")) for key in one.keys):
            assert row[4].data_type == "f", one.name
        assert not row[14].value


def test_an_amount_of_no_known_form_is_a_number_with_a_note() -> None:
    inputs = [case_input("options.a.costs.x.per_month", 10.0), case_input("options.a.costs.x.odd", 3.0)]
    world = World()
    lines = [line("a", "x", 1234.5, keys=[one.key for one in inputs]), line("a", "y", 7.0)]
    book = opened(written(case(world, [option(world, "a", lines)], inputs=inputs)))
    told = [(row[4].value, row[14].value) for row in book["Lines"].iter_rows(min_row=4)]
    assert told == [(1234.5, FIXED), (7.0, None)]


def test_the_summary_has_the_words_of_the_report_and_figures_of_one_decimal() -> None:
    rows = {row[0].value: row for row in opened(written(plain_case()))["Summary"].iter_rows() if row[0].value}
    assert {"APIs of others", "Failed experiments", "Engineering", "Other costs"} <= rows.keys()
    for name in ("Payback, months", "Discounted payback, months", "Return on investment, %"):
        assert rows[name][1].number_format == "#,##0.0", name


def test_what_is_paid_stands_below_the_cost_where_features_are_missing() -> None:
    made = plain_case()
    book = opened(written(made))
    assert [option.parity.value for option in made.options] == [0.8, 1.0]
    rows = {row[0].value: row for row in book["build"].iter_rows() if row[0].value}
    [parity] = [row[1].coordinate for row in book[INPUTS].iter_rows() if row[7].value == "options.build.parity"]
    first = rows["Cost as paid, before parity"][FIRST - 1]
    column, line = parity[0], parity[1:]
    assert first.value == f"={rows['Cost'][FIRST - 1].coordinate}*'{INPUTS}'!${column}${line}"
    assert "Cost as paid, before parity" not in {cell.value for cell in book["buy"]["A"]}


def test_a_number_that_was_left_out_is_a_default_whoever_is_named_for_its_block() -> None:
    machines = {"price": 1_000, "life": "4 years", "power_kw": 1, "electricity_per_kwh": 0.1, "source": "the reseller"}
    book = opened(written(case_of(options=[{"name": "own", "machines": machines}])))
    told = {row[7].value: (row[5].value, row[6].value) for row in book[INPUTS].iter_rows() if row[7].value}
    assert told["options.own.machines.pue"] == ("a default of the planner", "E")
    assert told["options.own.machines.price"] == ("the reseller", "U")


def test_forms_name_keys_of_the_format() -> None:
    """A key that is renamed there would turn live amounts into numbers here."""
    known = {name for block in (CaseLine, CasePlan, Overlooked, OwnMachines) for name in block.model_fields}
    assert {name for form in FORMS for name in form.names} - known == {"plan"}


def test_the_same_case_gives_the_same_bytes_without_a_clock() -> None:
    first, again = (written(plain_case(months=3)) for _ in range(2))
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
        assert [name for name in archive.namelist() if name.startswith("xl/charts/chart")] == [
            "xl/charts/chart1.xml", "xl/charts/chart2.xml",
        ]  # fmt: skip
    assert re.findall(r"\d{4}-\d\d-\d\dT[\d:]+", core) == ["2026-11-01T00:00:00"] * 2
    assert opened(first).properties.created == datetime.datetime(2026, 11, 1)


def test_hostile_names_stay_text_on_sheets_that_a_workbook_takes() -> None:
    content = written(hostile_case())
    book = opened(content)
    titles = book.sheetnames
    assert len({title.casefold() for title in titles}) == len(titles)
    assert all(re.fullmatch(r"[\w .-]{1,31}", title) for title in titles), titles
    for page in book:
        for cell in cells(book, page.title):
            assert cell.data_type in ("f", "s", "n")
            if cell.data_type == "f":
                tokens = Tokenizer(cell.value).items
                assert {token.value for token in tokens if token.type == Token.FUNC} <= FUNCTIONS
                assert all("!" in token.value for token in tokens if "cmd" in token.value), "but as a sheet's name"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        written_as = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
    strings = re.findall(r"<t[^>]*>([^<]*)</t>", written_as)
    assert {"'=1+1", "'+cmd", "'-2", "'@SUM(A1)", "#REF!", "_x005F_x003D_1"} <= set(strings)
    assert not any(one.startswith(("=", "+", "-", "@")) for one in strings)
    assert not re.search("[\u202e\x07]", written_as)


def test_what_no_workbook_holds_is_refused() -> None:
    whole = plain_case()
    for changed, said in (
        ({"months": 16_400}, "a horizon of 16,400 months; a sheet holds 1 to 16,378"),
        ({"options": []}, "it has no options"),
        ({"options": [whole.options[0]] * 2}, "two of one name"),
        ({"months": 1200, "options": [
            whole.options[0].model_copy(update={"lines": whole.options[0].lines * 80})
        ]}, "cells of flows by month"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=re.escape(said)) as caught:
            written(whole.model_copy(update=changed))
        assert str(caught.value).startswith("plan.json: ")


def test_other_plans_and_several_are_refused() -> None:
    with pytest.raises(InputError, match="of the kind SpendReview; this target takes one of the kind BusinessCase"):
        written(made_review())
    with pytest.raises(InputError, match="takes one plan, not 2"):
        exported("xlsx", plain_case(), plain_case())
    wrong: Any = {"catalog": plain_case().catalog.model_copy(update={"as_of": "once"})}
    with pytest.raises(InputError, match=r"no plan of this version: the catalog's date is .*'once'"):
        written(plain_case().model_copy(update=wrong))


def test_a_missing_openpyxl_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("openpyxl", "planner.export.xlsx."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(SetupError) as caught:
        written(plain_case())
    assert str(caught.value) == MISSING


def test_returns_stand_only_where_something_is_held_against() -> None:
    world = World(months=2)
    lines = [[line(name, "x", 10.0, last=2)] for name in "ab"]
    without = opened(written(case(world, [option(world, "a", lines[0])])))
    assert without[RETURNS].max_row == HEADER
    against = opened(written(case(world, [option(world, name, of) for name, of in zip("ab", lines, strict=True)], "b")))
    assert [cell.value for cell in against[RETURNS]["A"] if cell.value and " against " in str(cell.value)][1:] == [
        "a against b"
    ]


def test_the_command_writes_it_where_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(plain_case(months=2).model_dump_json(), "utf-8")
    done = run("export", "xlsx", ".", "-o", "board.xlsx", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "wrote board.xlsx\n")
    assert (tmp_path / "board.xlsx").read_bytes() == written(plain_case(months=2))


def test_portfolios_share_the_target() -> None:
    make: Any = PLANS["minimal"]
    assert list(exported("xlsx", make()).files) == ["portfolio.xlsx"]
    assert list(exported("xlsx", plain_case()).files) == ["business-case.xlsx"]
