"""A difference and a check on a terminal."""

import pytest

from planner.outcome import Check, Revision
from planner.report.difference_facts import repeat_command
from planner.report.difference_text import check_text, difference_text
from planner.report.text import columns
from tests.conftest import Golden

from . import checks

CHECKS = {
    "nothing": checks.nothing,
    "one": checks.one_changed,
    "denied": checks.broken_budget,
    "hostile": checks.hostile,
    "unknown": checks.unknown,
}


@pytest.mark.parametrize("name", ["denied", "unknown"])
@pytest.mark.parametrize("width", [60, 100])
def test_golden_check(name: str, width: int, golden: Golden) -> None:
    golden(f"report/check-{name}-{width}.txt", check_text(CHECKS[name](), width))


def test_golden_difference(golden: Golden) -> None:
    golden("report/difference-one.txt", difference_text(checks.one_changed().difference, 100))
    golden("report/difference-three-teams.txt", difference_text(checks.many(6).difference, 100))


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("width", [40, 60, 100, 160])
def test_lines_keep_to_the_width(name: str, width: int) -> None:
    for told in (check_text(CHECKS[name](), width), difference_text(CHECKS[name]().difference, width)):
        assert max(columns(line) for line in told.splitlines()) <= width
        assert all(line == line.rstrip() for line in told.splitlines())


def test_nothing_drives_the_terminal() -> None:
    check = checks.hostile()
    first, *others = check.difference.scenarios
    coloured = first.model_copy(
        update={"name": "a\x1b[31mred\x07\u202e", "sentence": "", "notes": ["\x1b]0;title\x07"]}
    )
    told = check_text(check.model_copy(update={"difference": checks.difference(coloured, *others)}), 100)
    assert "\x1b" not in told
    assert "\x07" not in told
    assert "\u202e" not in told


def test_verdicts_come_before_figures() -> None:
    told = check_text(checks.broken_budget(), 100)
    order = ["Touches what judges it:", "denied: spend-guard", "warned:", "excepted:", "3 rules pass.", "Budgets:",
             "Approvals:", "cost now", "Next:", "again:"]  # fmt: skip
    assert [told.index(part) for part in order] == sorted(told.index(part) for part in order)


def test_a_difference_says_nothing_of_policies() -> None:
    told = difference_text(checks.one_changed().difference)
    assert told.startswith("1 scenario changed: $67.20 → $95.25 (+$28.05, +42 %)\n")
    assert "polic" not in told
    assert "planner diff --base 5f0c2a9d1b7e --head 9be1c0ffee21" in " ".join(told.split())


def test_the_same_comparison_can_be_made_again() -> None:
    files = checks.difference(base=Revision(name="old plan.json"), head=Revision(name="new.json"))
    assert repeat_command(files) == "planner diff 'old plan.json' new.json"
    here = checks.difference(head=Revision(name="working tree"))
    assert repeat_command(Check(difference=here, judgement=checks.judgement())) == "planner check --base 5f0c2a9d1b7e"
