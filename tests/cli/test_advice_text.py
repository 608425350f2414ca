"""Advice where `planner explain` explains what it is on."""

from planner.cli.advice_text import change_lines
from tests.report.changes.sample_changes import changed
from tests.report.sample_plan import sample_plan

PLAN = changed(sample_plan())


def test_changes_of_the_explained_configuration_alone() -> None:
    best = PLAN.configuration(PLAN.decisions["best"])
    assert best is not None
    told = change_lines(PLAN, best)
    assert told[1] == "what would change it, each alone and everything else kept"
    assert "  2 epochs instead of 3: $6.12 less, 2.0 h less, 97 % sure" in told
    assert "    plan again with --set train.epochs=2" in told
    assert "    risk: keeps most of the gain" in told
    assert "spot instead" not in "\n".join(told)


def test_nothing_to_change_is_nothing_to_say() -> None:
    plan = sample_plan()
    assert change_lines(plan, plan.front[0]) == []
