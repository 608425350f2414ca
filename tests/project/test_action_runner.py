"""What runs the action here reads it as GitHub's runner does, and refuses what it does not cover."""

import textwrap
from pathlib import Path

import pytest

from tools.action_expressions import Contexts, ExpressionError, Value, evaluate, fill, holds
from tools.action_steps import Command, Job, Result, commands, run_action

VALUES = {
    "inputs": {"comment": "true", "empty": "", "quote": "it's"},
    "steps": {"check": {"outputs": {"exit-code": "5"}, "outcome": "failure"}},
    "github": {"event": {"number": 7.0, "draft": False}},
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("inputs.comment == 'true'", True),
        ("inputs.comment == 'TRUE'", True),
        ("inputs.comment != 'true'", False),
        ("inputs.quote == 'it''s'", True),
        ("steps.check.outputs.exit-code", "5"),
        ("steps.check.outputs.nothing", ""),
        ("steps.never.outputs.nothing == ''", True),
        ("inputs.empty || 'default'", "default"),
        ("inputs.empty && 'never'", ""),
        ("!inputs.empty && (false || true)", True),
        ("github.event.number == 7", True),
        ("github.event.draft", False),
        ("null", None),
    ],
)
def test_expressions(expression: str, value: Value) -> None:
    assert evaluate(expression, Contexts(VALUES)) == value


@pytest.mark.parametrize(
    "expression",
    ["secrets.X", "fromJSON(inputs.comment)", "format('{0}', 1)", "inputs.x > 1", "inputs", "a ==", "'open",
     "true == 'true'", "inputs.comment inputs.comment", "(true"],
)  # fmt: skip
def test_what_is_not_covered_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, Contexts(VALUES))


@pytest.mark.parametrize(
    ("condition", "failed", "runs"),
    [
        ("inputs.comment == 'true'", False, True),
        ("inputs.comment == 'true'", True, False),
        ("always()", True, True),
        ("${{ failure() && inputs.comment == 'true' }}", True, True),
        ("failure()", False, False),
        ("!cancelled()", True, True),
        ("success()", True, False),
    ],
)
def test_conditions(condition: str, failed: bool, runs: bool) -> None:
    assert holds(condition, Contexts(VALUES, failed)) is runs


def test_text_is_filled_once() -> None:
    values = {"inputs": {"a": "${{ inputs.b }}", "b": "secret"}}
    assert fill("${{ inputs.a }}, ${{inputs.b}}", Contexts(values)) == "${{ inputs.b }}, secret"


def test_commands_in_a_log() -> None:
    lines = [
        "::error file=a%3Ab.yaml,line=2::too%0Adear::really", "text ::error::no",
        "::stop-commands::t", "::error::x", "::t::", "::notice::y",
    ]  # fmt: skip
    assert commands("\n".join(lines)) == [
        Command("error", {"file": "a:b.yaml", "line": "2"}, "too\ndear::really"),
        Command("notice", {}, "y"),
    ]


ACTION = """
inputs:
  word: {default: hello}
  where: {default: .}
outputs:
  said: {value: "${{ steps.say.outputs.said }}"}
runs:
  using: composite
  steps:
    - {id: other, uses: someone/action@1, with: {word: "${{ inputs.word }}", loud: false}}
    - id: say
      name: say
      shell: bash
      working-directory: ${{ inputs.where }}
      env: {WORD: "${{ inputs.word }}", OTHER: "${{ steps.other.outputs.answer }}"}
      run: |
        echo "$WORD $OTHER $GITHUB_SHA in $(basename "$PWD")"
        echo "said=$WORD" >>"$GITHUB_OUTPUT"
        echo "# $WORD" >>"$GITHUB_STEP_SUMMARY"
    - {name: broken, shell: bash, continue-on-error: true, run: "false | true\\necho never"}
    - {name: bad, shell: bash, run: exit 9}
    - {name: not any more, shell: bash, run: echo}
    - {name: all the same, if: always(), shell: bash, run: 'env | grep -c SECRET_OF_THIS_MACHINE || true'}
"""


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("SECRET_OF_THIS_MACHINE", "x")
    for name in ("action", "work/deep", "temp"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "action" / "action.yml").write_text(textwrap.dedent(ACTION))
    job = Job(tmp_path / "work", tmp_path / "temp", "push", {}, "abc", "a/b", used={"other": {"answer": "42"}})
    return run_action(tmp_path / "action", {"word": '$(hi) "there"', "where": "deep"}, job)


def test_steps_run_as_on_a_runner(result: Result) -> None:
    assert [(step.name, step.outcome, step.code) for step in result.steps] == [
        ("someone/action@1", "success", 0),
        ("say", "success", 0),
        ("broken", "failure", 1),
        ("bad", "failure", 9),
        ("not any more", "skipped", 0),
        ("all the same", "success", 0),
    ]
    assert result.steps[0].given == {"word": '$(hi) "there"', "loud": "false"}
    assert result.step("say").log == '$(hi) "there" 42 abc in deep\n'
    assert result.step("all the same").log == "0\n"
    assert (result.outputs, result.summary) == ({"said": '$(hi) "there"'}, '# $(hi) "there"\n')


def test_a_failure_that_may_happen_is_not_the_actions(result: Result) -> None:
    assert result.code == 9


def test_an_input_that_the_action_lacks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "action.yml").write_text(ACTION)
    job = Job(tmp_path, tmp_path, "push", {}, "abc", "a/b")
    with pytest.raises(ValueError, match="the action has no input no-such-input"):
        run_action(tmp_path, {"no-such-input": "x"}, job)
