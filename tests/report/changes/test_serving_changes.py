"""What is served in comments, on a terminal and on a page: by the month, beside jobs and never added to them."""

import math

import pytest

from planner.gate.plan_files import plan_difference, plans_alone
from planner.gate.totals import totals
from planner.outcome import Check, Delta, Difference, Judgement, Revision
from planner.outcome.serving_plan import ServingPlan
from planner.report.changes.check_page import check_page
from planner.report.changes.comment import comment_body, difference_markdown
from planner.report.changes.difference_figures import by_month, change_text, way_text
from planner.report.changes.difference_text import difference_text
from tests.report.sample_plan import sample_plan
from tests.report.sample_serving import apis_alone, hostile_serving_plan, serving_plan

COST, LATENCY = "cost_usd_per_month", "latency_s"


def dearer(factor: float) -> ServingPlan:
    plan = serving_plan()
    front = [
        c.model_copy(update={name: by * (getattr(c, name) or math.nan) for name, by in ((COST, factor), (LATENCY, 2))})
        for c in plan.front
    ]
    return plan.model_copy(update={"front": front})


def moved() -> Difference:
    return plan_difference(("old.json", serving_plan()), ("new.json", dearer(1.5)), "knee")


def together() -> Difference:
    """A job and a service, both of them changed."""
    job = plan_difference(("a", sample_plan()), ("b", sample_plan()), "knee").scenarios
    scenarios = [*job, *moved().scenarios]
    return moved().model_copy(update={"scenarios": scenarios, "totals": totals(scenarios, compared=True)})


def alone() -> Difference:
    scenarios = plans_alone([("a", serving_plan()), ("b", apis_alone()), ("c", sample_plan())], "knee")
    return Difference(
        base=Revision(name=""), head=Revision(name="plans"), planner="0", scenarios=scenarios,
        totals=totals(scenarios, compared=False),
    )  # fmt: skip


def test_the_change_of_a_month_is_told_with_its_unit() -> None:
    text = difference_text(moved(), 120)
    assert text.startswith("1 scenario changed: $")
    assert "a month (+$" in text.splitlines()[0]
    assert "/month, +50 %" in text
    for name in ("cost per month", "p95 latency", "quality q", "CO2e per month"):
        assert name in text
    assert "\n  time" not in text


def test_jobs_and_services_are_summed_apart() -> None:
    lines = difference_text(together(), 160).splitlines()
    assert lines[0].startswith("2 scenarios changed: jobs $")
    assert "; served $" in lines[0]
    assert "a month" in lines[0].partition("; served ")[2]
    first = difference_text(alone(), 160).splitlines()[0]
    assert "jobs $" in first
    assert "a month" in first


def test_the_comment_has_a_row_a_split_and_a_picture() -> None:
    text = difference_markdown(moved())
    assert "/month<br>+50 %" in text
    assert "|  | cost per month | p95 latency |" in text
    assert "cost per month\n○ before" in text
    assert "Where the change comes from:" in text


def test_the_page_has_them_too_and_nothing_hostile_gets_in() -> None:
    judgement = Judgement(result="pass", verdicts=[])
    page = check_page(Check(difference=moved(), judgement=judgement))
    assert "Cost per month and p95 latency of the front" in page
    hostile = plan_difference(("a", serving_plan()), ("b", hostile_serving_plan()), "knee")
    marked_up = [make(Check(difference=hostile, judgement=judgement)) for make in (check_page, comment_body)]
    assert not any("<script>alert" in text for text in marked_up)
    assert not any("\x1b" in text for text in (*marked_up, difference_text(hostile, 80)))


def test_an_api_has_no_machine_in_the_table_of_sides() -> None:
    found = plan_difference(("a", serving_plan()), ("b", apis_alone()), "knee")
    text = difference_markdown(found)
    assert "API of " in text
    assert "| p95 latency |" in text
    assert "unknown" in text


@pytest.mark.parametrize(
    ("before", "after", "way", "change"),
    [
        (0.250, 0.300, "250 ms → 300 ms (+50 ms, +20 %)", "+50 ms, +20 %"),
        (1.25, 12.5, "1.25 s → 12.5 s (+11.2 s, +900 %)", "+11.2 s, +900 %"),
        (0.0051, 0.0047, "5.1 ms → 4.7 ms (-0.4 ms, -8 %)", "-0.4 ms, -8 %"),
        (60.0, 60.0, "60.0 s, as before", "same"),
    ],
)
def test_a_change_of_latency_fits_the_two_sides(before: float, after: float, way: str, change: str) -> None:
    total = after - before
    delta = Delta(before=before, after=after, planner=None, prices=0.0, scenario=total, total=total)
    assert way_text("latency_s", delta) == way
    assert change_text("latency_s", delta) == change


def test_words_that_are_no_amount_have_no_unit() -> None:
    assert by_month("cost_usd_per_month", "unknown") == "unknown"
    assert by_month("cost_usd_per_month", "+$48, +29 %") == "+$48/month, +29 %"
    assert by_month("cost_usd", "+$48, +29 %") == "+$48, +29 %"
