"""A plan of what is served in a list of several: shown by the month, and part of no sum."""

from planner.report.data.collection import Member
from planner.report.serving.member import serving_member
from planner.report.several.collection import collection, member_of
from planner.report.several.sums import total_of, totals_sentence
from tests.report.sample_plan import sample_plan
from tests.report.sample_serving import apis_alone, empty_serving_plan, hostile_serving_plan, serving_plan


def numbers(member: Member) -> list[float | None]:
    return [member.cost.value, member.hours.value, member.carbon.value]


def test_it_is_listed_with_its_units_and_no_number_to_add() -> None:
    member = serving_member(serving_plan())
    assert (member.state, member.decision, member.monthly) == ("planned", "knee", True)
    assert member.cost.text.endswith("/month")
    assert member.hours.text.endswith(" p95")
    assert numbers(member) == [None] * 3
    assert member.quality.value is not None
    assert serving_member(apis_alone()).what.startswith(apis_alone().beside[0].model)


def test_what_has_no_decision_says_why() -> None:
    empty = serving_member(empty_serving_plan())
    assert (empty.state, empty.cost.text) == ("infeasible", "unknown")
    assert empty.reason.startswith("nothing is feasible; ")
    assert "no decision is called greenest" in serving_member(serving_plan(), "greenest").reason


def test_sums_are_of_jobs_alone() -> None:
    job = member_of(sample_plan())
    total = total_of([job, serving_member(serving_plan())])
    assert total.cost_value == job.cost.value
    assert total.unknown == "1 paid by the month"
    assert total.plans == "2"
    assert collection([job, serving_member(serving_plan())]).total.cost_value == job.cost.value


def test_services_alone_have_no_sum_and_are_not_called_unknown() -> None:
    members = [serving_member(serving_plan()), serving_member(apis_alone())]
    assert totals_sentence(members, total_of(members)) == "Every plan is paid by the month, which adds to no sum."


def test_hostile_names_are_shortened_and_plain() -> None:
    member = serving_member(hostile_serving_plan())
    assert max(len(text) for text in (member.name, member.team, member.model, member.scenario, member.what)) <= 80
    assert not any(ord(char) < 32 for char in member.name + member.what)
