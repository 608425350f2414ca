"""Each behaviour by the exact requests it makes, and whose comments it touches."""

from typing import Any

import pytest

from planner.hosts.comments import publish
from planner.hosts.github import GitHub
from planner.hosts.marker import Marker, marked
from planner.http.failure import HostError, NoAnswerError, PermissionMissingError, TooLongError
from tests.hosts.conftest import TOKEN
from tests.hosts.github_server import BOT, BY_APP, ISSUE, LIST, STRANGER, WHO, FakeGitHub
from tests.http.servers import FakeTime, Reply

NOW = 1_795_990_000.0
OURS = Marker("planner", NOW)
FIRST_LINE = "[//]: <> (planner-comment, tag=planner, valid-at=2026-11-29T22:06:40Z)"
BODY = f"{FIRST_LINE}\n**Costs $41 more**"
OLDER = marked(Marker("planner", NOW - 3600), "**Costs $12 more**")
WHO_AM_I = [("GET", "/user", None), ("POST", "/graphql", WHO)]
FIRST = "/repos/acme/models/issues/comments/1001"


def text(_limit: int) -> str:
    return "**Costs $41 more**"


def posting(body: str = BODY) -> tuple[str, str, Any]:
    return "POST", ISSUE, {"body": body}


def test_the_first_comment(hub: FakeGitHub, host: GitHub) -> None:
    done = publish(host, text, OURS, "update", NOW)
    assert hub.server.calls == [("GET", LIST, None), posting()]
    assert (done.deed, done.url) == ("created", "https://github.test/acme/models/pull/12#issuecomment-1001")


def test_every_request_says_who_asks_and_for_which_version(hub: FakeGitHub, host: GitHub) -> None:
    hub.write(OLDER)
    publish(host, text, OURS, "update", NOW)
    for request in hub.server.requests:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert request.headers["accept"] == "application/vnd.github+json"
        assert request.headers["x-github-api-version"] == "2022-11-28"
        assert request.headers["user-agent"].startswith("finetune-planner/0.")
        assert request.headers.get("content-type") == ("application/json" if request.body else None)


def test_update_edits_the_newest_of_ours(hub: FakeGitHub, host: GitHub) -> None:
    for _ in range(2):
        hub.write(OLDER)
    hub.write("a person's word")
    done = publish(host, text, OURS, "update", NOW)
    edit = ("PATCH", "/repos/acme/models/issues/comments/1002", {"body": BODY})
    assert hub.server.calls == [("GET", LIST, None), *WHO_AM_I, edit]
    assert (done.deed, hub.comments[1]["body"], hub.comments[0]["body"]) == ("updated", BODY, OLDER)


def test_a_user_token_needs_no_graphql(hub: FakeGitHub, host: GitHub) -> None:
    hub.tells = "user"
    hub.write(OLDER)
    publish(host, text, OURS, "update", NOW)
    assert hub.server.calls == [("GET", LIST, None), ("GET", "/user", None), ("PATCH", FIRST, {"body": BODY})]


def test_update_looks_through_all_pages(hub: FakeGitHub, host: GitHub) -> None:
    hub.page_size = 2
    hub.write(OLDER)
    for number in range(4):
        hub.write(f"word {number}", STRANGER)
    publish(host, text, OURS, "update", NOW)
    pages = [("GET", LIST, None), ("GET", f"{LIST}&page=2", None), ("GET", f"{LIST}&page=3", None)]
    assert hub.server.calls == [*pages, *WHO_AM_I, ("PATCH", FIRST, {"body": BODY})]


def test_update_leaves_the_same_text_of_the_same_time_alone(hub: FakeGitHub, host: GitHub) -> None:
    """However lines end on GitHub."""
    hub.write(marked(OURS, "**Costs $41 more**  \r\n"))
    assert publish(host, text, OURS, "update", NOW).deed == "unchanged"
    assert hub.server.calls == [("GET", LIST, None), *WHO_AM_I]


def test_the_same_text_at_a_later_time_keeps_an_earlier_run_out(hub: FakeGitHub, host: GitHub) -> None:
    """Run 1 said it, run 3 says it again, run 2 ends last: its words are older than those of run 3."""
    hub.write(marked(Marker("planner", NOW - 60), "**Costs $41 more**"))
    assert publish(host, text, OURS, "update", NOW).deed == "updated"
    late = Marker("planner", NOW - 30)
    assert publish(host, lambda limit: "**Costs $99 more**", late, "update", NOW).deed == "newer"
    assert "$41" in hub.comments[0]["body"]


@pytest.mark.parametrize("behaviour", ["update", "delete-and-new", "hide-and-new"])
def test_a_newer_comment_stays(hub: FakeGitHub, host: GitHub, behaviour: Any) -> None:
    """A later run was faster; ours, of half an hour ago, says nothing any more."""
    hub.write(OLDER)
    hub.write(marked(Marker("planner", NOW + 1800), "**Costs $99 more**"))
    done = publish(host, text, OURS, behaviour, NOW + 1805)
    assert hub.server.calls == [("GET", LIST, None), *WHO_AM_I]
    assert (done.deed, done.url[-4:], len(hub.comments), hub.hidden) == ("newer", "1002", 2, set())


def test_a_time_in_the_future_silences_nobody(hub: FakeGitHub, host: GitHub) -> None:
    hub.write(marked(Marker("planner", NOW + 10 * 365 * 86_400), "quoted by the same bot"))
    assert publish(host, text, OURS, "update", NOW).deed == "updated"


@pytest.mark.parametrize("behaviour", ["update", "delete-and-new", "hide-and-new"])
@pytest.mark.parametrize("at", [NOW - 60, NOW + 60])
def test_a_forged_marker_moves_nothing(hub: FakeGitHub, host: GitHub, behaviour: Any, at: float) -> None:
    """A stranger's comment with our first line is neither edited, deleted nor hidden, nor keeps us silent."""
    forged = hub.write(marked(Marker("planner", at), "pwned"), STRANGER)
    done = publish(host, text, OURS, behaviour, NOW)
    assert hub.server.calls == [("GET", LIST, None), *WHO_AM_I, posting()]
    assert (done.deed, done.foreign, hub.comments[0], hub.hidden) == ("created", 1, forged, set())
    assert forged["body"].endswith("pwned")


def test_another_bot_that_quotes_us_is_foreign_too(hub: FakeGitHub, host: GitHub) -> None:
    hub.write(OLDER, {"id": 29139614, "login": "renovate[bot]", "type": "Bot"})
    assert publish(host, text, OURS, "update", NOW).deed == "created"


def test_an_account_that_only_sounds_like_ours_is_foreign(hub: FakeGitHub, host: GitHub) -> None:
    hub.write(OLDER, {"id": 777, "login": BOT["login"], "type": "User"})
    hub.write(OLDER, None)["user"] = None  # an account that was deleted
    done = publish(host, text, OURS, "update", NOW)
    assert (done.deed, done.foreign) == ("created", 2)


def test_where_nobody_says_whose_token_it_is_nothing_is_touched(hub: FakeGitHub, host: GitHub) -> None:
    hub.tells = "nobody"
    hub.write(OLDER)
    done = publish(host, text, OURS, "delete-and-new", NOW)
    assert hub.server.calls == [("GET", LIST, None), *WHO_AM_I, posting()]
    assert (done.author_unknown, len(hub.comments)) == (True, 2)


@pytest.mark.parametrize(
    "body",
    [
        marked(Marker("planner-2", NOW), "another tag"),
        f"Look: {FIRST_LINE}\ntext",
        f"\n{FIRST_LINE}\ntext",
        FIRST_LINE.replace("2026-11-29", "2026-02-30"),
        FIRST_LINE[:-1],
    ],
)
def test_what_is_no_marker_of_ours(hub: FakeGitHub, host: GitHub, body: str) -> None:
    hub.write(body)
    assert publish(host, text, OURS, "update", NOW).deed == "created"
    assert hub.server.calls == [("GET", LIST, None), posting()]


def test_new_never_looks(hub: FakeGitHub, host: GitHub) -> None:
    hub.write(OLDER)
    assert publish(host, text, OURS, "new", NOW).deed == "created"
    assert hub.server.calls == [posting()]


def test_delete_and_new_posts_before_it_deletes(hub: FakeGitHub, host: GitHub) -> None:
    hub.write(OLDER)
    hub.write(OLDER, STRANGER)
    hub.write(OLDER)
    done = publish(host, text, OURS, "delete-and-new", NOW)
    deletes = [("DELETE", f"/repos/acme/models/issues/comments/{number}", None) for number in (1001, 1003)]
    assert hub.server.calls == [("GET", LIST, None), *WHO_AM_I, posting(), *deletes]
    assert (done.deleted, [c["user"]["login"] for c in hub.comments]) == (2, ["stranger", BOT["login"]])


def test_a_comment_that_is_gone_already_is_deleted(hub: FakeGitHub, host: GitHub) -> None:
    hub.write(OLDER)
    hub.once("DELETE", Reply(502), works=True)
    assert publish(host, text, OURS, "delete-and-new", NOW).deleted == 1
    assert hub.server.calls[-2:] == [("DELETE", FIRST, None)] * 2


def test_hide_and_new(hub: FakeGitHub, host: GitHub) -> None:
    """What is hidden already is not hidden again; the classifier is OUTDATED."""
    for _ in range(2):
        hub.write(OLDER)
    hub.hidden.add("IC_1001")
    done = publish(host, text, OURS, "hide-and-new", NOW)
    asked, hide = hub.server.requests[-2:]
    assert hub.server.calls[:-2] == [("GET", LIST, None), *WHO_AM_I, posting()]
    assert (asked.path, asked.json["variables"]) == ("/graphql", {"ids": ["IC_1001", "IC_1002"]})
    assert hide.json == {
        "query": "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) "
        "{ minimizedComment { isMinimized } } }",
        "variables": {"id": "IC_1002"},
    }
    assert (done.hidden, hub.hidden) == (1, {"IC_1001", "IC_1002"})


@pytest.mark.parametrize("behaviour", ["update", "new", "delete-and-new", "hide-and-new"])
def test_quiet_means_no_first_comment(hub: FakeGitHub, host: GitHub, behaviour: Any) -> None:
    assert publish(host, text, OURS, behaviour, NOW, quiet=True).deed == "quiet"
    assert hub.server.calls == ([] if behaviour == "new" else [("GET", LIST, None)])


def test_quiet_still_brings_a_comment_up_to_date(hub: FakeGitHub, host: GitHub) -> None:
    hub.write(OLDER)
    assert publish(host, text, OURS, "update", NOW, quiet=True).deed == "updated"
    assert hub.comments[0]["body"] == BODY


def test_a_forged_marker_does_not_break_the_quiet(hub: FakeGitHub, host: GitHub) -> None:
    hub.write(OLDER, STRANGER)
    assert publish(host, text, OURS, "update", NOW, quiet=True).deed == "quiet"
    assert len(hub.comments) == 1


def test_a_post_that_worked_after_all_is_not_made_twice(hub: FakeGitHub, host: GitHub, time: FakeTime) -> None:
    hub.once("POST", Reply(502), works=True)
    assert publish(host, text, OURS, "new", NOW).url.endswith("1001")
    assert hub.server.calls == [posting(), ("GET", LIST, None)]
    assert (len(hub.comments), time.slept) == (1, [1.0])


def test_five_tries_each_wait_twice_as_long(hub: FakeGitHub, host: GitHub, time: FakeTime) -> None:
    for _ in range(4):
        hub.once("POST", Reply(500, {"message": "Server Error"}))
    assert publish(host, text, OURS, "new", NOW).deed == "created"
    assert hub.server.calls == [posting(), ("GET", LIST, None)] * 4 + [posting()]
    assert time.slept == [1.0, 2.0, 4.0, 8.0]


def test_after_five_tries_it_gives_up(hub: FakeGitHub, host: GitHub) -> None:
    for _ in range(5):
        hub.once("GET", Reply(503))
    with pytest.raises(NoAnswerError, match=r"^127\.0\.0\.1 is out of order \(503\); run this step again later$"):
        publish(host, text, OURS, "update", NOW)
    assert hub.server.calls == [("GET", LIST, None)] * 5


def test_a_body_too_long_by_githubs_own_count_is_tried_once_shorter(hub: FakeGitHub, host: GitHub) -> None:
    hub.longest = 40_000
    limits: list[int] = []

    def long(limit: int) -> str:
        limits.append(limit)
        return "x" * limit

    assert publish(host, long, OURS, "new", NOW).deed == "created"
    head = len(FIRST_LINE) + 1
    assert limits == [65_536 - head, 30_000 - head]
    assert [len(request.json["body"]) for request in hub.server.requests] == [65_536, 30_000]


def test_a_body_that_is_still_too_long_is_told(hub: FakeGitHub, host: GitHub) -> None:
    hub.longest = 20_000
    with pytest.raises(TooLongError, match=r"no comment of this length \(422: Validation Failed; Body is too long"):
        publish(host, "x".ljust, OURS, "new", NOW)
    assert len(hub.server.requests) == 2


def test_without_permission_the_message_says_where_the_result_is(hub: FakeGitHub, host: GitHub) -> None:
    hub.read_only = True
    hub.write(OLDER)
    with pytest.raises(PermissionMissingError) as caught:
        publish(host, text, OURS, "update", NOW)
    told = str(caught.value)
    assert told.startswith(f"GITHUB_TOKEN may not do this on acme/models#12 (403: {BY_APP['message']}). A pull request")
    assert "from a fork" in told
    assert "summary of the job and its annotations" in told
    assert hub.server.calls[-1] == ("PATCH", FIRST, {"body": BODY})


def test_a_failure_to_hide_is_told_after_the_new_comment_is_there(hub: FakeGitHub, host: GitHub) -> None:
    hub.write(OLDER)
    refusal = {"data": None, "errors": [{"type": "NOT_FOUND", "message": "Could not resolve to a node"}]}
    hub.once(
        "POST", Reply(200, {"data": {"viewer": {"login": BOT["login"], "databaseId": BOT["id"]}}}), path="/graphql"
    )
    hub.once("POST", Reply(200, refusal), path="/graphql")
    with pytest.raises(HostError, match="Could not resolve to a node"):
        publish(host, text, OURS, "hide-and-new", NOW)
    assert hub.comments[-1]["body"] == BODY
