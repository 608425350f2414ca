"""What a plan says about each decision: its sentence, the next choices, and how sure all that is."""

from typing import Any, get_args

import click
import pytest

from planner.cli.check import command as check
from planner.cli.diff import command as diff
from planner.decision_names import CHEAPEST_API, DECISIONS, DecisionName
from planner.kinds.decision_notes import RIVALS, preferences
from planner.outcome import Plan
from planner.outcome.difference_words import choice_key, choice_text
from planner.outcome.limit_words import BOUNDED, limits_text
from planner.planning import plan_ready, read_scenario
from planner.policy.documents import Policy
from planner.report.sections.rows import roles_of
from planner.scenario.decide import Decide
from planner.units import chance_text
from tests.estimate.test_together import SCENARIO

DECIDE = {
    "topsis": {"cost": 2, "time": 1, "quality": 2},
    "lexicographic": [{"quality": 0.02}, {"cost": "5 %"}, "time"],
    "epsilon": {"minimise": "cost", "within": {"time": "2 h", "quality": 0.5}},
}


def plan(**changes: Any) -> Plan:
    dataset = {"samples": 20_000, "tokens_per_sample": 420}
    return plan_ready(read_scenario({**SCENARIO, "dataset": dataset, **changes}), brief=True)


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan(decide=DECIDE)


def test_each_decision_asked_for_has_its_name_and_a_sentence(made: Plan) -> None:
    assert list(made.decisions) == ["cheapest", "fastest", "best", "knee", "topsis", "lexicographic", "epsilon"]
    assert set(made.decision_notes) == set(made.decisions) <= set(DECISIONS)
    for name, words in (
        ("topsis", "TOPSIS, weights cost 40 %, time 20 %, quality 40 %"),
        ("lexicographic", "in order of importance, quality: "),
        ("epsilon", "with time at most 2.0 h and quality at least q 0.500"),
    ):
        assert words in made.decision_notes[name].text
    assert not plan().decisions.keys() & {"topsis", "lexicographic", "epsilon"}


def test_they_are_what_the_front_says(made: Plan) -> None:
    kept = [c for c in made.front if (c.hours or 9) <= 2 and (c.quality or 0) >= 0.5]
    assert made.decisions["epsilon"] == min(kept, key=lambda c: c.cost_usd or 0).id
    top = max(c.quality or 0 for c in made.front)
    left = [c for c in made.front if (c.quality or 0) >= top - 0.02]
    left = [c for c in left if (c.cost_usd or 0) <= 1.05 * min(other.cost_usd or 0 for other in left)]
    assert made.decisions["lexicographic"] == min(left, key=lambda c: c.hours or 0).id


def test_best_counts_those_that_the_bands_cannot_tell_from_the_highest_and_no_others(made: Plan) -> None:
    note = made.decision_notes["best"]
    assert f"cheapest of the {len(note.within_noise) + 1} points that are within 0.01 of the highest" in note.rule
    assert "the bands cannot tell from it" in note.rule
    assert "other point" not in note.text


def test_the_limits_that_are_set_are_named() -> None:
    for limits, told in (
        ({"max_cost": 200}, "the limit on cost"),
        ({"max_cost": 200, "deadline": 24}, "the limits on cost and time"),
    ):
        assert f"likely to keep to {told}" in plan(constraints=limits).decision_notes["knee"].text
    assert limits_text(BOUNDED) == "the limits on cost, time and emissions"


def test_percentages_are_read_as_numbers_are() -> None:
    decide = {"topsis": {"cost": "40 %", "time": 0.6}, "lexicographic": [{"quality": "5 %"}]}
    found = preferences(Decide.model_validate(decide))
    assert (found.weights["cost"], found.weights["time"], found.order) == (0.4, 0.6, [("quality", 0.05)])


def test_an_undefined_one_has_a_note_and_no_point() -> None:
    none = plan(decide={"epsilon": {"maximise": "quality", "within": {"time": "1 min"}}})
    note = none.decision_notes["epsilon"]
    assert "epsilon" not in none.decisions
    assert note.undefined
    assert note.rule.startswith("undefined: no point of the front has time at most 1 min; the nearest misses time by ")
    assert not none.decision_notes["cheapest"].undefined


def test_no_knee_is_said() -> None:
    """Quality alone has a front of one point."""
    one = plan(objectives=["quality"])
    assert one.decision_notes["knee"].undefined
    assert "no knee: fewer than three distinct points" in one.decision_notes["knee"].text


def test_rivals_are_other_choices_and_told_with_their_chances(made: Plan) -> None:
    seen = 0
    for name, note in made.decision_notes.items():
        own = made.configuration(made.decisions[name])
        assert own is not None
        assert len(note.rivals) <= RIVALS
        keys = []
        for rival in note.rivals:
            other = made.configuration(rival.id)
            assert other is not None
            keys.append(choice_key(other))
            assert rival.text.endswith(f" than {choice_text(other)}")
            assert set(rival.probability) == set(made.objectives)
            assert rival.no_worse is not None
            assert rival.no_worse <= min(p for p in rival.probability.values() if p is not None) + 0.5
            seen += 1
        assert choice_key(own) not in keys
        assert len(set(keys)) == len(keys)
        if note.rivals and name != "best":
            assert note.rivals[0].id == note.rival
    assert seen > 5


def test_pairings_tell_who_is_no_worse_on_everything(made: Plan) -> None:
    assert made.pairings
    for pair in made.pairings:
        assert pair.a_no_worse is not None
        assert pair.b_no_worse is not None
        assert pair.a_no_worse <= min(1.0, *(p for p in pair.probability.values() if p is not None and p != 0.5), 1.0)
        assert pair.a_no_worse + pair.b_no_worse <= 1.0


def test_names_are_one_list() -> None:
    """Policies, the command line and reports read the same names, in the same order."""
    assert get_args(DecisionName) == DECISIONS
    assert list(roles_of({name: name for name in reversed(DECISIONS)})) == list(DECISIONS)
    for command, names in ((check, DECISIONS), (diff, (*DECISIONS, CHEAPEST_API))):
        (option,) = (parameter for parameter in command.params if parameter.name == "decision")
        assert isinstance(option.type, click.Choice)
        assert tuple(option.type.choices) == names
    schema = Policy.model_json_schema()
    assert list(DECISIONS) in [form.get("enum") for form in schema["properties"]["decision"]["anyOf"]]


def test_what_is_written_becomes_numbers() -> None:
    found = preferences(Decide.model_validate(DECIDE))
    assert found.weights == {"cost": 2.0, "time": 1.0, "quality": 2.0, "carbon": 0.0}
    assert found.order == [("quality", 0.02), ("cost", 0.05), ("time", 0.0)]
    assert (found.optimised, found.bounds) == ("cost", {"time": 2.0, "quality": 0.5})
    assert preferences(Decide()).weights == {}


@pytest.mark.parametrize(("p", "told"), [(0.914, "91 %"), (0.995, "over 99 %"), (0.002, "under 1 %"), (0.5, "50 %")])
def test_chances_in_words(p: float, told: str) -> None:
    assert chance_text(p) == told
