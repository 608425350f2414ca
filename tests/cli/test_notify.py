"""`planner notify` as a shell sees it: policies in, webhooks out, and never a failure for what does not arrive."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.hosts.events import budget_alert, gate_failed, plan_ready
from planner.hosts.payloads import slack
from tests.cli.calls import run
from tests.http.servers import Reply, Server, serving
from tests.report.checks import broken_budget, nothing
from tests.report.review.made_review import made_review
from tests.report.sample_plan import sample_plan

POLICY = """\
api_version: planner/v1
kind: Policy
metadata: {name: costs}
notify:
  - {name: room, format: slack, url_from: ROOM_URL, on: [budget-alert, anomaly, gate-failed, plan-ready]}
  - {name: log, format: json, url_from: LOG_URL, on: [run-start, run-end], secret_from: LOG_KEY}
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "policies/deep").mkdir(parents=True)
    (tmp_path / "policies/deep/costs.yaml").write_text(POLICY)
    (tmp_path / "policies/README.md").write_text("no policy")
    (tmp_path / "check.json").write_text(alarming().model_dump_json())
    (tmp_path / "plan.json").write_text(sample_plan().model_dump_json())
    return tmp_path


def alarming() -> Any:
    """A check that a budget's level is crossed by and that a rule denies."""
    check = broken_budget()
    budgets = [check.judgement.budgets[0].model_copy(update={"crossed": [0.9]})]
    return check.model_copy(update={"judgement": check.judgement.model_copy(update={"budgets": budgets})})


def call(server: Server, folder: Path, *words: str, **env: str) -> Any:
    known = {
        "ROOM_URL": f"{server.url}/services/T0SECRET/XsecretX", "LOG_URL": f"{server.url}/log-secret",
        "LOG_KEY": "k3ysecret",
        "GITHUB_SERVER_URL": "", "GITHUB_REPOSITORY": "", "GITHUB_RUN_ID": "",
    }  # fmt: skip
    done = run("notify", *words, cwd=folder, **known | env)
    assert "Traceback" not in done.stderr
    assert "secret" not in (done.stdout + done.stderr).lower()
    return done


def test_a_plan_is_told(server: Server, folder: Path) -> None:
    done = call(server, folder, "plan-ready", "plan.json", "--link", "https://ci.example/7")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "plan-ready to room: sent\n")
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/services/T0SECRET/XsecretX")
    assert request.json == slack(plan_ready(sample_plan(), link="https://ci.example/7"))


@pytest.mark.parametrize(("event", "make"), [("budget-alert", budget_alert), ("gate-failed", gate_failed)])
def test_a_check_is_told(server: Server, folder: Path, event: str, make: Any) -> None:
    done = call(server, folder, event, "check.json")
    assert (done.returncode, done.stderr) == (0, f"{event} to room: sent\n")
    assert [request.json for request in server.requests] == [slack(make(alarming()))]


def test_the_link_is_that_of_the_workflow(server: Server, folder: Path) -> None:
    call(server, folder, "run-start", "--run", "x", GITHUB_SERVER_URL="https://github.test", GITHUB_REPOSITORY="a/b",
         GITHUB_RUN_ID="99")  # fmt: skip
    call(server, folder, "run-start", "--run", "x", GITHUB_SERVER_URL="javascript:", GITHUB_REPOSITORY="a/b",
         GITHUB_RUN_ID="99")  # fmt: skip
    assert [request.json["link"] for request in server.requests] == ["https://github.test/a/b/actions/runs/99", None]


def test_a_run_is_told_and_signed(server: Server, folder: Path) -> None:
    words = ("--run", "bot-7", "--team", "ml", "--cost", "$41", "--hours", "390 min", "--status", "succeeded")
    done = call(server, folder, "run-end", *words, "--plan", "plan.json")
    assert (done.returncode, done.stderr) == (0, "run-end to log: sent\n")
    (request,) = server.requests
    sent = request.json
    assert (sent["event"], sent["title"]) == ("run-end", "Run bot-7 succeeded")
    assert (sent["data"]["cost_usd"], sent["data"]["hours"], sent["data"]["team"]) == (41.0, 6.5, "ml")
    assert sent["data"]["planned"]["id"] == sample_plan().decisions["knee"]
    assert request.headers["x-planner-signature-256"].startswith("sha256=")


def test_nothing_to_tell(server: Server, folder: Path) -> None:
    (folder / "check.json").write_text(nothing().model_dump_json())
    done = call(server, folder, "gate-failed", "check.json")
    assert (done.returncode, done.stderr) == (0, "nothing to tell: check.json holds no gate-failed\n")
    assert server.requests == []


@pytest.mark.parametrize("there", [True, False])
def test_nobody_to_tell(server: Server, folder: Path, there: bool) -> None:
    policy = folder / "policies/deep/costs.yaml"
    policy.write_text(POLICY.partition("notify:")[0])
    if not there:
        policy.unlink()
        (folder / "policies/README.md").unlink()
        (folder / "policies/deep").rmdir()
        (folder / "policies").rmdir()
    done = call(server, folder, "gate-failed", "check.json")
    assert done.returncode == 0
    assert done.stderr == "nobody to tell: no policy in policies names a target for gate-failed\n"


def test_equal_targets_of_two_policies_are_told_once(server: Server, folder: Path) -> None:
    (folder / "policies/other.yaml").write_text(POLICY.replace("name: costs", "name: other"))
    done = call(server, folder, "gate-failed", "check.json")
    assert done.stderr == "gate-failed to room: sent\n"
    assert len(server.requests) == 1


def test_what_does_not_arrive_never_fails(server: Server, folder: Path) -> None:
    server.answer = lambda _: Reply(404, b"no_service at /services/T0SECRET/XsecretX")
    done = call(server, folder, "gate-failed", "check.json")
    assert done.returncode == 0
    assert done.stderr == "gate-failed to room: not sent: 127.0.0.1 answers 404 (no_service at ***)\n"
    unset = call(server, folder, "gate-failed", "check.json", ROOM_URL="")
    assert unset.returncode == 0
    assert unset.stderr == "gate-failed to room: not sent: the environment variable ROOM_URL is not set\n"


def test_a_dry_run_sends_nothing(server: Server, folder: Path) -> None:
    done = call(server, folder, "run-start", "--run", "bot", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "Nothing sent (--dry-run)\n")
    head, body = done.stdout.split("\n", 1)
    assert head == "run-start to log: POST to the address in LOG_URL, application/json, signed with LOG_KEY"
    assert json.loads(body)["title"] == "Run bot starts"
    assert server.requests == []


def test_a_dry_run_needs_no_address(server: Server, folder: Path) -> None:
    done = call(server, folder, "run-start", "--run", "bot", "--dry-run", LOG_URL="")
    assert (done.returncode, done.stderr) == (0, "Nothing sent (--dry-run)\n")
    head, body = done.stdout.split("\n", 1)
    assert head == (
        "run-start to log: POST to the address in LOG_URL, application/json, signed with LOG_KEY; nothing would be "
        "sent: the environment variable LOG_URL is not set"
    )
    assert json.loads(body)["title"] == "Run bot starts"


def test_a_template_that_reaches_into_python_ends_in_2_with_its_place(server: Server, folder: Path) -> None:
    target = (
        "{name: log, format: template, url_from: LOG_URL, on: [run-start], template: \"{{ ''.__class__.__mro__ }}\"}"
    )
    (folder / "policies/deep/costs.yaml").write_text(f"{POLICY.partition('notify:')[0]}notify:\n  - {target}\n")
    for more in ([], ["--dry-run"]):
        done = call(server, folder, "run-start", "--run", "bot", *more)
        assert (done.returncode, done.stdout) == (2, "")
        assert "costs.yaml:5:" in done.stderr
        assert "line 1 of the template: '__mro__' may not be used here" in done.stderr
    assert server.requests == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("merged",), "'merged' is not one of"),
        (("plan-ready",), "plan-ready needs a plan.json"),
        (("gate-failed",), "gate-failed needs a check.json"),
        (("gate-failed", "plan.json"), "plan.json: no check of this version"),
        (("plan-ready", "check.json"), "check.json: no plan"),
        (("plan-ready", "plan.json", "--cost", "$4"), "--cost is for run-start and run-end, not for plan-ready"),
        (("run-start",), "run-start needs the name of the run: --run NAME"),
        (("run-start", "plan.json", "--run", "x"), "run-start takes no FILE; the plan of the run goes after --plan"),
        (("run-end", "--run", "x", "--cost", "cheap"), "'cheap' is not an amount of money"),
        (("run-end", "--run", "x", "--link", "http://evil.example"), "only https is used"),
        (("gate-failed", "check.json", "--policies", "nowhere"), "nowhere: no such file, folder or revision"),
    ],
)
def test_bad_usage_ends_in_2(server: Server, folder: Path, words: tuple[str, ...], told: str) -> None:
    done = call(server, folder, *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert server.requests == []


def test_a_policy_that_is_wrong_ends_in_2_with_its_place(server: Server, folder: Path) -> None:
    wrong = POLICY.replace("format: slack", "format: slak")
    (folder / "policies/deep/costs.yaml").write_text(wrong)
    done = call(server, folder, "gate-failed", "check.json")
    assert done.returncode == 2
    assert "costs.yaml:5:" in done.stderr
    assert server.requests == []


def test_a_review_tells_of_its_budgets_and_anomalies(server: Server, folder: Path) -> None:
    (folder / "review").mkdir()
    review = made_review()
    odd = [one.model_copy(update={"in_month": True}) for one in review.anomalies]
    review = review.model_copy(update={"anomalies": odd})
    (folder / "review/plan.json").write_text(review.model_dump_json())
    for event in ("budget-alert", "anomaly"):
        assert call(server, folder, event, "review").returncode == 0
        assert call(server, folder, event, "review/plan.json", "--dry-run").returncode == 0
    assert len(server.requests) == 2
    refused = call(server, folder, "anomaly", "plan.json")
    assert refused.returncode == 2
    assert "a plan of the kind FineTune; anomaly takes the plan.json of a SpendReview" in refused.stderr
