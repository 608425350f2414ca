"""What a report of a case says: the answer, sums that add up, and what is unknown or not defined said so."""

from itertools import pairwise

import pytest

from planner.report.business_case.flows import fine_periods, years
from planner.report.business_case.member import case_member
from planner.report.business_case.names import input_short
from planner.report.business_case.page import case_data
from planner.report.business_case.paper import OPTIONS, ROWS, on_paper
from planner.report.business_case.words import amount, months, share, unit_price
from tests.report.business_case.made_case import made_case
from tests.report.business_case.made_data import CASES, case_of, data_of, table_of, texts_of


def test_money_is_told_in_as_many_digits_as_a_reader_counts() -> None:
    told = [amount(v) for v in (None, 0.0, -3.5, 99.994, 1_234.5, -1_234.5, 9_999_999.0, 1.24e7, -2.5e9, 3e12)]
    assert told == ["unknown", "$0.00", "-$3.50", "$99.99", "$1,234", "-$1,234", "$9,999,999", "$12.4 M",
                    "-$2.50 billion", "$3.00 trillion"]  # fmt: skip
    assert [unit_price(v) for v in (None, 0.0021, 2.5, -0.0021)] == ["unknown", "$0.00210", "$2.50", "-$0.00210"]
    assert [share(v) for v in (None, 0.0004, 0.025, 0.02, -0.0, 0.874)] == ["unknown", "under 0.1 %", "2.5 %", "2 %",
                                                                           "0 %", "87 %"]  # fmt: skip
    assert [months(v) for v in (None, 1.0, 14.24, 24.0)] == ["unknown", "1 month", "14.2 months", "24 months"]


def test_the_answer_says_build_or_buy_by_how_much_how_surely_and_on_what_it_hangs() -> None:
    data, decision = data_of("made"), case_of("made").decision
    assert decision is not None
    assert data.headline.sentence == (
        f"Build, do not buy: In-house assistant is worth {amount(decision.saved_usd.value)} more than Vendor API at "
        "present value over 36 months (the better one with a probability of 87 %)."
    )
    told = " ".join(data.headline.details)
    assert "puts in are back after 15.6 months (12.5 to 20.3 months)" in told
    assert "Predictions a month, today (52 % of the variance)" in told
    assert "The weighted factors choose the same" in told
    assert [what for what, *_ in data.headline.figures] == [
        "Net present value of building", "Chance that build wins", "Payback", "Internal rate of return", "ROI",
    ]  # fmt: skip


def test_buying_is_told_by_its_own_chance_and_a_close_one_is_called_so() -> None:
    sentence = data_of("undefined").headline.sentence
    assert sentence.startswith("Buy rather than build, but too close to call: In-house assistant is worth")
    assert sentence.endswith("with a probability of 57 %).")
    assert "money and factors do not agree" in " ".join(data_of("undefined").headline.details)


def test_cash_flow_by_year_adds_up_to_the_figures_of_the_outcome() -> None:
    case, data = case_of("made"), data_of("made")
    build = case.options[0]
    rows = texts_of(table_of(data, "cash-1"))
    assert [column.name for column in table_of(data, "cash-1").columns] == [
        "USD",
        "Now",
        "Year 1",
        "Year 2",
        "Year 3",
        "Total",
    ]
    numbers = {name: [int(cell.replace(",", "")) for cell in cells] for name, cells in rows.items() if cells}
    costs = [numbers[name] for name in ("Engineering", "Inference", "Training", "Compliance")]
    assert [sum(column) for column in zip(*costs, strict=True)] == numbers["All costs"]
    assert numbers["All costs"][-1] == -round(build.cost_usd.value or 0)
    assert [a + b for a, b in zip(numbers["Revenue"], numbers["All costs"], strict=True)] == pytest.approx(
        numbers["Net cash flow"], abs=1
    )
    assert numbers["Cumulative"][-1] == numbers["Net cash flow"][-1]
    assert numbers["Cumulative discounted"][-1] == round(build.net_present_usd.value or 0)
    assert sum(numbers["Discounted"][:-1]) == pytest.approx(numbers["Discounted"][-1], abs=2)


def test_build_against_buy_ends_at_what_is_saved() -> None:
    case, rows = case_of("made"), texts_of(table_of(data_of("made"), "cash-difference"))
    assert case.decision is not None
    assert rows["Cumulative discounted"][-1] == f"{case.decision.saved_usd.value:,.0f}"
    assert rows["Cost of Vendor API, saved"][0] == "5,556"
    assert rows["Cost of In-house assistant"][0] == "-139,000"
    assert int(rows["Cumulative, 5 %"][-1].replace(",", "")) < int(rows["Cumulative, 95 %"][-1].replace(",", ""))


def test_what_nobody_knows_is_unknown_and_never_nothing() -> None:
    data = data_of("unknown")
    assert data.headline.sentence.startswith("Build or buy cannot be decided")
    assert [figure for _, figure, _ in data.headline.figures] == ["unknown"] * 5
    rows = texts_of(table_of(data, "cash-1"))
    assert rows["Engineering"][0] == rows["All costs"][0] == rows["Cumulative discounted"][-1] == "unknown"
    assert rows["All costs"][1] == "-115,200", "of the years that are known the sums are told"
    assert texts_of(table_of(data, "options"))["In-house assistant"][:3] == ["unknown"] * 3
    assert data.feasible


def test_what_is_not_defined_is_told_with_its_reason() -> None:
    data = data_of("undefined")
    figures = {what: (figure, remark) for what, figure, remark in data.headline.figures}
    assert figures["Payback"][0] == "not within 36 months"
    assert figures["Internal rate of return"] == ("none", "there is no rate")
    notes = next(section for section in data.sections if section.id == "options").points
    assert "build against buy: there is no rate: flows never change sign." in notes
    assert figures["ROI"] == ("not defined", "ROI is not defined: nothing is invested")
    assert texts_of(table_of(data_of("alone"), "options"))["pilot"][3] == "not defined"


def test_a_case_without_uncertainty_has_no_bands_and_says_so() -> None:
    data = data_of("certain")
    assert "Nothing is uncertain, so no figure has a band." in data.basis
    assert "nothing in the case is uncertain" in data.headline.sentence
    assert {section.id for section in data.sections}.isdisjoint(
        {"sensitivity", "scenarios", "hours", "scale", "factors"}
    )
    assert all("90 %" not in cell.note for row in table_of(data, "options").rows for cell in row.cells)
    page = data.executive
    assert page.inputs is not None
    assert "Nothing in the case is uncertain." in page.inputs.note
    assert [column.name for column in page.inputs.columns] == ["Assumption", "Value", "90 % band", "Source"]


def test_one_option_alone_is_a_cost_and_no_decision() -> None:
    data = data_of("alone")
    assert data.headline.sentence == "Pilot costs $480 over 12 months, $456 at present value."
    assert [section.id for section in data.sections] == [
        "options",
        "decision",
        "cash-flow",
        "breakdown",
        "inputs",
        "method",
    ]


def test_money_of_ones_own_currency_stands_beside() -> None:
    data = data_of("made")
    assert data.money.startswith("In EUR the options cost: In-house assistant EUR 469,358, Vendor API EUR 625,280")
    assert "1 EUR = 1.0900 USD on 2026-10-15" in data.money
    assert data_of("certain").money == ""


def test_every_input_is_listed_with_its_band_form_source_and_evidence() -> None:
    table = table_of(data_of("made"), "inputs")
    rows = {row.cells[0].text: row.cells for row in table.rows}
    assert len(rows) == len(case_of("made").inputs)
    assert [cell.text for cell in rows["Engineers who keep it running"][1:]] == [
        "$6,500 a month", "$5,000 to $9,000", "triangular", "HR, salary bands of 2026", "U",
    ]  # fmt: skip
    assert rows["Engineers who keep it running"][3].note == "lowest, likeliest, highest $4,500, $6,500, $9,500"
    assert rows["Predictions a month, today"][4].text == "nobody is named"
    assert [rows["Discount rate"][at].text for at in (1, 2, 3)] == ["10 % a year", "none", "known"]
    assert rows["Cost of a run by its plan"][5].note == "of a plan"


def test_hours_switches_scale_and_scenarios_are_told() -> None:
    data = data_of("made")
    hours = texts_of(table_of(data, "hours"))
    assert [hours[way][1] for way in ("on demand", "reserved 1 year", "own")] == ["–", "above 63 %", "above 55 %"]
    assert texts_of(table_of(data, "declines"))["30 % a year"][1:] == ["owning never pays", "never"]
    assert "0.550 to 0.690" in table_of(data, "scale-1").note
    assert texts_of(table_of(data, "scenarios"))["demand halves"][-2:] == ["Vendor API", "21 %"]
    assert texts_of(table_of(data, "factors"))["Weighted score"] == ["100 %", "7.4", "5.9", "4.0"]


def test_years_and_finer_steps_cover_the_horizon_in_bounded_number() -> None:
    for horizon in (1, 12, 30, 36, 61, 120, 121, 1_200):
        for found in (years(horizon), years(horizon, 5), fine_periods(horizon)[1]):
            assert [found[0].first, found[-1].last] == [0, horizon]
            assert all(a.last + 1 == b.first for a, b in pairwise(found))
        assert len(years(horizon)) <= 11
        assert len(fine_periods(horizon)[1]) <= 101
    assert [period.name for period in years(30)] == ["Now", "Year 1", "Year 2", "Months 25 to 30"]


def test_twenty_options_of_two_hundred_lines_over_a_century_stay_bounded() -> None:
    data = data_of("crowded")
    assert max(len(table.rows) for section in data.sections for table in section.tables) <= 401
    assert sum(table.id.startswith("cash-") for section in data.sections for table in section.tables) == 7
    assert max(len(curve.points) for curve in data.charts.options.curves) <= 122
    assert "14 more options are in plan.json." in data.sections[2].points
    paper = on_paper(data)
    tables = [table for section in paper.sections for table in section.tables]
    assert max(len(table.rows) for table in tables if table.id != "inputs") <= ROWS
    assert max(len(table.rows) for table in tables) == 80
    assert not any(table.screen_only for table in tables)
    assert sum(table.id.startswith("categories") for table in tables) == OPTIONS


def test_losses_are_red_beside_their_sign() -> None:
    cells = [cell for row in table_of(data_of("made"), "cash-1").rows for cell in row.cells[1:]]
    assert {cell.tone for cell in cells if cell.text.startswith("-")} == {"bad"}
    assert {cell.tone for cell in cells if not cell.text.startswith("-")} == {""}


def test_one_title_twice_is_told_apart() -> None:
    case = made_case()
    twice = [one.model_copy(update={"title": "The same"}) for one in case.options]
    names = list(texts_of(table_of(case_data(case.model_copy(update={"options": twice})), "options")))
    assert names == ["The same", "The same (vendor)", "The same (manual)"]


@pytest.mark.parametrize("name", CASES)
def test_the_page_of_finance_has_question_answer_and_flows(name: str) -> None:
    page = data_of(name).executive
    assert page.question.startswith("Asked: ")
    assert page.answer
    assert page.flows is not None
    assert len(page.flows.rows) <= 9
    assert page.flows.rows[-1].cells[0].text == "Cumulative discounted"
    assert page.inputs is not None
    assert len(page.inputs.rows) <= 5


def test_the_page_of_finance_hangs_on_the_same_inputs_as_the_tornado() -> None:
    page = data_of("made").executive
    assert page.inputs is not None
    assert [row.cells[0].text for row in page.inputs.rows][:2] == [
        "Predictions a month, today",
        "Engineers who keep it running",
    ]
    columns = [column.name for column in page.inputs.columns]
    assert columns == ["Assumption", "Value", "90 % band", "If low", "If high", "Share", "Source"]
    assert [cell.text for cell in page.inputs.rows[0].cells][3:6] == ["-$40,000", "$310,000", "52 %"]
    assert page.risks[0].text.startswith("In demand halves (demand 0.5 × today's")
    assert page.steps[-1].text == "Name a source for Predictions a month, today."


def test_a_fuller_page_has_smaller_letters() -> None:
    sizes = [data_of(name).executive.points for name in ("alone", "made", "crowded")]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 8.0 > sizes[2] >= 6.4


def test_the_index_lists_the_case_by_its_answer_and_adds_it_to_no_sum() -> None:
    member = case_member(case_of("made"))
    assert member.what.startswith("Build, do not buy: In-house assistant")
    assert (member.cost.text, member.cost.value, member.monthly) == ("$511,600", None, True)


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("our own model: tickets it leaves to people, each month", "our own model: tickets it leaves to people"),
        ("ours: an engineer, each month", "ours: an engineer, each month"),
        (
            "answers from an API: answers in many languages, for each prediction",
            "answers from an API: answers in many…",
        ),
    ],
)
def test_an_input_is_told_in_few_letters(text: str, short: str) -> None:
    assert input_short(text, 42) == short
