"""What stands near the decisions, and what is said where a decision has no point."""

import pytest

from planner.outcome import Alternatives, Plan
from planner.report.data.report_data import ReportData
from planner.report.gather import report_data
from planner.report.printing.pdf import paper_page
from planner.report.printing.template import find_template
from planner.report.sections.markdown import markdown
from planner.report.sections.nearby import near_rows, near_sentence, undefined_texts
from planner.report.sections.text import text
from tests.report.sample_plan import empty_plan, sample_plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


@pytest.fixture(scope="module")
def data(plan: Plan) -> ReportData:
    return report_data(plan)


def test_a_decision_tells_its_rule_its_limits_and_the_next_choice(data: ReportData, plan: Plan) -> None:
    cheapest = next(d.why for d in data.decisions if d.name.startswith("cheapest"))
    assert cheapest.startswith(
        "cheapest: lowest cost; keeps to the limits on cost and time with 93 % probability; against the next choice "
    )
    assert f"91 % likely cheaper than {plan.front[1].model}" in cheapest
    assert "keeps to the limits on cost and time with over 99 % probability" in next(
        d.why for d in data.decisions if "knee" in d.name
    )


def test_in_the_order_in_which_decisions_are_told(plan: Plan) -> None:
    rows = near_rows(plan)
    assert [(row.decision, row.kinds) for row in rows] == [
        ("knee", "other model"), ("cheapest", "other provider and older card"), ("cheapest", "other method"),
    ]  # fmt: skip
    assert [row.on_front for row in rows] == [False, True, False]
    assert rows[0].regret == "6.2 % at most"
    assert rows[1].regret.endswith("(6.2 %)")
    assert [row.sure for row in rows] == ["", "91 %", "97 %"]


def test_the_sentence_says_what_was_looked_at_and_where_there_is_nothing(plan: Plan) -> None:
    told = near_sentence(plan)
    assert told.startswith("Each is the best of its kind among all 12,480 combinations")
    assert "nothing is within 10 % of the fastest and best" in told
    part = plan.alternatives.model_copy(update={"whole": False, "searched": "9 of 12,480 combinations"})
    assert "the best found of its kind among 9 of" in near_sentence(plan.model_copy(update={"alternatives": part}))
    assert near_sentence(plan.model_copy(update={"alternatives": Alternatives()})) == ""


def test_an_undefined_decision_is_told_in_every_report(data: ReportData, plan: Plan) -> None:
    words = "epsilon is undefined: no point of the front has time at most 5 min"
    assert undefined_texts(plan)[0].startswith(words)
    assert words in text(data)
    assert words in markdown(data)
    assert words in paper_page(data, find_template("technical"), {})


def test_a_front_without_a_knee_is_told_in_every_report(plan: Plan) -> None:
    rule = "no knee: fewer than three distinct points or a straight front; the point nearest to the ideal"
    note = plan.decision_notes["knee"].model_copy(update={"undefined": True, "rule": rule})
    none = report_data(plan.model_copy(update={"decision_notes": plan.decision_notes | {"knee": note}}))
    words = "The front has no knee, strictly: fewer than three distinct points or a straight front"
    assert words in " ".join(none.headline.details)
    assert words in text(none).replace("\n", " ")
    assert words in markdown(none)
    assert words in paper_page(none, find_template("technical"), {})
    assert words not in " ".join(report_data(plan).headline.details)


def test_one_table_of_them_in_reports_and_those_of_the_first_decision_on_a_terminal(data: ReportData) -> None:
    assert "## Nearly as good, of another kind" in markdown(data)
    assert markdown(data).count("| cheapest | ") == 2
    assert paper_page(data, find_template("technical"), {}).count('class="near cards"') == 1
    assert "Nearly as good as the knee, of another kind:\n- other model: " in text(data)
    assert "other method" not in text(data)


def test_nothing_of_it_where_nothing_is_feasible() -> None:
    data = report_data(empty_plan())
    assert not data.near
    assert not data.undefined
    page = paper_page(data, find_template("technical"), {})
    assert "Nearly as good" not in text(data) + markdown(data) + page
    assert 'id="certainty"' not in page


def test_of_decisions_that_are_one_configuration_the_limits_are_told_once(plan: Plan) -> None:
    cheapest = plan.decisions["cheapest"]
    same = plan.model_copy(update={"decisions": {"cheapest": cheapest, "knee": cheapest}})
    (one,) = report_data(same).decisions
    assert one.name == "knee and cheapest"
    assert one.why.count("keeps to the limits") == 1
