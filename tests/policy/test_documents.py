"""Bad documents, with the exact messages they get; and what is skipped."""

import re
from pathlib import Path

import pytest

from planner.policy.figures import figures
from planner.policy.governance import FORMS
from planner.policy.reading import MAX_FILES, read_governance
from planner.policy.units import parse_limit, show, show_apart
from planner.source import InvalidInput
from tests.policy.making import HEAD, approval, cost, exception, governance, policy, scenario, spend

ROOT = Path(__file__).resolve().parents[2]


def _problems(**texts: str) -> list[str]:
    """`file:line:col: message | hint` of every problem."""
    with pytest.raises(InvalidInput) as caught:
        governance(**texts)
    found = []
    for problem in caught.value.problems:
        place = f":{problem.span.line}:{problem.span.column}" if problem.span else ""
        hint = f" | {problem.hint}" if problem.hint else ""
        found.append(f"{problem.file.removeprefix('policies/')}{place}: {problem.message}{hint}")
    return found


RULE = "rules:\n  - name: it\n    "

BAD: dict[str, tuple[dict[str, str], list[str]]] = {
    "unknown figure": (
        {"a": policy(RULE + "figure: cost_us\n    max: $5\n")},
        ["a.yaml:6:13: 'cost_us' is not one of cost_usd, cost_usd_lo, cost_usd_hi, hours, hours_lo, hours_hi, quality, "
         "quality_lo and 148 more | did you mean 'cost_usd'?"],
    ),
    "unknown key": (
        {"a": policy(RULE + "figure: cost_usd\n    maximum: $5\n    max: 5\n")},
        ["a.yaml:7:5: unknown key 'maximum' | did you mean 'max'?"],
    ),
    "limit of another unit": (
        {"a": policy(RULE + "figure: hours\n    max: $5\n")},
        ["a.yaml:7:10: '$5' is not a length of time; write for example 12 h, 90 min or 2 days | for hours"],
    ),
    "share above the whole": (
        {"a": policy(RULE + "figure: margin\n    min: 5\n")},
        ["a.yaml:7:10: 5 is more than the whole; write 0.05 or 5 % | for margin"],
    ),
    "empty range": (
        {"a": policy(RULE + "figure: cost_usd\n    min: $9\n    max: $5\n")},
        ["a.yaml:7:10: min is above max: nothing would pass"],
    ),
    "no check": (
        {"a": policy(RULE + "severity: warn\n")},
        ["a.yaml:5:5: a rule has one of figure, allow, confidence, forbid and requires"],
    ),
    "two checks": (
        {"a": policy(RULE + "requires: [team]\n    forbid: [flipped]\n")},
        ["a.yaml:5:5: a rule has one of figure, allow, confidence, forbid and requires; it has forbid, requires"],
    ),
    "no limit": ({"a": policy(RULE + "figure: hours\n")}, ["a.yaml:5:5: a figure needs a limit: max or min"]),
    "limit without figure": (
        {"a": policy(RULE + "requires: [team]\n    max: 3\n")},
        ["a.yaml:5:5: max, min, unknown, ignore_noise and unless_worse go with figure"],
    ),
    "noise of no change": (
        {"a": policy(RULE + "figure: hours\n    max: 3\n    ignore_noise: true\n")},
        ["a.yaml:8:19: hours is no change of a figure | the noise of a change counts for delta.… and delta_percent.…"],
    ),
    "worse than nothing": (
        {"a": policy(RULE + "figure: delta.cost_usd\n    max: 3\n    unless_worse: true\n")},
        ["a.yaml:8:19: delta.cost_usd is a change itself, and was nothing before it | it is for figures of the plan, "
         "such as cost_usd"],
    ),
    "worse without a figure": (
        {"a": policy(RULE + "requires: [team]\n    unless_worse: true\n")},
        ["a.yaml:5:5: max, min, unknown, ignore_noise and unless_worse go with figure"],
    ),
    "rule twice": (
        {"a": policy("rules:\n  - {name: x, requires: [team]}\nbudgets:\n  - {name: x, per: team, amount: 5}\n")},
        ["a.yaml:7:12: two rules or budgets are called 'x' | the other stands in line 5"],
    ),
    "reserved name": (
        {"a": policy("rules:\n  - {name: lock, requires: [team]}\n")},
        ["a.yaml:5:12: 'lock' is the name of a built-in rule | names that every policy has: approvals, infeasible, "
         "lock, trust and unreadable"],
    ),
    "policy twice": (
        {"a": policy("rules: []\n"), "b": policy("rules: []\n")},
        ["b.yaml:3:18: there is a policy 'spend' already | the other stands in policies/a.yaml"],
    ),
    "month twice": (
        {"a": spend("  - {usd: 5}\n"), "b": spend("  - {usd: 5}\n")},
        ["b.yaml:3:8: the spend of 2026-02 is there twice | the other stands in policies/a.yaml"],
    ),
    "levels that fall": (
        {"a": policy("approvals:\n  levels:\n    - {above: $5, from: [a]}\n    - {above: $5, from: [b]}\n")},
        ["a.yaml:6:5: levels must rise: each `above` more than the one before"],
    ),
    "budget by label": (
        {"a": policy("budgets:\n  - {name: b, per: team, amount: 5, where: {name: x}}\n")},
        [
            "a.yaml:5:5: spend is known by team and cost centre only; "
            "a budget by name, path, label or kind is `per: job`"
        ],
    ),
    "exception from an unknown policy": (
        {"a": policy("rules: []\n", "spending"), "e": exception("rules: ['*']\nteams: ['*']\nuntil: 2026-03-01\n")},
        ["e.yaml:3:9: no policy is called 'spend' | did you mean 'spending'?"],
    ),
    "exception from an unknown rule": (
        {"a": policy("rules:\n  - {name: costs, requires: [team]}\n"),
         "e": exception("rules: [cost]\nteams: ['*']\nuntil: 2026-03-01\n")},
        ["e.yaml:6:9: no rule of spend is called like 'cost' | did you mean 'costs'?"],
    ),
    "exception for nobody": (
        {"a": policy("rules: []\n"), "e": exception("rules: ['*']\nuntil: 2026-03-01\n")},
        ["e.yaml:1:1: name scenarios or teams; `scenarios: [\"*\"]` is all of them"],
    ),
    "exception without a limit to raise": (
        {"a": policy("rules:\n  - {name: it, requires: [team]}\n"),
         "e": exception("rules: [it]\nteams: ['*']\nuntil: 2026-03-01\nlimit: 5\n")},
        ["e.yaml:9:8: the rules it covers have no limit that could be raised"],
    ),
    "exception on no day": (
        {"a": policy("rules: []\n"), "e": exception("rules: ['*']\nteams: ['*']\nuntil: 2026-02-30\n")},
        ["e.yaml:8:8: 2026-02-30 is no day of the calendar"],
    ),
    "exception without a reason": (
        {"a": policy("rules: []\n"),
         "e": exception("rules: ['*']\nteams: ['*']\nuntil: 2026-03-01\n").replace(
             "Agreed with finance in the weekly review.", "because")},
        ["e.yaml:5:16: 'justification' has 7 characters, at least 10 needed | Why, in a sentence."],
    ),
    "approval that ends before it starts": (
        {"a": approval("scenario: bot\napprover: a\nup_to: $5\ndate: 2026-03-01\nuntil: 2026-02-01\n")},
        ["a.yaml:1:1: ends on 2026-02-01, before it was given"],
    ),
    "spend of a month to come": (
        {"a": spend("  - {usd: 5}\n").replace("as_of: 2026-02-09", "as_of: 2026-01-31")},
        ["a.yaml:1:1: counted up to 2026-01-31, before 2026-02 began"],
    ),
    "kind with a slip": ({"a": HEAD.format("policy")}, ["a.yaml:2:7: unknown kind 'policy' | did you mean 'Policy'?"]),
    "no kind": (
        {"a": "rules: []\n"},
        ["a.yaml:1:1: missing key 'kind' | kinds here: Policy, PolicyException, Approval, Spend, PolicyTest"],
    ),
    "no mapping": ({"a": "- 1\n"}, ["a.yaml:1:1: a document is a mapping of keys to values"]),
    "case with a figure of another unit": (
        {"a": HEAD.format("PolicyTest") + "cases:\n  - name: x\n    today: 2026-02-01\n    job: {figures: {hours: $5, "
         "gpu_count: 3}}\n    expect: {result: pass}\n"},
        ["a.yaml:6:28: '$5' is not a length of time; write for example 12 h, 90 min or 2 days | for hours",
         "a.yaml:6:32: gpu_count follows from others | give the figures it is made of; changes are made of job and "
         "base_job"],
    ),
    "case without a job": (
        {"a": HEAD.format("PolicyTest") + "cases:\n  - {name: x, today: 2026-02-01, expect: {result: pass}}\n"},
        ["a.yaml:4:5: give either plan or job"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_document_gets_its_message(case: str) -> None:
    texts, expected = BAD[case]
    assert _problems(**texts) == expected


def test_all_problems_of_all_files_are_told_at_once() -> None:
    found = _problems(
        a=policy(RULE + "figure: hours\n    max: $5\n"),
        b="kind: [\n",
        e=exception("rules: ['*']\nteams: ['*']\nuntil: soon\n").replace("spend", "x"),
    )
    assert [line.split(":")[0] for line in found] == ["b.yaml", "e.yaml", "a.yaml"]


def test_a_missing_policy_is_not_complained_of_while_a_file_is_broken() -> None:
    found = _problems(b="kind: [\n", e=exception("rules: ['*']\nteams: ['*']\nuntil: 2026-03-01\n"))
    assert [line.split(":")[0] for line in found] == ["b.yaml"]


def test_exceptions_alone_may_name_the_policies_that_stand_elsewhere() -> None:
    rules = governance(a=policy("rules:\n  - {name: costs, requires: [team]}\n"))
    good = exception("rules: [costs]\nteams: ['*']\nuntil: 2026-03-01\n").encode()
    assert read_governance([("policies/e.yaml", good)], beside=rules).exceptions
    with pytest.raises(InvalidInput, match="no rule of spend is called like 'cost'"):
        read_governance([("policies/e.yaml", good.replace(b"costs", b"cost"))], beside=rules)


def test_a_binary_file_is_told() -> None:
    with pytest.raises(InvalidInput, match=re.escape("policies/x.yaml: is not a text file: it has NUL bytes")):
        read_governance([("policies/x.yaml", b"\x00\x01")])


def test_other_files_and_kinds_are_skipped() -> None:
    found = read_governance([
        ("policies/README.md", b"\x00"),
        ("policies/plan.json", b"{}"),
        ("policies/job.yml", b"kind: FineTune\n"),
        ("policies/a.YAML", policy("rules: []\n").encode()),
    ])  # fmt: skip
    assert [each.file for each in found.policies] == ["policies/a.YAML"]


def test_too_many_files_are_refused() -> None:
    with pytest.raises(InvalidInput, match="at most 2,000 are read"):
        read_governance((f"{i}.yaml", b"kind: FineTune\n") for i in range(MAX_FILES + 1))


def test_documents_come_in_the_order_of_their_files() -> None:
    found = governance(z=policy("rules: []\n", "z"), a=policy("rules: []\n", "a"))
    assert [each.value.metadata.name for each in found.policies] == ["a", "z"]


def test_what_stands_in_policies_is_read_and_every_kind_has_a_schema() -> None:
    files = [(str(path.relative_to(ROOT)), path.read_bytes()) for path in (ROOT / "policies").rglob("*.yaml")]
    found = read_governance(files)
    assert [each.value.metadata.name for each in found.policies] == ["spend"]
    assert found.tests
    assert all((ROOT / "schemas" / f"{kind}.schema.json").is_file() for kind in FORMS)
    commented = found.policies[0].document.text.split("PolicyException.schema.json\n")[1]
    example = "".join(f"{line.removeprefix('#   ')}\n" for line in commented.splitlines())
    assert read_governance([*files, ("policies/exceptions/e.yaml", example.encode())]).exceptions


def test_every_policy_in_the_readme_can_be_used_as_it_stands() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    policies = [block for block in blocks if re.search(r"^kind: Policy$", block, re.MULTILINE)]
    assert policies
    for block in policies:
        assert read_governance([("README.yaml", block.encode())]).policies


def test_every_figure_can_be_read_of_every_kind_of_scenario() -> None:
    for each in (scenario(cost(5)), scenario(cost(5), cost(4)), scenario({"state": "unreadable"})):
        for kind in figures().values():
            reading = kind.read(each)
            assert reading.value is None or isinstance(reading.value, float)


@pytest.mark.parametrize(
    ("written", "unit", "value"),
    [
        ("$1.5k", "money", 1500), ("-$5", "money", -5), (-5, "money", -5), ("90 min", "time", 1.5),
        ("2 days", "time", 48), ("20 %", "percent", 20), (20, "percent", 20), ("-5 %", "share", -0.05),
        ("500 g", "mass", 0.5), ("80 GB", "memory", 80e9 / 2**30), ("70B", "count", 70e9), (0.25, "number", 0.25),
    ],
)  # fmt: skip
def test_limits_are_read_in_the_unit_of_their_figure(written: float | str, unit: str, value: float) -> None:
    assert parse_limit(written, unit) == pytest.approx(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["$5", "", "--3 h", "1e999 h", "nan"])
def test_what_is_no_limit_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a length of time"):
        parse_limit(written, "time")


def test_figures_are_shown_so_that_a_breach_can_be_seen() -> None:
    assert show(None, "money") == show(float("nan"), "time") == "unknown"
    assert show(-2.5, "time", signed=True) == "-2.5 h"
    assert show_apart(100.4, 100, "money") == ("$100.4", "$100")
    assert show_apart(0.7501, 0.75, "share") == ("75.01 %", "75 %")
    assert show_apart(3, 2, "money", signed=True) == ("+$3.00", "$2.00")
