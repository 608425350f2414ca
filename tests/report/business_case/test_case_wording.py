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
    [told, *_] = case_data(made_case(options=[ours, *others, better], baseline=case.decision.buy)).headline.details
    assert told.startswith("Neither of the two is the best one: ")
    assert "is worth $47,000 more than In-house assistant at present value" in told


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
