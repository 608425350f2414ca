"""How a problem is printed, counted and handed to other tools."""

import json
import pickle
import re
import unicodedata

import pytest

from planner.errors import ExitCode, PlannerError
from planner.source import (
    InvalidInput,
    Problem,
    Span,
    as_github,
    as_json,
    dotted,
    in_order,
    render,
    render_all,
)

TEXT = "train:\n  epochs: 3\n  lora_rnk: 16\n"
PROBLEM = Problem(
    "unknown-key",
    "unknown key 'lora_rnk'",
    "demo.yaml",
    Span(3, 3, 3, 11),
    "train.lora_rnk",
    "did you mean 'lora_rank'?",
)
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def at(line: int, column: int = 1, **changes: str) -> Problem:
    fields = {"code": "c", "message": "m", "file": "f.yaml"} | changes
    return Problem(**fields, span=Span(line, column, line, column + 1))  # type: ignore[arg-type]


def test_the_form() -> None:
    assert render(PROBLEM, TEXT) == (
        "demo.yaml:3:3: unknown key 'lora_rnk'\n"
        "  |\n"
        "3 |   lora_rnk: 16\n"
        "  |   ^^^^^^^^\n"
        "  = at train.lora_rnk\n"
        "  = hint: did you mean 'lora_rank'?"
    )


def test_a_warning_says_so() -> None:
    warning = Problem("c", "shadowed", "f.yaml", Span(1, 1, 1, 6), severity="warning")
    assert render(warning, TEXT).startswith("f.yaml:1:1: warning: shadowed\n")


def test_the_margin_is_as_wide_as_the_line_number() -> None:
    assert render(at(100), "\n" * 99 + "here").splitlines()[1:] == ["    |", "100 | here", "    | ^"]


def test_a_problem_with_a_whole_file() -> None:
    assert (
        render(Problem("no-file", "no such file", "x.yaml", hint="look"), None)
        == "x.yaml: no such file\n  = hint: look"
    )


def test_colour_changes_nothing_but_colour() -> None:
    coloured = render(PROBLEM, TEXT, color=True)
    assert ANSI.search(coloured)
    assert ANSI.sub("", coloured) == render(PROBLEM, TEXT)


def test_place_outside_the_text_shows_no_line() -> None:
    assert render(at(9), "one line") == "f.yaml:9:1: m"


def test_a_span_of_several_lines_is_underlined_to_the_end_of_its_first() -> None:
    problem = Problem("c", "m", "f.yaml", Span(1, 1, 3, 2))
    assert render(problem, TEXT).splitlines()[-1] == "  | ^^^^^^"


@pytest.mark.parametrize("span", [Span(1, 1, 1, 1), Span(1, 7, 1, 7), Span(1, 50, 1, 60)])
def test_there_is_always_a_caret(span: Span) -> None:
    assert render(Problem("c", "m", "f.yaml", span), TEXT).count("^") == 1


@pytest.mark.parametrize("column", [1, 40, 150, 299, 395])
@pytest.mark.parametrize("length", [1, 5, 90, 300])
@pytest.mark.parametrize("unit", ["abcde", "日本", "\x1b", "\t", "e\u0301"])
def test_long_lines_are_windowed(column: int, length: int, unit: str) -> None:
    text = (unit * 400)[:400]
    shown = render(Problem("c", "m", "f.yaml", Span(1, column, 1, column + length)), text)
    _, _, source, carets = shown.split("\n")
    assert "^" in carets
    assert sum(not unicodedata.combining(character) for character in source) <= 104
    assert len(carets) <= 104
    assert "…" in source


def test_a_window_keeps_the_mark_in_view() -> None:
    text = "a" * 200 + "MARK" + "b" * 200
    _, _, source, carets = render(Problem("c", "m", "f", Span(1, 201, 1, 205)), text).split("\n")
    assert source[carets.index("^") : carets.rindex("^") + 1] == "MARK"


def test_wide_characters_keep_the_caret_in_place() -> None:
    _, _, source, carets = render(Problem("c", "m", "f", Span(1, 4, 1, 5)), "日本 x").split("\n")
    assert source == "1 | 日本 x"
    assert carets == "  |      ^"


def test_nothing_in_a_file_drives_the_terminal() -> None:
    evil = "\x1b]0;owned\x07\u202e\r\x9b2J"
    problem = Problem("c", f"bad {evil}", f"{evil}.yaml", Span(1, 1, 1, 4), evil, evil)
    assert all(line.isprintable() for line in render(problem, f"a\t{evil}").split("\n"))
    assert all(line.isprintable() for line in as_github(problem).split("\n"))


def test_tabs_are_shown() -> None:
    assert render(at(1, 2), "\tx: 1").splitlines()[2:] == ["1 | →x: 1", "  |  ^"]


def test_all_in_order_each_once_and_counted() -> None:
    one, two, other = at(2), at(10), at(1, file="e.yaml")
    told = render_all([two, one, two, other], {})
    assert told.split("\n\n") == ["e.yaml:1:1: m", "f.yaml:2:1: m", "f.yaml:10:1: m", "3 problems in 2 files"]


def test_the_count_knows_warnings_and_one() -> None:
    warning = at(1, severity="warning")
    assert render_all([at(1)], {}).endswith("\n1 problem in 1 file")
    assert render_all([at(1), warning], {}).endswith("\n1 problem and 1 warning in 1 file")
    assert render_all([warning], {}).endswith("\n1 warning in 1 file")
    assert render_all([], {}) == ""


def test_a_flood_is_cut() -> None:
    told = render_all([at(line) for line in range(1, 251)], {})
    assert told.endswith("f.yaml:100:1: m\n\n… and 150 more\n\n250 problems in 1 file")


def test_order_is_by_place_then_code() -> None:
    assert [problem.code for problem in in_order([at(1, code="b"), at(1, code="a")])] == ["a", "b"]


def test_json() -> None:
    (row,) = as_json([PROBLEM])
    assert json.loads(json.dumps(row)) == {
        "code": "unknown-key",
        "message": "unknown key 'lora_rnk'",
        "file": "demo.yaml",
        "span": {"line": 3, "column": 3, "end_line": 3, "end_column": 11},
        "at": "train.lora_rnk",
        "hint": "did you mean 'lora_rank'?",
        "severity": "error",
    }
    assert as_json([Problem("no-file", "no such file", "x")])[0]["span"] is None


def test_github() -> None:
    assert as_github(PROBLEM) == (
        "::error file=demo.yaml,line=3,col=3,endLine=3,endColumn=11,title=unknown-key at train.lora_rnk"
        "::unknown key 'lora_rnk'%0Ahint: did you mean 'lora_rank'?"
    )
    odd = Problem("c", "100 % sure", "a,b:c.yaml", severity="warning")
    assert as_github(odd) == "::warning file=a%2Cb%3Ac.yaml,title=c::100 %25 sure"


def test_invalid_input_is_a_planner_error_that_tells_all() -> None:
    error = InvalidInput([PROBLEM], {"demo.yaml": TEXT})
    assert isinstance(error, PlannerError)
    assert error.exit_code is ExitCode.BAD_INPUT
    assert str(error) == render_all([PROBLEM], {"demo.yaml": TEXT})
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.problems, copy.texts) == (error.problems, error.texts)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("train", "epochs"), "train.epochs"),
        (("models", 1), "models[1]"),
        ((0, "a"), "[0].a"),
        (("axes", "train.epochs", 0), "axes['train.epochs'][0]"),
        (("", "a b"), "['']['a b']"),
    ],
)
def test_dotted(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text
