"""Workflow commands: where they point, how they are escaped, how many there are."""

import re
from typing import Any

from planner.outcome import Check, Place, TrustNote
from planner.report.changes.annotations import MOST, annotations
from tests.report import checks

COMMAND = re.compile(r"::(error|warning|notice) (?:file=([^,:]*),line=(\d+),col=(\d+),)?title=([^,:]*)::([^\r\n]*)")


def parsed(what: Check) -> list[tuple[str, ...]]:
    found = [COMMAND.fullmatch(line) for line in annotations(what)]
    assert all(found)
    return [match.groups(default="") for match in found if match]


def test_a_change_is_told_on_the_line_of_its_most_telling_edit() -> None:
    (only,) = parsed(checks.one_changed())
    assert only[:4] == ("notice", checks.SUPPORT, "41", "11")
    assert only[4] == "support-bot%3A cost +$28.05%2C +42 %25"
    assert only[5].startswith("still LoRA r64 qwen2.5-7b on 2x l40s")
    assert annotations(checks.one_changed().difference) == annotations(checks.one_changed())


def test_verdicts_point_at_their_cause_else_an_edit_else_the_file_else_the_rule() -> None:
    def places(**more: Any) -> tuple[str, ...]:
        one = checks.verdict("deny", **more)
        return parsed(Check(difference=checks.one_changed().difference, judgement=checks.judgement(one)))[0][:4]

    assert places() == ("error", checks.SUPPORT, "41", "11")
    assert places(cause=None) == ("error", checks.SUPPORT, "26", "13")
    assert places(cause=None, scenario="scenarios/other.yaml") == ("error", "scenarios/other.yaml", "1", "1")
    assert places(cause=None, scenario="") == ("error", "policies/spend.yaml", "12", "15")


def test_what_denies_is_an_error_what_warns_a_warning_the_rest_says_nothing() -> None:
    levels = [line[0] for line in parsed(checks.broken_budget())]
    assert levels == ["error", "error", "warning", "notice"]
    assert annotations(checks.nothing()) == []


def test_a_scenario_that_cannot_be_planned_is_an_error_on_its_line() -> None:
    lines = parsed(checks.unknown())
    assert lines[0][:4] == ("error", "scenarios/c.yaml", "7", "3")
    assert not [line for line in lines[1:] if line[1] == "scenarios/c.yaml"]


def test_at_most_ten_of_a_level_and_the_last_counts_the_rest() -> None:
    lines = parsed(checks.many(60, denied=12))
    errors, notices = ([line for line in lines if line[0] == level] for level in ("error", "notice"))
    assert (len(errors), len(notices)) == (MOST, MOST)
    assert errors[-1][4] == "and 3 more"
    assert notices[-1][4] == "and 51 more"
    ten = parsed(checks.many(0, denied=10))
    assert len(ten) == 10
    assert "more" not in ten[-1][4]


def test_foreign_text_ends_neither_property_nor_line() -> None:
    evil = "x,line=9::stop\n::error file=a::b\r%0A"
    place = Place(file=evil, line=1)
    bad = checks.verdict("deny", evil, message=evil, fix=evil, exception=evil, cause=place, place=place)
    (error, _) = parsed(Check(difference=checks.one_changed().difference, judgement=checks.judgement(bad)))
    assert error[1] == "x%2Cline=9%3A%3Astop %3A%3Aerror file=a%3A%3Ab %250A"
    parsed(checks.hostile())


def test_nothing_is_marked_in_a_file_that_is_not_there_at_the_head() -> None:
    missing = checks.locked(checks.changed_scenario(), "missing")
    assert missing.lock is not None
    at_lock = checks.verdict("warn", "lock", cause=Place(file=missing.lock.file, line=1), figure="")
    note = TrustNote(file="policies/old.yaml", what="policy", change="removed", text="gone", allowed=False)
    there = checks.difference(missing, checks.removed(), trust=[note])
    lines = parsed(Check(difference=there, judgement=checks.judgement(at_lock)))
    assert [line[:3] for line in lines] == [
        ("error", "", ""),
        ("warning", checks.SUPPORT, "1"),
        ("notice", "", ""),
        ("notice", checks.SUPPORT, "41"),
    ]
    assert "it is abstract: true now" in lines[2][5]


def test_a_lock_that_is_there_is_marked_itself() -> None:
    stale = checks.locked(checks.changed_scenario(), "stale-scenario")
    assert stale.lock is not None
    at_lock = checks.verdict("warn", "lock", cause=Place(file=stale.lock.file, line=1))
    (line, _) = parsed(Check(difference=checks.difference(stale), judgement=checks.judgement(at_lock)))
    assert line[1] == "scenarios/support-bot.lock.yaml"


def test_a_margin_is_explained_in_the_first_annotation_that_tells_one() -> None:
    told = [line for line in annotations(checks.many(3)) if "Margin: how far" in line]
    assert told == annotations(checks.many(3))[:1]
