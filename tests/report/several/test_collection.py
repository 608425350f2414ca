"""Several plans as data: a line for each, sums, what is unknown, and what paper shows."""

from dataclasses import replace

import pytest

from planner.report.data.collection import Collection
from planner.report.data_json import data_json
from planner.report.several.collection import absent, chosen_of, collection, member_of
from planner.report.several.paper import RULE, on_paper
from tests.report.sample_plan import empty_plan

from .sample_collection import collected, hostile, own, plans, scaled


@pytest.fixture(scope="module")
def three() -> Collection:
    return collected(plans())


def test_a_plan_shows_the_decision_that_is_asked_for() -> None:
    plan = own()
    name, chosen = chosen_of(plan, None)
    assert (name, chosen) == ("knee", plan.configuration(plan.decisions["knee"]))
    cheapest = member_of(plan, "cheapest")
    least = plan.configuration(plan.decisions["cheapest"])
    assert least is not None
    assert cheapest.cost.value == least.cost_usd
    other = member_of(plan, "greenest")
    assert other.state == "infeasible"
    assert other.reason.startswith("no decision is called greenest; there is knee")
    assert other.cost.text == "unknown"


def test_sums_leave_out_what_is_unknown_and_say_so(three: Collection) -> None:
    first, second, third = three.members
    assert first.cost.value is not None
    assert second.cost.value is not None
    assert three.total.cost_value == pytest.approx(first.cost.value + second.cost.value)
    assert (three.total.plans, three.total.unknown) == ("3", "1 without a known cost")
    assert [row.name for row in three.teams] == ["vision", "ml-platform"]
    assert sum(row.cost_value for row in three.cost_centres) == pytest.approx(three.total.cost_value)
    assert third.reason.startswith("nothing is feasible; raise constraints.max_cost from $1.00 to $1.85")
    assert three.headline.sentence.startswith("2 of 3 plans have a feasible answer; together they cost about $")


def test_of_nothing_there_is_nothing() -> None:
    none = collection([])
    assert (none.headline.sentence, none.feasible, none.total.cost, none.teams) == (
        "There is no plan.",
        False,
        "unknown",
        (),
    )
    failed = collection([absent("", "s/a.yaml", "s/a.yaml:1:1: missing key 'kind'")])
    assert failed.headline.details == ("1 scenario could not be planned.",)
    assert (failed.total.plans, failed.title.name) == ("0", "unnamed")
    alone = collected([empty_plan()])
    assert alone.headline.sentence == "The plan has no feasible answer."
    assert alone.compared.verdicts == ()


def test_plans_of_one_name_and_of_several_catalogs_are_told() -> None:
    old = own().model_copy(update={"catalog": own().catalog.model_copy(update={"as_of": "2026-01-02"})})
    told = collected([own(), old, own()]).warnings
    assert told[0] == "The same plan is given more than once, and counts each time: support-bot 2 times."
    assert told[1] == "Different plans have one name, and each counts: support-bot (2)."
    assert "2026-01-02 to 2026-11-22" in told[2]


def test_labels_that_all_have_are_told() -> None:
    plan = own()
    one, two = (
        plan.model_copy(update={"metadata": plan.metadata.model_copy(update={"labels": labels})})
        for labels in ({"a": "1", "b": "2"}, {"a": "1", "b": "3"})
    )
    assert collected([one, two]).labels == (("a", "1"),)


def test_paper_has_the_dearest_and_says_so(three: Collection) -> None:
    assert on_paper(three) is three
    member = three.members[0]
    many = collection([
        replace(member, cost=replace(member.cost, value=float(number)), team=f"t{number}") for number in range(100)
    ])  # fmt: skip
    paper = on_paper(many)
    assert [one.cost.value for one in paper.members] == [float(number) for number in range(40, 100)]
    assert len(paper.teams) == 60
    assert paper.teams[0].name == "t99"
    assert paper.sentences.paper == RULE
    assert many.sentences.paper == ""


def test_thousands_are_not_held_against_each_other(three: Collection) -> None:
    many = collection([three.members[0]] * 3000)
    assert many.compared.verdicts == ()
    assert many.sentences.decisions == ""
    assert [one.id for one in many.members[:2]] == ["plan-1", "plan-2"]


def test_the_same_plans_give_the_same_bytes() -> None:
    assert data_json(collected(plans())) == data_json(collected(plans()))


def test_hostile_names_are_cut_and_cleaned() -> None:
    data = collected([*hostile(), scaled(own(), "x" * 500)])
    assert "\u202e" not in data_json(data).decode()
    assert max(len(one.name) for one in data.members) <= 80


def test_time_and_cost_that_are_unknown_are_no_part_of_a_whole() -> None:
    untimed = replace(member_of(plans()[1]), hours=absent("", "", "").hours)
    data = collection([member_of(plans()[0]), untimed])
    hours = member_of(plans()[0]).hours.text
    assert data.total.hours == f"at least {hours}"
    assert data.sentences.totals.endswith(f"One after another they would run for at least {hours}.")
    assert collection([untimed]).sentences.totals.endswith("together.")
    unpriced = replace(member_of(plans()[1]), cost=absent("", "", "").cost)
    told = collection([member_of(plans()[0]), unpriced]).headline.sentence
    assert told.endswith(f"together they cost about {member_of(plans()[0]).cost.text}, 1 of unknown cost left out.")


def test_a_sum_with_a_lower_bound_in_it_is_one() -> None:
    first, *others = collected(plans()).members
    bound = replace(first, cost_at_least=True, cost=replace(first.cost, text=f"at least {first.cost.text}"))
    data = collection([bound, *others])
    assert data.total.cost == f"at least {collected(plans()).total.cost}"
    assert f"together they cost {data.total.cost}" in data.headline.sentence
    teams = {team.name: team.cost.startswith("at least ") for team in data.teams}
    assert teams[first.team]
    assert not all(teams.values())
