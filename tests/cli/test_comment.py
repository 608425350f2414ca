"""`planner comment` as a shell sees it, against a server that behaves like GitHub."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.outcome import Check
from planner.report.changes.comment import comment_body
from tests.cli.calls import run
from tests.hosts.github_server import ISSUE, LIST, STRANGER, FakeGitHub
from tests.http.servers import Reply, serving
from tests.report.checks import broken_budget, nothing, one_changed

TOKEN = "ghs_0123456789abcdefSECRET"
WRITTEN = 1_795_990_000
FIRST_LINE = "[//]: <> (planner-comment, tag=planner, valid-at=2026-11-29T22:06:40Z)"


@pytest.fixture
def hub() -> Iterator[FakeGitHub]:
    with serving() as server:
        yield FakeGitHub(server)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with check.json, written at a known time that is past."""
    save(tmp_path, one_changed())
    return tmp_path


def save(folder: Path, check: Check) -> None:
    (folder / "check.json").write_text(check.model_dump_json())
    os.utime(folder / "check.json", (WRITTEN - 3600 * 24 * 365, WRITTEN - 3600 * 24 * 365))


def call(hub: FakeGitHub, folder: Path, *words: str, token: str = TOKEN, check: str = "check.json") -> Any:
    where = ("--repo", "acme/models", "--pull-request", "12", "--api-url", hub.server.url)
    done = run("comment", *((check,) if check else ()), *where, *words, cwd=folder, GITHUB_TOKEN=token)
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    return done


def test_the_first_comment_is_posted(hub: FakeGitHub, folder: Path) -> None:
    done = call(hub, folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "comment posted: https://github.test/acme/models/pull/12#issuecomment-1001\n"
    first, post = hub.server.requests
    assert first.call == ("GET", LIST, None)
    assert (post.method, post.path) == ("POST", ISSUE)
    line, text = post.json["body"].split("\n", 1)
    assert line == FIRST_LINE.replace("2026", "2025")
    assert text == comment_body(one_changed(), 65_000)
    assert post.headers["authorization"] == f"Bearer {TOKEN}"


def test_the_second_time_it_is_left_and_then_updated(hub: FakeGitHub, folder: Path) -> None:
    call(hub, folder)
    assert call(hub, folder).stdout.startswith("comment left as it is: it says the same already: https://")
    save(folder, broken_budget())
    assert call(hub, folder).stdout.startswith("comment updated: https://")
    assert len(hub.comments) == 1


def test_a_later_check_is_not_overwritten(hub: FakeGitHub, folder: Path) -> None:
    hub.write(FIRST_LINE.replace("2026", "2025").replace("22:06", "22:30") + "\nlater")
    assert call(hub, folder).stdout.startswith("comment left as it is: a later check wrote it: https://")
    assert hub.comments[0]["body"].endswith("later")


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("delete-and-new", "comments of before: 1 deleted\n"),
        ("hide-and-new", "comments of before: 1 hidden\n"),
        ("new", ""),
    ],
)
def test_other_behaviours(hub: FakeGitHub, folder: Path, behaviour: str, told: str) -> None:
    hub.write(f"{FIRST_LINE.replace('2026', '2024')}\nold")
    done = call(hub, folder, "--behaviour", behaviour)
    assert (done.returncode, done.stderr) == (0, told)
    assert done.stdout.startswith("comment posted: ")


def test_a_comment_that_only_looks_like_ours_is_told(hub: FakeGitHub, folder: Path) -> None:
    hub.write(f"{FIRST_LINE}\nforged", STRANGER)
    done = call(hub, folder)
    assert done.stderr == (
        "note: 1 comment with the tag planner by another account; left alone, since anyone can copy it\n"
    )
    hub.tells = "nobody"
    assert "GitHub does not say whose token this is" in call(hub, folder).stderr


@pytest.mark.parametrize(
    ("when", "check", "posts"),
    [
        ("always", nothing, True),
        ("on-change", nothing, False),
        ("on-change", one_changed, True),
        ("on-threshold", one_changed, False),
        ("on-threshold", broken_budget, True),
    ],
)
def test_when_a_first_comment_is_posted(hub: FakeGitHub, folder: Path, when: str, check: Any, posts: bool) -> None:
    save(folder, check())
    done = call(hub, folder, "--when", when)
    assert done.returncode == 0
    assert (len(hub.comments) == 1) == posts
    assert done.stdout.startswith("comment posted" if posts else "no comment: nothing to tell")


def test_a_comment_that_is_there_is_updated_whatever_happened(hub: FakeGitHub, folder: Path) -> None:
    save(folder, nothing())
    hub.write(f"{FIRST_LINE.replace('2026', '2024')}\nold")
    assert call(hub, folder, "--when", "on-threshold").stdout.startswith("comment updated")


def test_a_crossed_level_is_a_threshold(hub: FakeGitHub, folder: Path) -> None:
    check = one_changed()
    budgets = [broken_budget().judgement.budgets[0].model_copy(update={"crossed": [0.5]})]
    save(folder, check.model_copy(update={"judgement": check.judgement.model_copy(update={"budgets": budgets})}))
    call(hub, folder, "--when", "on-threshold")
    assert len(hub.comments) == 1


def test_a_read_only_token_ends_in_2_or_softly(hub: FakeGitHub, folder: Path) -> None:
    hub.read_only = True
    done = call(hub, folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: GITHUB_TOKEN may not do this on acme/models#12 (403: ")
    assert "The summary of the job and its annotations show the same result" in done.stderr
    soft = call(hub, folder, "--soft")
    assert soft.returncode == 0
    assert soft.stderr == done.stderr.replace("error: ", "warning: no comment: ")


@pytest.mark.parametrize("token", ["", "  ", "two words"])
def test_without_a_token(hub: FakeGitHub, folder: Path, token: str) -> None:
    done = call(hub, folder, token=token)
    assert done.returncode == 2
    assert "GITHUB_TOKEN" in done.stderr
    assert hub.server.requests == []


def test_a_refusal_is_told(hub: FakeGitHub, folder: Path) -> None:
    hub.once("GET", Reply(404, {"message": "Not Found"}))
    done = call(hub, folder)
    assert done.returncode == 2
    assert done.stderr == "error: acme/models#12 is not there, or GITHUB_TOKEN may not see it (404: Not Found)\n"


def test_a_dry_run_asks_nobody(hub: FakeGitHub, folder: Path) -> None:
    done = call(hub, folder, "--dry-run", "--tag", "costs", token="")
    assert done.returncode == 0
    assert done.stdout.startswith("[//]: <> (planner-comment, tag=costs, valid-at=2025-11-29T22:06:40Z)\n")
    assert done.stdout.split("\n", 1)[1].strip() == comment_body(one_changed()).strip()
    assert done.stderr == (
        "acme/models#12, tag costs: edit the newest comment of ours, or post the first one\n"
        "Comment not posted (--dry-run)\n"
    )
    assert hub.server.requests == []


def test_a_dry_run_gives_the_runner_no_command(hub: FakeGitHub, folder: Path) -> None:
    (folder / "body.md").write_text("::error file=x::pwned\n##[group]\n\x1b[31mred")
    done = call(hub, folder, "--dry-run", "--body-file", "body.md")
    assert not any(line.lstrip().startswith("::") for line in done.stdout.splitlines())
    assert "##[" not in done.stdout
    assert "\x1b" not in done.stdout


def test_a_body_of_ones_own(hub: FakeGitHub, folder: Path) -> None:
    (folder / "body.md").write_text("```\n" + "line\n" * 20_000)
    done = call(hub, folder, "--body-file", "body.md", check="")
    assert done.returncode == 0
    body = hub.comments[0]["body"]
    assert 65_000 < len(body) <= 65_536
    assert body.count("```") == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name a CHECK.json, or a --body-file"),
        (("--body-file", "check.json", "--when", "on-change"), "--when on-change needs a CHECK.json to look at"),
        (("no.json",), "no.json: No such file or directory; `planner check --out DIR` writes a check.json"),
        (("plan.json",), "plan.json: no check of this version"),
        (("check.json", "--tag", "a b"), "up to 63 letters"),
        (("check.json", "--behaviour", "upsert"), "'upsert' is not one of"),
        (("check.json", "--api-url", "http://github.example"), "--api-url holds an http address; only https is used"),
        (("check.json", "--repo", "acme"), "'acme' is no repository; write owner/name"),
        (("check.json", "--pull-request", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_done(hub: FakeGitHub, folder: Path, words: tuple[str, ...], told: str) -> None:
    (folder / "plan.json").write_text('{"front": []}')
    done = call(hub, folder, *words, check="")
    assert done.returncode == 2
    assert told in done.stderr
    assert hub.server.requests == []
