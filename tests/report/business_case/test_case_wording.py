"""Words beside figures: how often an amount is paid, who says it, where lines end, which side is worth more."""

import pytest

from planner.outcome.business_case import Case, CashLine
from planner.report.business_case.page import case_data
from planner.report.business_case.text import case_text
from planner.report.business_case.words import irr_text
from tests.report.business_case.made_case import made_case
from tests.report.business_case.made_data import case_of, data_of, table_of


def lined(**changes: object) -> list[str]:
    """(amount, when) of a case whose first option has this one line."""
    case = case_of("made")
    first = case.options[0]
    one: CashLine = first.lines[0].model_copy(update={"driver": "", "amount_usd": 12_000.0, **changes})
    changed = made_case(options=[first.model_copy(update={"lines": [one]}), *case.options[1:]])
    [row] = table_of(case_data(changed), "lines-1").rows
    return [row.cells[1].text, row.cells[2].text]


@pytest.mark.parametrize(
    ("first", "last", "every", "told"),
    [
        (0, 0, 60, ["$12,000", "now"]),
        (0, 36, 48, ["$12,000", "now"]),
        (0, 96, 48, ["$12,000 each time", "now and every 48 months"]),
        (6, 36, 12, ["$12,000 each time", "month 6 and every 12 months"]),
        (1, 36, 1, ["$12,000 a month", "months 1 to 36"]),
        (0, 0, 0, ["$12,000", "now"]),
        (7, 7, 0, ["$12,000", "month 7"]),
    ],
)
def test_a_line_says_how_often_it_is_paid(first: int, last: int, every: int, told: list[str]) -> None:
    assert lined(first=first, last=last, every=every) == told


def test_a_default_is_the_planners_whoever_is_named_for_its_block() -> None:
    case = case_of("made")
    told = case.inputs[0].model_copy(update={"key": "pue", "text": "A default", "tag": "E", "source": "the reseller"})
    rows = {row.cells[0].text: row.cells for row in table_of(case_data(made_case(inputs=[told])), "inputs").rows}
    assert rows["A default"][4].text == "a default of the planner"


def ends(case: Case) -> str:
    return next(one.sentence for section in case_data(case).sections for one in section.figures
                if one.chart == "case-options")  # fmt: skip


def test_the_chart_of_costs_ends_where_its_sentence_says() -> None:
    made = case_of("made")
    plain = [one.model_copy(update={"income_by_month_usd": [0.0] * (made.months + 1)}) for one in made.options]
    assert ends(made_case(options=plain)).startswith("Over the horizon ")
    data = case_data(made)
    for curve in data.charts.options.curves:
        cost = next(one for one in made.options if curve.name in (one.title, one.name))
        assert cost.cost_usd.value is not None
        assert curve.points[-1][1] == pytest.approx(cost.cost_usd.value - sum(v or 0 for v in cost.income_by_month_usd))
    earning = [one.model_copy(update={"income_by_month_usd": [0.0] + [50_000.0] * made.months}) for one in made.options]
    low = min(one.cost_usd.value or 0.0 for one in made.options) - 50_000.0 * made.months
    assert "own income taken off" in ends(made_case(options=earning))
    assert f"-${-low:,.0f}" in ends(made_case(options=earning))


def test_money_of_ones_own_currency_says_which_side_is_worth_more() -> None:
    case = case_of("made")
    assert case.decision is not None
    assert case.decision.saved_usd.value is not None
    assert "; building is worth EUR" in case_data(case).money
    less = case.decision.saved_usd.model_copy(update={"value": -10_900.0})
    turned = made_case(decision=case.decision.model_copy(update={"saved_usd": less}))
    assert "; buying is worth EUR 10,000 more at present value (" in case_data(turned).money


def test_a_terminal_says_what_each_table_is_of() -> None:
    told = case_text(data_of("made"), 120)
    assert "What the options cost over 36 months" in told
    assert "What they return, against" in told
    assert "NPV by itself" in told


def test_an_option_beside_the_two_that_is_worth_more_is_told_at_the_top() -> None:
    case = case_of("made")
    assert case.decision is not None
    assert not any(text.startswith("Neither of the two") for text in case_data(case).headline.details)
    chosen = next(one for one in case.options if one.name == case.decision.choice)
    third = next(one for one in case.options if one.name not in (case.decision.build, case.decision.buy))
    assert chosen.returns is not None
    assert chosen.returns.npv_usd.value is not None
    more = chosen.returns.model_copy(update={
        "against": case.decision.buy,
        "npv_usd": chosen.returns.npv_usd.model_copy(update={"value": chosen.returns.npv_usd.value + 47_000.0}),
    })  # fmt: skip
    ours = chosen.model_copy(update={"returns": chosen.returns.model_copy(update={"against": case.decision.buy})})
    better = third.model_copy(update={"returns": more})
    others = [one for one in case.options if one.name not in (chosen.name, third.name)]
    data = case_data(made_case(options=[ours, *others, better], baseline=case.decision.buy))
    [told, *_] = data.headline.details
    assert told.startswith("Neither of the two is the best one: ")
    assert "is worth $47,000 more than In-house assistant at present value" in told
    page = data.executive
    assert page.answer.endswith("Manual, as today is worth $47,000 more than In-house assistant at present value.")
    steps = [step.text for step in page.steps]
    assert "Hold Manual, as today against In-house assistant before you commit: it is worth $47,000 more." in steps
    assert not any(step.startswith("Take ") for step in steps)
    assert any(step.text.startswith("Take In-house assistant ") for step in case_data(case).executive.steps)


@pytest.mark.parametrize(
    ("rate", "rates", "note", "told"),
    [
        (0.2, [], "", "effective, by the year"),
        (0.2, [], "the flows change sign 3 times, and one rate alone makes them worth 0; decide by the worth now",
         "signs change often, one rate fits"),
        (None, [0.1, 0.3], "the flows change sign 2 times, and 2 rates make them worth 0; decide by the net present",
         "2 rates fit: decide by net present value"),
        (None, [], "there are only receipts: nothing is laid out that could earn a rate", "there are only receipts"),
    ],
)  # fmt: skip
def test_a_rate_of_return_is_remarked_on_in_few_words(
    rate: float | None, rates: list[float], note: str, told: str
) -> None:
    case = case_of("made")
    assert case.decision is not None
    returns = case.decision.returns.model_copy(
        update={"irr_per_year": rate, "irr_rates_per_year": rates, "irr_note": note}
    )
    data = case_data(made_case(decision=case.decision.model_copy(update={"returns": returns})))
    assert {what: remark for what, _, remark in data.headline.figures}["Internal rate of return"] == told
    [shown] = [one.remark for one in data.executive.figures if one.what == "Internal rate of return"]
    assert shown == told
    points = next(section for section in data.sections if section.id == "options").points
    assert (f"build against buy: {note}." in points) == bool(note)


def test_what_is_paid_stands_below_costs_at_full_features() -> None:
    case, data = case_of("made"), data_of("made")
    vendor = next(one for one in case.options if one.parity.value == 0.9)
    at = [table_of(data, f"cash-{number}").option for number in (1, 2, 3)].index(vendor.name) + 1
    table = table_of(data, f"cash-{at}")
    rows = {row.cells[0].text: [int(cell.text.replace(",", "")) for cell in row.cells[1:]]
            for row in table.rows if row.kind != "head"}  # fmt: skip
    assert rows["All costs as paid"] == pytest.approx([0.9 * usd for usd in rows["All costs at full features"]], abs=1)
    assert vendor.cost_as_is_usd.value is not None
    assert rows["All costs as paid"][-1] == -round(vendor.cost_as_is_usd.value)
    assert "It has 90 % of the features" in table.note
    whole = table_of(data, "cash-1")
    assert "All costs" in {row.cells[0].text for row in whole.rows}
    assert not whole.note


def test_a_rate_at_which_next_to_nothing_comes_back_is_no_whole_loss() -> None:
    case = case_of("made")
    assert case.decision is not None
    told = [irr_text(case.decision.returns.model_copy(update={"irr_per_year": rate}))
            for rate in (-0.9996, -0.99, -1.0, 0.1)]  # fmt: skip
    assert told == ["under -99 % a year", "-99 % a year", "-100 % a year", "10 % a year"]


def test_a_wide_terminal_has_whole_names() -> None:
    case = case_of("made")
    assert case.tornado is not None
    first, *rest = case.tornado.swings
    long = "an option of ours: work until the first release, each month"
    tornado = case.tornado.model_copy(update={"swings": [first.model_copy(update={"text": long}), *rest]})
    data = case_data(made_case(tornado=tornado))
    lines = case_text(data, 140).splitlines()
    assert any(line.startswith(f"{long}  ") for line in lines)
    assert not any(line.startswith(long) for line in case_text(data, 90).splitlines())
