"""`planner policy` as a shell sees it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.cli.policy import command
from planner.errors import InputError
from planner.outcome import Check
from planner.policy.cases import Case
from planner.policy.examples import difference_of
from planner.policy.judge import judge
from planner.policy.reading import read_governance
from planner.policy.starter import starter
from planner.report.reading import read_plan
from planner.source import InvalidInput
from tests.cli.calls import SMALL, run
from tests.policy.making import TODAY, difference, governance, policy

ROOT = Path(__file__).resolve().parents[2]
RULES = policy("rules:\n  - {name: cost, figure: cost_usd, max: $100}\n")
CASES = """\
api_version: planner/v1
kind: PolicyTest
cases:
  - name: dear
    today: 2026-02-10
    job: {figures: {cost_usd: $120}}
    expect: {result: deny, rules: {cost: deny, spend/cost: deny}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "policies"
    made.mkdir()
    (made / "spend.yaml").write_text(RULES)
    (made / "spend.test.yaml").write_text(CASES)
    return made


def _call(*words: str) -> tuple[int, str]:
    """Exit code and what was printed; expected failures are raised as `main` would catch them."""
    found = CliRunner().invoke(command, list(words), standalone_mode=False)
    if found.exception is not None:
        raise found.exception
    return int(found.return_value or 0), found.output


def test_the_policies_of_this_repository_judge_as_their_tests_say() -> None:
    found = run("policy", "test", cwd=ROOT)
    assert found.returncode == 0, found.stdout + found.stderr
    assert found.stderr.strip().endswith("as expected")


def test_what_is_as_expected_exits_0_and_is_shown(folder: Path) -> None:
    code, text = _call("test")
    assert code == 0
    assert text.splitlines() == [
        "case  rule        expected  got",
        "dear  result      deny      deny",
        "dear  cost        deny      deny",
        "dear  spend/cost  deny      deny",
        "1 case, 3 of 3 as expected",
    ]


def test_what_is_not_exits_5_and_says_why(folder: Path) -> None:
    (folder / "spend.test.yaml").write_text(CASES.replace("result: deny", "result: pass").replace("spend/cost", "none"))
    code, text = _call("test", "policies")
    assert code == 5
    assert "policies/spend.test.yaml:7: dear: expected pass of result, got deny" in text
    assert "  Cost $120 is above the limit of $100" in text
    assert "policies/spend.test.yaml:7: dear: expected deny of none, got none" in text


def test_as_json(folder: Path) -> None:
    code, text = _call("test", "--format", "json")
    rows = json.loads(text)
    assert (code, [row["ok"] for row in rows]) == (0, [True, True, True])
    assert rows[1] == {
        "file": "policies/spend.test.yaml", "line": 7, "case": "dear", "rule": "cost", "expected": "deny",
        "got": "deny", "ok": True, "messages": ["Cost $120 is above the limit of $100"],
    }  # fmt: skip


def test_a_file_runs_its_own_cases_only(folder: Path) -> None:
    (folder / "other.test.yaml").write_text(CASES.replace("dear", "other"))
    _, text = _call("test", "policies/other.test.yaml")
    assert "other" in text
    assert "dear" not in text


def test_spend_and_exceptions_count_as_a_case_says(folder: Path) -> None:
    (folder / "budget.yaml").write_text(policy("budgets:\n  - {name: team, per: team, amount: $200}\n", "budget"))
    (folder / "e.yaml").write_text(
        "api_version: planner/v1\nkind: PolicyException\npolicy: spend\nrules: [cost]\n"
        "scenarios: [scenarios/example.yaml]\nuntil: 2026-02-28\nowner: alice\n"
        "justification: Agreed until the end of the month.\n"
    )
    (folder / "spend.test.yaml").write_text("""\
api_version: planner/v1
kind: PolicyTest
cases:
  - name: covered
    today: 2026-02-10
    job: {metadata: {name: example, team: ml}, figures: {cost_usd: $120}}
    spend: [{month: 2026-02, as_of: 2026-02-09, entries: [{team: ml, usd: 0}]}]
    expect: {result: warn, rules: {cost: excepted, team: warn}}
  - name: over-the-month
    today: 2026-02-10
    job: {metadata: {name: example, team: ml}, figures: {cost_usd: $120}}
    spend: [{month: 2026-02, as_of: 2026-02-09, entries: [{team: ml, usd: $81}]}]
    expect: {result: deny, rules: {team: deny}}
  - name: expired
    today: 2026-03-01
    job: {metadata: {name: example, team: ml}, figures: {cost_usd: $120}}
    expect: {result: deny, rules: {cost: deny}}
""")
    code, text = _call("test")
    assert code == 0, text


def test_plans_and_checks_are_examples_too(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    assert run("plan", "small.yaml", "-o", "policies/small", "--outputs", "none", "-q", cwd=tmp_path).returncode == 0
    plan = read_plan(tmp_path / "policies" / "small")
    case = Case.model_validate({"name": "x", "plan": "-", "today": "2026-02-10", "expect": {"result": "pass"}})
    change = difference_of(case, plan, plan, "knee")
    side = change.scenarios[0].after
    assert side is not None
    assert side.configuration is not None
    dear = side.model_copy(update={"configuration": side.configuration.model_copy(update={"cost_usd": 120.0})})
    change = difference(change.scenarios[0].model_copy(update={"after": dear}))
    check = Check(difference=change, judgement=judge(change, governance(spend=RULES), TODAY))
    (folder / "check.json").write_text(check.model_dump_json(indent=2))
    (folder / "spend.test.yaml").write_text("""\
api_version: planner/v1
kind: PolicyTest
cases:
  - {name: plan, today: 2026-02-10, plan: small/plan.json, expect: {result: pass, rules: {cost: pass}}}
  - {name: same, today: 2026-02-10, plan: small/plan.json, base: small/plan.json, expect: {result: pass}}
  - {name: check, today: 2026-02-10, plan: check.json, expect: {result: deny, rules: {cost: deny}}}
""")
    code, text = _call("test")
    assert code == 0, text


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ("../../plan.json", "lies outside"),
        ("/etc/passwd", "lies outside"),
        ("none.json", "No such file"),
        ("spend.yaml", "not JSON"),
        ("broken.json", "not a check of this version"),
    ],
)
def test_a_plan_that_cannot_be_read_is_said(folder: Path, plan: str, message: str) -> None:
    (folder / "broken.json").write_text('{"kind": "Check"}')
    (folder / "spend.test.yaml").write_text(CASES.replace("job: {figures: {cost_usd: $120}}", f"plan: {plan}"))
    with pytest.raises(InputError, match=message):
        _call("test")


def test_no_folder_no_tests_and_broken_documents_are_bad_input(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere: no such file or folder"):
        _call("test", "nowhere")
    (folder / "spend.test.yaml").unlink()
    with pytest.raises(InputError, match="policies: there is no document of kind PolicyTest"):
        _call("test")
    (folder / "spend.yaml").write_text(RULES.replace("cost_usd", "price"))
    with pytest.raises(InvalidInput, match="'price' is not one of"):
        _call("list")
    shutil.rmtree(folder)
    found = run("policy", "test", cwd=tmp_path)
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == (
        "error: policies: no such file or folder; policies lie in policies/ unless you name another\n"
    )


def test_the_list_names_every_rule_and_its_line(folder: Path) -> None:
    (folder / "more.yaml").write_text(
        policy(
            "rules:\n"
            "  - {name: where, severity: warn, where: {team: ml}, allow: {gpus: ['h100*', l4]}}\n"
            "  - {name: sure, confidence: {hours: calibrated}}\n"
            "  - {name: stay, forbid: [flipped]}\n"
            "budgets: [{name: month, per: team, amount: $500}]\n"
            "approvals: {required: false, levels: [{above: $100, from: [alice, lead]}]}\n"
            "lock: {required: true, max_age: 30 d}\n",
            "more",
        )
    )
    _, text = _call("list")
    rows = [line.split() for line in text.splitlines()]
    assert [row[1] for row in rows[1:]] == ["where", "sure", "stay", "month", "approvals", "lock", "cost"]
    assert "gpus h100* or l4" in text
    assert "up to 100 % of $500 for a team and month" in text
    assert "above $100 by alice or lead" in text
    assert "required, at most 30 days old" in text
    assert text.splitlines()[-1].split()[-1] == "policies/spend.yaml:5"
    _, data = _call("list", "policies", "--format", "json")
    assert json.loads(data)[0]["where"] == "team ml"


@pytest.mark.parametrize("words", [(), ("rules",), ("rules/Finance 1.yaml",)])
def test_a_first_policy_is_valid_and_its_test_passes(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run("policy", "init", *words, cwd=tmp_path)
    folder = tmp_path / (words[0].split("/")[0] if words else "policies")
    stem = "Finance 1" if words and words[0].endswith("yaml") else "policy"
    assert done.returncode == 0, done.stderr
    assert {path.name for path in folder.iterdir()} == {f"{stem}.yaml", f"{stem}.test.yaml"}
    assert done.stderr.splitlines()[-1] == f"next: set its limits, then planner policy test {folder.name}"
    tested = run("policy", "test", folder.name, cwd=tmp_path)
    assert tested.returncode == 0, tested.stdout
    files = [str(path.relative_to(tmp_path)) for path in sorted(folder.iterdir())]
    assert run("validate", *files, cwd=tmp_path).returncode == 0
    first, *_ = (folder / f"{stem}.yaml").read_text().splitlines()
    assert first == "# yaml-language-server: $schema=Policy.schema.json"


def test_what_a_first_policy_leaves_commented_is_valid_too(tmp_path: Path) -> None:
    (text, _) = starter(tmp_path / "policy.yaml").values()
    assert "  # - name: known" in text
    whole = re.sub(r"^( *)# (- name: |  |approvals:|lock:|owner:)", r"\1\2", text, flags=re.MULTILINE)
    (read,) = read_governance([("policy.yaml", whole.encode())]).policies
    assert [rule.name for rule in read.value.rules][-2:] == ["known", "residency"]
    assert read.value.approvals is not None
    assert read.value.lock is not None
    assert read.value.metadata.owner == "finops"


def test_in_the_checkout_the_schema_of_the_checkout_is_named() -> None:
    (text, test) = starter(ROOT / "some" / "where" / "policy.yaml").values()
    assert text.startswith("# yaml-language-server: $schema=../../schemas/Policy.schema.json\n")
    assert test.startswith("# yaml-language-server: $schema=../../schemas/PolicyTest.schema.json\n")


@pytest.mark.parametrize("there", ["policy.yaml", "policy.test.yaml"])
def test_a_first_policy_never_overwrites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / there).write_text("mine")
    with pytest.raises(InputError, match=f"policies/{there} is already there and stays as it is"):
        _call("init")
    assert {path.name: path.read_text() for path in (tmp_path / "policies").iterdir()} == {there: "mine"}


def test_a_first_policy_does_not_take_the_name_of_another(folder: Path) -> None:
    (folder / "mine.yaml").write_text(policy("rules: []\n", "policy"))
    before = sorted(folder.iterdir())
    with pytest.raises(InputError, match=r"policies/mine\.yaml has a policy called policy already"):
        _call("init")
    assert sorted(folder.iterdir()) == before
    (folder / "mine.yaml").write_text("services: {}\n")  # no document of ours: not in the way of a first policy
    assert _call("init")[0] == 0


def test_a_first_policy_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file/policy\.yaml: "):
        _call("init", "file")
