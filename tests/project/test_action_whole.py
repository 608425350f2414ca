"""The action as a whole: the real planner, a real repository with two branches, and GitHub's API as far as it is used.

These are the pull requests of the README: one that trains longer with more parameters while prices moved, one that
breaks a budget, one that would judge itself, one that nobody can judge.
"""

import csv
import datetime
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.hosts.github_server import FakeGitHub
from tests.http.servers import serving
from tools.action_steps import Result
from tools.run_action import git, pull_request, run

from .checkout import BIN, ROOT, told
from .checkout import run as run_command

real = pytest.mark.real
"""No foreign tool, but too long together for `make test`, which has the one without it."""

SCENARIO = """\
api_version: planner/v1
kind: FineTune
metadata: {name: support-bot, team: ml-platform, owner: someone@example.com}
models: [qwen2.5-7b]
methods:
  - lora:
      rank: 16
dataset: {samples: 20k, tokens_per_sample: 500}
train:
  epochs: 3
hardware:
  gpus: [l40s, a100-80gb]
  counts: [1]
objectives: [cost, time, quality]
"""
POLICY = """\
api_version: planner/v1
kind: Policy
metadata: {name: spend, owner: finance}
budgets:
  - name: team-month
    per: team
    amount: $LIMIT
    unknown_spend: pass
"""
EXCEPTION = """\
api_version: planner/v1
kind: PolicyException
policy: spend
rules: [team-month]
scenarios: [support-bot]
until: UNTIL
justification: The customer pays for this one.
owner: finance
"""
TODAY = datetime.datetime.now(tz=datetime.UTC).date()


@dataclass
class Stage:
    """A repository, GitHub beside it, and how a pull request is tried."""

    folder: Path
    place: Path
    hub: FakeGitHub
    tries: int = 0

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self, message: str) -> None:
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "-m", message)

    def act(self, stranger: bool = False, **inputs: str) -> Result:
        """Run the action on `change` against `main`."""
        self.tries += 1
        at = self.place / f"try-{self.tries}"
        change = pull_request(self.folder, "main", "change", at)
        change = replace(change, number=12, repository="acme/models", from_repository="acme/models")
        if stranger:
            change = replace(change, from_repository="stranger/models")
        given = {"planner": str(BIN / "planner"), "outputs": "none"} | {
            k.replace("_", "-"): v for k, v in inputs.items()
        }
        env = {"XDG_CACHE_HOME": str(self.place / "cache")}
        return run(change, given, at / "job", api_url=self.hub.server.url, env=env)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    folder = tmp_path / "models"
    folder.mkdir()
    with serving() as server:
        stage = Stage(folder, tmp_path, FakeGitHub(server))
        git(folder, "init", "--quiet", "-b", "main")
        stage.write("scenarios/support-bot.yaml", SCENARIO)
        stage.write("scenarios/other.yaml", SCENARIO.replace("support-bot", "other"))
        stage.write("policies/spend.yaml", POLICY.replace("$LIMIT", "$500"))
        stage.commit("first")
        git(folder, "checkout", "--quiet", "-b", "change")
        yield stage


def dearer(stage: Stage) -> None:
    """Rank 16 becomes 64, and an epoch more."""
    stage.write(
        "scenarios/support-bot.yaml", SCENARIO.replace("rank: 16", "rank: 64").replace("epochs: 3", "epochs: 4")
    )


def on_main(stage: Stage, write: Callable[[], None]) -> None:
    """Something that main has before the change leaves it."""
    git(stage.folder, "checkout", "--quiet", "main")
    write()
    stage.commit("on main")
    git(stage.folder, "checkout", "--quiet", "-B", "change")


@real
def test_a_dearer_scenario_is_told_and_passes(stage: Stage) -> None:
    dearer(stage)
    stage.commit("more")
    result = stage.act(outputs="html")
    assert result.code == 0, result.log
    assert result.outputs["result"] == "pass"
    assert result.outputs["scenarios-changed"] == "1"
    before, after, delta = (float(result.outputs[f"cost-{name}-usd"]) for name in ("before", "after", "delta"))
    assert 0 < before < after
    assert delta == pytest.approx(after - before, abs=0.011)
    (comment,) = stage.hub.comments
    assert result.summary.strip() in comment["body"]
    assert "support-bot" in comment["body"]
    assert "other" not in comment["body"].split("<details>")[0]
    report = Path(result.step("Upload the reports").given["path"])
    assert {"check.json", "comment.md", "annotations.txt"} < {path.name for path in report.iterdir()}
    assert [path.name for path in report.rglob("report.html")] == ["report.html"], "of the one that changed"


@real
def test_a_broken_budget_is_commented_and_then_blocks_until_an_exception_comes(stage: Stage) -> None:
    on_main(stage, lambda: stage.write("policies/spend.yaml", POLICY.replace("$LIMIT", "$0.50")))
    dearer(stage)
    stage.commit("more")
    result = stage.act()
    assert result.code == 5, result.log
    assert (result.outputs["result"], result.step("Verdict").outcome) == ("deny", "failure")
    assert int(result.outputs["denied"]) >= 1
    errors = [c for c in result.commands if c.name == "error" and "team-month" in c.message + str(c.properties)]
    assert errors, result.log
    assert {c.properties["file"] for c in errors} <= {"scenarios/support-bot.yaml", "policies/spend.yaml"}
    (comment,) = stage.hub.comments
    assert "team-month" in comment["body"]

    # In the pull request itself it does not count, since its author would judge himself.
    stage.write("policies/exceptions/own.yaml", EXCEPTION.replace("UNTIL", str(TODAY + datetime.timedelta(days=30))))
    stage.commit("an exception for myself")
    own = stage.act()
    assert own.code == 5, own.log
    assert [one["id"] for one in stage.hub.comments] == [comment["id"]], "the one comment is edited"
    assert "own.yaml" in comment["body"]
    git(stage.folder, "reset", "--quiet", "--hard", "HEAD~1")

    for days, code in ((-1, 5), (30, 0)):
        until = str(TODAY + datetime.timedelta(days=days))
        git(stage.folder, "checkout", "--quiet", "main")
        stage.write("policies/exceptions/customer.yaml", EXCEPTION.replace("UNTIL", until))
        stage.commit(f"an exception until {until}")
        git(stage.folder, "checkout", "--quiet", "change")
        excepted = stage.act()
        assert excepted.code == code, excepted.log


@pytest.mark.real
def test_a_change_that_loosens_its_own_policy_is_denied_by_the_old_one(stage: Stage) -> None:
    on_main(stage, lambda: stage.write("policies/spend.yaml", POLICY.replace("$LIMIT", "$0.50")))
    dearer(stage)
    stage.write("policies/spend.yaml", POLICY.replace("$LIMIT", "$500000"))
    stage.commit("more, and more allowed")
    result = stage.act()
    assert result.code == 5, result.log
    body = stage.hub.comments[0]["body"]
    assert "policies/spend.yaml" in body
    assert "team-month" in body


@real
@pytest.mark.parametrize("policies", [True, False])
@pytest.mark.parametrize("fail_on", ["deny", "never"])
def test_a_scenario_that_nobody_can_read_does_not_pass(stage: Stage, policies: bool, fail_on: str) -> None:
    if not policies:
        on_main(stage, lambda: shutil.rmtree(stage.folder / "policies"))
    broken = SCENARIO.replace("  epochs: 3", '  "epochz ::error::x @team <img src=x>": 3')
    stage.write("scenarios/support-bot.yaml", broken)
    stage.commit("broken")
    result = stage.act(fail_on=fail_on)
    assert result.code == (5 if policies and fail_on == "deny" else 2), result.log
    assert result.outputs["cost-after-usd"] == result.outputs["cost-delta-usd"] == "unknown"
    (comment,) = stage.hub.comments
    assert "scenarios/support-bot.yaml" in comment["body"]
    assert "epochz" in comment["body"]
    assert "<img" not in comment["body"]
    marked = [c for c in result.commands if c.properties.get("line") == "10"]
    assert marked, result.log
    assert not [c for c in result.commands if c.message.startswith("x ")], "what is in the file is no command"


@real
def test_prices_that_moved_between_locks_are_told_apart(stage: Stage, tmp_path: Path) -> None:
    def lock(**env: str) -> None:
        done = run_command(["planner", "lock", "--refresh", "scenarios/support-bot.yaml"], stage.folder, **env)
        assert done.returncode == 0, told(done)

    on_main(stage, lambda: lock(PLANNER_CATALOG=str(cheaper_catalog(tmp_path / "catalog"))))
    dearer(stage)
    lock()
    stage.commit("more, locked anew")
    result = stage.act()
    assert result.code == 0, result.log
    check = json.loads((Path(result.outputs["report-path"]) / "check.json").read_text())
    cost = check["difference"]["scenarios"][0]["delta"]["cost_usd"]
    assert cost["planner"] == pytest.approx(0, abs=1e-9)
    assert cost["prices"] == pytest.approx(0.25 * cost["before"], rel=0.05), "0.8 of today's price is 25 % below it"
    assert cost["scenario"] > 0
    assert cost["planner"] + cost["prices"] + cost["scenario"] == pytest.approx(cost["total"])
    rows = re.findall(r"^\| (planner|prices|scenario) \| ([^|]+) \|", stage.hub.comments[0]["body"], re.MULTILINE)
    shown = {name: figure.strip() for name, figure in rows}
    assert shown == {"planner": "0", "prices": f"+${cost['prices']:.2f}", "scenario": f"+${cost['scenario']:.2f}"}
    assert "share no history" not in result.log, "the merge and its parents are fetched together"


def cheaper_catalog(folder: Path) -> Path:
    """The catalog as it would be with machines a fifth cheaper."""
    shutil.copytree(ROOT / "planner" / "catalog" / "data", folder)
    prices = folder / "prices.csv"
    lines = prices.read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    rows = list(csv.DictReader(lines[start:]))
    for row in rows:
        if row["price_usd_per_hour"]:
            row["price_usd_per_hour"] = f"{float(row['price_usd_per_hour']) * 0.8:.6g}"
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    prices.write_text("\n".join(lines[:start]) + "\n" * bool(start) + text.getvalue(), "utf-8")
    return folder


@real
def test_a_fork_gets_everything_but_the_comment(stage: Stage) -> None:
    dearer(stage)
    stage.commit("more")
    result = stage.act(stranger=True)
    assert result.code == 0, result.log
    assert stage.hub.comments == []
    assert "support-bot" in result.summary
    assert any(c.name == "notice" and "fork" in c.message for c in result.commands)


@real
def test_a_token_that_may_only_read_is_told_and_the_verdict_stands(stage: Stage) -> None:
    stage.hub.read_only = True
    dearer(stage)
    stage.commit("more")
    result = stage.act()
    assert result.code == 0, result.log
    assert result.step("Comment").outputs == {"code": "0"}
    assert any(c.name == "notice" and "may not write" in c.message for c in result.commands)


@real
def test_the_examples_of_this_repository_keep_to_its_policies() -> None:
    """What plan.yml asks of every pull request holds of the examples as they are (all but the one that takes long)."""
    scenarios = [str(path) for path in (ROOT / "scenarios").glob("*.yaml") if not path.match("large-sweep*")]
    done = run_command(["planner", "check", *sorted(scenarios)], ROOT)
    assert done.returncode == 0, told(done)
    assert "scenarios:" in done.stdout
    assert "policies pass" in done.stdout or "warn" in done.stdout
