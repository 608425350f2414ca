"""A difference and a check on a terminal."""

import pytest

from planner.outcome import Check, Revision, TrustNote
from planner.report.changes.comment_parts import footer
from planner.report.changes.difference_facts import next_steps, repeat_command
from planner.report.changes.difference_text import check_text, difference_text
from planner.report.sections.text import columns
from tests.conftest import Golden
from tests.report import checks

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


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("plans/" + "long-" * 30 + "plan.json", True),  # more than any cell bears, and not shortened
        ("plans/" + "long-" * 90 + "plan.json", False),
        ("two\nlines.json", False),  # what is not printed as it is would be another file
    ],
)
def test_a_command_is_told_whole_or_not_at_all(name: str, whole: bool) -> None:
    files = checks.difference(checks.changed_scenario(), base=Revision(name=name), head=Revision(name="new.json"))
    command = f"planner diff {name} new.json"
    assert repeat_command(files) == (command if whole else "")
    for told in (difference_text(files), footer(files)):
        flat = " ".join(told.split())
        assert ("; again" in flat) is whole
        assert (command in flat) is whole


def test_a_check_of_plans_alone_names_them_all() -> None:
    named = [checks.changed_scenario().model_copy(update={"path": f"plans/{n}.json"}) for n in range(5)]
    alone = checks.difference(*named, base=Revision(name=""))
    told = repeat_command(Check(difference=alone, judgement=checks.judgement()))
    assert told == "planner check plans/0.json plans/1.json plans/2.json plans/3.json plans/4.json"


@pytest.mark.parametrize(
    ("state", "command"),
    [
        ("missing", "planner lock scenarios/support-bot.yaml"),
        ("stale-scenario", "planner lock --refresh scenarios/support-bot.yaml"),
        ("edited", "planner lock --refresh scenarios/support-bot.yaml"),
        ("other-catalog", "planner lock --refresh scenarios/support-bot.yaml"),
    ],
)
def test_a_lock_is_mended_by_one_step_with_the_command_for_its_state(state: str, command: str) -> None:
    there = checks.difference(checks.locked(checks.changed_scenario(), state))
    asked = checks.verdict("warn", "lock", figure="", fix="renew it: planner lock scenarios/support-bot.yaml")
    (step,) = next_steps(Check(difference=there, judgement=checks.judgement(asked)))
    assert step.command == command


def test_a_lock_of_older_prices_is_renewed_only_where_a_policy_minds() -> None:
    there = checks.difference(checks.locked(checks.changed_scenario(), "other-catalog"))
    assert next_steps(Check(difference=there, judgement=checks.judgement())) == []
    fits = checks.difference(checks.locked(checks.changed_scenario(), "current"))
    old = checks.verdict("warn", "lock", figure="age of the lock", fix="update the planner")
    assert [step.text for step in next_steps(Check(difference=fits, judgement=checks.judgement(old)))] == [
        "scenarios/support-bot.yaml: update the planner"
    ]


def test_what_comes_along_without_being_refused_is_told_so_for_locks_and_documents() -> None:
    notes = [
        TrustNote(file="a.lock.yaml", what="lock", change="changed", text="all prices agree", allowed=True),
        TrustNote(file="policies/p.yaml", what="policy", change="added", text="judges from the next change on",
                  allowed=True),
    ]  # fmt: skip
    told = difference_text(checks.difference(checks.changed_scenario(), trust=notes))
    assert "\nTouches what judges changes; nothing is refused:\nallowed: lock a.lock.yaml changed" in told


def test_refused_documents_are_one_step_though_a_rule_says_the_same() -> None:
    note = TrustNote(file="policies/p.yaml", what="policy", change="changed", text="no", allowed=False)
    said = checks.verdict(
        "deny", "trust", subject="policies/p.yaml", scenario="", fix="bring it in a change of its own"
    )
    check = Check(difference=checks.difference(trust=[note]), judgement=checks.judgement(said))
    assert [step.text for step in next_steps(check)] == [
        "Take the change to policies/p.yaml out, or merge it on its own first: it cannot judge what it came with."
    ]


@pytest.mark.parametrize(
    ("value", "limit", "told"),
    [
        ("+38.4 %", "25 %", "+38 %"),
        ("25.4 %", "25 %", "25.4 %"),
        ("24.6 %", "25 %", "24.6 %"),
        ("-3.62 %", "5 %", "-4 %"),
        ("0.42 %", "5 %", "0.4 %"),
        ("38.4 %", "$5", "38.4 %"),
    ],
)
def test_a_percentage_is_rounded_as_beside_it_unless_that_hides_the_breach(value: str, limit: str, told: str) -> None:
    one = checks.verdict("warn", value_text=value, limit_text=limit, message=f"the change is {value}", figure="x")
    text = check_text(Check(difference=checks.one_changed().difference, judgement=checks.judgement(one)))
    assert f"the change is {told}\n" in text
    assert f"x is {told}, the limit {limit}" in text


def test_unchanged_scenarios_that_are_listed_count_once() -> None:
    listed = checks.difference(checks.same("a"), checks.same("b"), unchanged=2)
    assert difference_text(listed).startswith("Nothing changed: 2 scenarios are the same on both sides")
