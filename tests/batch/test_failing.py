"""Errors as their reader sees them, and the worst of several exit codes."""

import pytest

from planner.batch.failing import failure
from planner.errors import MEANING, SEVERITY, ExitCode, InputError, worst
from planner.source import InvalidInput, Problem


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError("no such file"), ExitCode.BAD_INPUT, "error: no such file"),
        (
            OSError(28, "No space left on device", "/x"),
            ExitCode.BAD_INPUT,
            "error: cannot write /x: the disk is full (No space left",
        ),
        (MemoryError(), ExitCode.BUG, "error: memory ran out"),
        (KeyError("x"), ExitCode.BUG, "this is a bug of ours: KeyError: 'x'\nset PLANNER_LOG_LEVEL=debug"),
    ],
)
def test_an_error_has_its_code_and_words(error: Exception, code: ExitCode, said: str) -> None:
    found = failure(error)
    assert found.code == code
    assert found.text.startswith(said)
    assert "\n" not in found.reason


def test_problems_are_told_whole_and_counted_in_the_reason() -> None:
    problems = [Problem("x", "one is wrong", "a.yaml"), Problem("y", "two is wrong", "a.yaml")]
    found = failure(InvalidInput(problems, {}))
    assert found.reason == "a.yaml: one is wrong (and 1 more)"
    assert "two is wrong" in found.text


def test_a_bug_shows_where_it_was_raised_when_asked() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        _ = 1 / 0
    assert "test_failing.py" in failure(caught.value, debug=True).text


def test_every_exit_code_has_its_severity() -> None:
    assert set(SEVERITY) == set(ExitCode) == set(MEANING)
    assert worst([]) == ExitCode.OK
    assert worst([ExitCode.INFEASIBLE, ExitCode.BAD_INPUT, ExitCode.OK]) == ExitCode.BAD_INPUT
    assert worst([ExitCode.BUG, ExitCode.GATE]) == ExitCode.BUG
