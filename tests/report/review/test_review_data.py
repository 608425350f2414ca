"""What a report of a review says: amounts that add up, the unknown as unknown, what is left out and why."""

import json
import math
import re
from typing import get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InputError
from planner.outcome.review import Review
from planner.outcome.review.advice import SpendAdvice
from planner.outcome.review.sources import Health
from planner.report.data.review import SECTIONS, ReviewData
from planner.report.data.review_parts import ReviewSection, Table
from planner.report.data_json import data_json, data_schemas
from planner.report.review.advice import apart
from planner.report.review.cents import in_cents
from planner.report.review.facts import who_changes
from planner.report.review.forecast import model_words
from planner.report.review.health import health_sentence
from planner.report.review.page import review_data
from planner.report.review.paper import FOLDED, ROWS, on_paper
from planner.report.review.words import alike, band_text, change_text, count, days_text, per_unit, share
from planner.scenario.spend_review import Section
from tests.report.review.made_data import REVIEWS, data_of, review_of

AMOUNT = re.compile(r"-?\$[\d,]+(?:\.\d\d)?")


@pytest.fixture(scope="module")
def review() -> Review:
    return review_of("made")


@pytest.fixture(scope="module")
def data() -> ReviewData:
    return data_of("made")


def part(data: ReviewData, name: str) -> ReviewSection:
    return next(one for one in data.sections if one.id == name)


def table(data: ReviewData, section: str, name: str) -> Table:
    return next(one for one in part(data, section).tables if one.id == name)


def texts(found: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in found.rows]


def usd(text: str) -> float:
    return float(text.replace("$", "").replace(",", ""))


def test_sections_are_those_that_a_scenario_may_name() -> None:
    assert sorted(get_args(Section)) == sorted(SECTIONS)


def test_all_that_has_something_to_say_is_told_in_order(data: ReviewData) -> None:
    assert tuple(one.id for one in data.sections) == SECTIONS
    assert data.left_out == ()
    assert all(one.lead for one in data.sections)


def test_what_has_nothing_to_say_is_left_out_unless_it_is_asked_for() -> None:
    data = data_of("first")
    assert [one.id for one in data.sections] == ["summary", "attribution", "agenda", "health"]
    assert set(data.left_out) == set(SECTIONS) - {"summary", "attribution", "health", "agenda"}
    asked = review_data(review_of("first"), ["budget", "plans"])
    assert [one.lead for one in asked.sections] == [
        "The scenario names no budget.", "The scenario names no plans, or no runs.",
    ]  # fmt: skip


def test_the_scenario_names_sections_and_the_caller_overrules_it(review: Review) -> None:
    named = review.model_copy(update={"sections": ["forecast", "budget"]})
    assert [one.id for one in review_data(named).sections] == ["budget", "forecast"]
    assert [one.id for one in review_data(named, ["prices"]).sections] == ["prices"]
    with pytest.raises(InputError, match=r"unknown section 'budgets', 'trend'; there is summary, .*agenda, .*health"):
        review_data(review, ["budgets", "summary", "trend"])


def test_every_row_has_a_value_for_each_column() -> None:
    for name in REVIEWS:
        for section in review_data(review_of(name), SECTIONS).sections:
            for found in section.tables:
                assert all(len(row) == len(found.columns) for row in found.rows), found.id
                assert not found.total or len(found.total) == len(found.columns)
                assert all(cell.text for row in found.rows for cell in row if cell.text != ""), found.id


@pytest.mark.parametrize("place", [1, 2, 3, 4, 5])
def test_a_statement_adds_up_to_the_cent(data: ReviewData, place: int) -> None:
    found = table(data, "attribution", f"statement-{place}")
    for column in (2, 3):
        parts = [usd(row[column].text) for row in found.rows]
        assert round(math.fsum(parts), 2) == usd(found.total[column].text)
    by_rule = [usd(amount) for amount in AMOUNT.findall(found.note)]
    assert round(math.fsum(by_rule), 2) == usd(found.total[2].text)


def test_attributed_and_unattributed_make_what_was_billed(data: ReviewData) -> None:
    attributed, unattributed, billed = map(usd, AMOUNT.findall(part(data, "attribution").lead))
    assert round(attributed + unattributed, 2) == billed
    assert unattributed > 0


@given(st.lists(st.floats(-1e6, 1e6), max_size=30))
def test_cents_make_the_total_and_none_is_off_by_more_than_one(values: list[float]) -> None:
    total = math.fsum(values)
    found = in_cents(values, total)
    assert abs(math.fsum(found) - round(total, 2)) < 0.005
    assert all(abs(cent - value) <= 0.0101 for cent, value in zip(found, values, strict=True))


def test_thirds_of_ten_dollars() -> None:
    assert in_cents([10 / 3] * 3, 10.0) == [3.34, 3.33, 3.33]
    # What does not make the total is not bent to it.
    assert in_cents([1.0, 2.0], 10.0) == [1.0, 2.0]


def test_what_nobody_knows_is_unknown_and_never_nothing(data: ReviewData) -> None:
    assert texts(table(data, "budget", "budgets"))[-1][5:8] == ["unknown"] * 3
    users = texts(table(data, "kpis", "unit-costs"))[3]
    assert (users[1], users[2], users[3], users[5]) == ("unknown",) * 4
    cards = texts(table(data, "prices", "cards"))[1]
    assert cards[4:] == ["unknown"] * 5
    assert texts(table(data, "summary", "months"))[-1][4] == "unknown"
    assert texts(table(data, "plans", "matched"))[-1][1:4] == ["unknown", "$300", "unknown"]
    assert share(None) == count(None) == per_unit(None) == change_text(1.0, None) == "unknown"


def test_a_month_that_is_not_over_says_so_and_compares_as_many_days() -> None:
    data = data_of("partial")
    assert data.headline.sentence.startswith("October 2026 so far cost ")
    assert "on as many days of September 2026" in data.headline.sentence
    assert "It is forecast to end at" in data.headline.sentence
    newest = table(data, "summary", "months").rows[0]
    assert newest[0].note == "not over, or not wholly billed"
    assert newest[2].text == "–"
    assert data.charts.months.months[-1].counted == "21 days"
    assert any("counts as many days" in one.text for one in data.executive.risks) or len(data.executive.risks) == 4


def test_the_first_month_is_held_against_nothing() -> None:
    data = data_of("first")
    assert data.headline.figures[0][2] == "nothing before it"
    assert "unknown" in [cell.text for cell in table(data, "attribution", "by-team").total]
    assert data.charts.steps == ()
    assert data.charts.daily.ahead == ()


def test_a_review_without_charges_is_told_as_such() -> None:
    data = data_of("empty")
    assert not data.feasible
    assert data.headline.sentence == "No charge counts in October 2026."
    assert data.executive.teams is None
    assert [meeting.topics for meeting in data.agenda.meetings] == [()] * 3


def test_savings_that_touch_the_same_money_are_not_added_up(review: Review, data: ReviewData) -> None:
    assert [one.kind for one in apart(review.advice)] == ["reserve", "early_stop"]
    told = "3 changes were found. The 2 that touch no money twice would together have saved $6,753 a month. "
    assert part(data, "recommendations").lead.startswith(told)
    first, second, third = review.advice

    def lead(*advice: SpendAdvice) -> str:
        return part(review_data(review.model_copy(update={"advice": list(advice)})), "recommendations").lead

    assert "2 changes were found. Together they would have saved $6,753 a month." in lead(first, second)
    assert "One change was found. It would have saved $660 a month." in lead(third)
    assert "They touch the same money: the largest would have saved $5,233 a month." in lead(first, third)


def test_decisions_come_by_money_and_say_who_answers(data: ReviewData) -> None:
    found = data.agenda.decisions
    assert found is not None
    stakes = [abs(usd(re.sub(r"[^\d.]", "", row[1].text))) for row in found.rows]
    assert stakes == sorted(stakes, reverse=True)
    who = {row[0].text.partition(":")[0]: row[2].text for row in found.rows}
    assert who["Budget research-month is over"] == "research"
    assert who["Budget all is heading over its amount"] == "Mara Lind"
    assert who["Cache answers to repeated prompts of support-bot"] == "product"


def test_each_meeting_talks_about_its_own(data: ReviewData) -> None:
    topics = {meeting.id: [topic.topic for topic in meeting.topics] for meeting in data.agenda.meetings}
    assert topics["weekly"] == [
        "Anomalies",
        "Budgets that are over, or will be",
        "Failed runs",
        "Health of the sources",
    ]
    assert "Statements of the teams" in topics["monthly"]
    assert topics["quarterly"][0] == "Where spend goes"
    assert all(topic.facts and topic.decision.endswith("?") and topic.who
               for meeting in data.agenda.meetings for topic in meeting.topics)  # fmt: skip


def test_the_page_for_a_director_is_short(data: ReviewData) -> None:
    page = data.executive
    assert [fact.what for fact in page.facts] == ["What moved", "Budgets", "Unit costs"]
    assert page.odd[0].what == "Spike"
    assert page.odd[0].text.endswith("from run rsch-0412. That is $5,600 more than usual; research answers.")
    assert page.odd[1].text.endswith("That is $3,920 more than usual, and it goes on; growth answers.")
    assert "Goes on" not in [risk.what for risk in page.risks], "what is told already is no risk again"
    assert page.changes[0].what == "$5,233 a month"
    assert len(page.risks) <= 4


def test_anomalies_have_the_numbers_of_the_chart(data: ReviewData) -> None:
    rows = {row[0].text: row[7].text for row in table(data, "anomalies", "anomalies").rows}
    for mark in data.charts.daily.marks:
        assert rows[mark.number].casefold() == f"{mark.text}.".casefold()
    assert [mark.first_day for mark in data.charts.daily.marks] == ["2026-10-13", "2026-09-18", "2026-07-04"]


def test_paper_tells_what_it_leaves_out(review: Review) -> None:
    many = [review.statements[0].model_copy(update={"value": f"team-{n}"}) for n in range(FOLDED + 4)]
    values = [review.anomalies[0].model_copy(update={"score": float(n)}) for n in range(ROWS + 1)]
    data = on_paper(review_data(review.model_copy(update={"statements": many, "anomalies": values})))
    assert sum(found.folded for found in part(data, "attribution").tables) == FOLDED
    assert f"On paper {FOLDED} of {FOLDED + 4} statements are printed." in part(data, "attribution").points
    shown = table(data, "anomalies", "anomalies")
    assert len(shown.rows) == ROWS
    assert shown.note.endswith(f"On paper {ROWS} of {ROWS + 1} rows are printed.")


def test_json_is_what_its_schema_says(data: ReviewData) -> None:
    jsonschema.validate(json.loads(data_json(data)), data_schemas()["review-report"])
    jsonschema.validate(json.loads(data_json(data_of("empty"))), data_schemas()["review-report"])


@pytest.mark.parametrize(("now", "before", "told"), [
    (118.0, 100.0, "+18 %"), (82.0, 100.0, "-18 %"), (100.1, 100.0, "0 %"), (5.0, 0.0, "new"), (0.0, 0.0, "none"),
    (1200.0, 100.0, "× 12"), (50.0, -100.0, "+150 %"),
])  # fmt: skip
def test_changes(now: float, before: float, told: str) -> None:
    assert change_text(now, before) == told


@pytest.mark.parametrize(("first", "last", "told"), [
    ("2026-10-14", "2026-10-14", "14 October 2026"), ("2026-10-13", "2026-10-15", "13 to 15 October 2026"),
    ("2026-09-18", "2026-10-31", "18 September to 31 October 2026"),
    ("2025-12-30", "2026-01-02", "30 December 2025 to 2 January 2026"), ("soon", "soon", "soon"), ("", "", "unknown"),
])  # fmt: skip
def test_days(first: str, last: str, told: str) -> None:
    assert days_text(first, last) == told


def test_a_band_without_width_is_not_told() -> None:
    assert band_text(100.2, 100.4) == ""
    assert band_text(1.0, None) == ""
    assert band_text(100.0, 200.0) == "$100 to $200"


def test_two_changes_touch_the_same_money_where_each_names_the_other(review: Review) -> None:
    spot, stop, cache = review.advice
    other = cache.model_copy(update={"about": "copilot", "overlaps": []})
    named = spot.model_copy(update={"overlaps": ["cache"]})
    assert apart([named, stop, other]) == [named, stop, other], "the cache of another touches nothing"
    assert apart([stop, stop.model_copy(update={"per_month_usd": 1.0})]) == [stop], "the same thing twice"


def test_a_change_that_takes_longer_saves_less_than_no_time(review: Review) -> None:
    slower = review.model_copy(update={"advice": [review.advice[0].model_copy(update={"hours_saved": -26.7})]})
    assert texts(table(review_data(slower), "recommendations", "advice"))[0][3] == "26.7 h longer"


def test_a_dimension_that_no_charge_tells_is_a_sentence(review: Review) -> None:
    nothing = [v for v in review.attributed[1].values if not v.value]
    untold = review.attributed[1].model_copy(update={"dimension": "feature", "values": nothing})
    data = review_data(review.model_copy(update={"attributed": [review.attributed[0], untold]}))
    assert "No charge tells its feature." in part(data, "attribution").points
    assert not any(found.id == "by-feature" for found in part(data, "attribution").tables)


@pytest.mark.parametrize(("values", "told"), [
    ((0.000904, 0.0015, None), ["$0.000904", "$0.001500", "unknown"]),
    ((0.001, 0.05), ["$0.00100", "$0.05000"]),
    ((108.4, 87.77, 120.0), ["$108.40", "$87.77", "$120.00"]),
    ((1250.0, -120.4), ["$1,250", "-$120"]),
    ((0.0, None), ["$0.00", "unknown"]),
])  # fmt: skip
def test_what_is_held_against_each_other_has_as_many_decimals(
    values: tuple[float | None, ...], told: list[str]
) -> None:
    assert alike(*values) == told


@pytest.mark.parametrize(("name", "words"), [
    ("ETS(A,Ad,A)", "exponential smoothing with a damped trend and a weekly pattern"),
    ("ETS(A,N,A)", "exponential smoothing with a weekly pattern"),
    ("ETS(M,A,N)", "exponential smoothing with a trend"),
    ("ETS(A,N,N)", "exponential smoothing"),
    ("mean of four weeks", "mean of four weeks"),
])  # fmt: skip
def test_a_model_of_forecasts_is_told_in_words(name: str, words: str) -> None:
    assert model_words(name) == words


def test_a_warning_on_a_source_says_what_it_is(review: Review) -> None:
    def told(*health: Health) -> str:
        return health_sentence(review.model_copy(update={"read": review.read.model_copy(update={
            "health": list(health)})}))  # fmt: skip

    few = Health(status="warning", source="openai", message="2 of 20,702 rows were refused")
    gone = Health(status="broken", source="aws", message="no row counts: it has 0 rows")
    assert "; openai: 2 of 20,702 rows were refused. " in told(few)
    assert "; aws is broken (no row counts: it has 0 rows); openai:" in told(few, gone)
    assert "; 2 warnings on openai. " in told(few, few)
    assert " rows, all sound. " in told()


def test_a_deployment_is_changed_by_the_team_of_its_model(review: Review) -> None:
    one = review.operations.deployments[0]
    assert who_changes(review, one.deployment) == one.team
    assert who_changes(review, "h100-sxm at aws") == "Mara Lind"
