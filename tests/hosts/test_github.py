"""What the client does with redirects, links, limits and refusals; and where its token goes."""

import re
from typing import Any

import pytest

from planner.errors import InputError
from planner.hosts.github import GitHub
from planner.http.addresses import read_address
from planner.http.failure import (
    BrokenAnswerError,
    HostError,
    NoAnswerError,
    PermissionMissingError,
    RateLimitError,
    RefusedError,
)
from planner.http.transport import Patience, Transport
from tests.hosts.conftest import TOKEN
from tests.hosts.github_server import ISSUE, LIST, FakeGitHub
from tests.http.servers import FakeTime, Reply, Server, real_clock, serving


def test_links_to_another_host_are_not_followed(hub: FakeGitHub, host: GitHub) -> None:
    with serving() as thief:
        hub.once("GET", Reply(200, [], {"Link": f'<{thief.url}{LIST}&page=2>; rel="next"'}))
        with pytest.raises(BrokenAnswerError, match="a link to another host; it is not followed"):
            list(host.comments())
        assert thief.requests == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_to_another_host_are_not_followed(hub: FakeGitHub, host: GitHub, status: int) -> None:
    with serving() as thief:
        hub.once("POST", Reply(status, None, {"Location": f"{thief.url}{ISSUE}"}))
        with pytest.raises(BrokenAnswerError, match="a redirect to another host; it is not followed"):
            host.post("hello")
        assert thief.requests == []


@pytest.mark.parametrize(
    "there", ["https://127.0.0.1/x", "//evil.example/x", "http://user@127.0.0.1/x", "ftp://127.0.0.1/", "http://[", ""]
)
def test_odd_redirects_lead_nowhere(hub: FakeGitHub, host: GitHub, there: str) -> None:
    for _ in range(6):
        hub.once("GET", Reply(302, None, {"Location": there}))
    with pytest.raises(HostError):
        list(host.comments())
    assert len(hub.server.requests) <= 4


def test_a_renamed_repository_is_followed_on_the_same_host(hub: FakeGitHub, host: GitHub) -> None:
    hub.once("POST", Reply(307, None, {"Location": f"{hub.server.url}{ISSUE}"}), path=ISSUE)
    assert host.post("hello").body == "hello"
    assert hub.server.calls == [("POST", ISSUE, {"body": "hello"})] * 2


def test_pages_in_a_circle_end(hub: FakeGitHub, host: GitHub) -> None:
    hub.once("GET", Reply(200, [], {"Link": f'<{hub.server.url}{LIST}>; rel="next"'}))
    with pytest.raises(BrokenAnswerError, match="circle"):
        list(host.comments())


def test_pages_without_end_end(hub: FakeGitHub, host: GitHub) -> None:
    numbers = iter(range(2, 1000))
    hub.server.answer = lambda _: Reply(200, [], {"Link": f'<{hub.server.url}{LIST}&page={next(numbers)}>; rel="next"'})
    with pytest.raises(BrokenAnswerError, match="more than 100 pages"):
        list(host.comments())
    assert len(hub.server.requests) == 100


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (Reply(403, {"message": "slow down"}, {"Retry-After": "7"}), 7.0),
        (Reply(429, None, {"Retry-After": "Sun, 29 Nov 2026 22:07:00 GMT"}), 20.0),
        (Reply(403, {"message": "API rate limit exceeded"},
               {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795990030"}), 31.0),
        (Reply(403, {"message": "You have exceeded a secondary rate limit."}), 60.0),
        (Reply(429), 1.0),
    ],
)  # fmt: skip
def test_a_rate_limit_is_waited_for(
    hub: FakeGitHub, host: GitHub, time: FakeTime, reply: Reply, wait: float
) -> None:  # fmt: skip
    """And the post is made again without a look whether it worked: a limit says that it did not."""
    hub.once("POST", reply)
    assert host.post("hello").body == "hello"
    assert hub.server.calls == [("POST", ISSUE, {"body": "hello"})] * 2
    assert time.slept == [wait]


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "3600"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795993600"},
        {"Retry-After": "99999999999999"},
    ],
)
def test_a_long_rate_limit_is_not(hub: FakeGitHub, host: GitHub, time: FakeTime, headers: dict[str, str]) -> None:
    hub.once("GET", Reply(403, {"message": "API rate limit exceeded"}, headers))
    with pytest.raises(RateLimitError, match=r"asks to wait [0-9,]+ s \(rate limit\), more than the 60 s allowed"):
        list(host.comments())
    assert (len(hub.server.requests), time.slept) == (1, [])


def test_a_limit_that_stays_is_told(hub: FakeGitHub, host: GitHub) -> None:
    for _ in range(5):
        hub.once("GET", Reply(429, {"message": "too many"}, {"Retry-After": "1"}))
    with pytest.raises(RateLimitError, match=r"rate limit is used up \(429: too many\)"):
        list(host.comments())


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply(401, {"message": "Bad credentials"}), PermissionMissingError,
         "GitHub does not accept GITHUB_TOKEN (401: Bad credentials): wrong, or expired"),
        (Reply(403, {"message": "Must have admin rights"}), PermissionMissingError, "(403: Must have admin rights)"),
        (Reply(404, {"message": "Not Found"}), RefusedError,
         "acme/models#12 is not there, or GITHUB_TOKEN may not see it (404: Not Found)"),
        (Reply(410, {"message": "Issues are disabled"}), RefusedError, "GitHub refuses for acme/models#12 (410: Iss"),
        (Reply(422, {"message": "Validation Failed", "errors": ["no\x1b[31m, \u202ereally"]}), RefusedError,
         "(422: Validation Failed; no[31m, really)"),
        (Reply(418, b"<html>"), RefusedError, "(418)"),
        (Reply(400, b"[" * 100_000), RefusedError, "(400)"),
    ],
)  # fmt: skip
def test_refusals_are_told_in_words(
    hub: FakeGitHub, host: GitHub, reply: Reply, kind: type[HostError], words: str
) -> None:  # fmt: skip
    hub.once("POST", reply)
    with pytest.raises(kind, match=re.escape(words)) as caught:
        host.post("hello")
    assert TOKEN not in str(caught.value)
    assert len(hub.server.requests) == 1


@pytest.mark.parametrize("content", [b"", b"null", b"{}", b'[{"id": "x"}]', b'[{"id": 1, "user": {}}]', b"\xff"])
def test_answers_that_are_not_githubs(hub: FakeGitHub, host: GitHub, content: bytes) -> None:
    hub.once("GET", Reply(200, content))
    with pytest.raises(BrokenAnswerError, match="is not what GitHub's API answers"):
        list(host.comments())


def test_a_server_that_is_too_slow(hub: FakeGitHub) -> None:
    patience = Patience(timeout_s=0.1, tries=2, first_wait_s=0.01)
    host = GitHub(Transport(real_clock(), patience), read_address(hub.server.url), TOKEN, "acme/models", 12)
    for _ in range(2):
        hub.once("GET", Reply(200, [], delay_s=5.0))
    with pytest.raises(NoAnswerError, match=r"^127\.0\.0\.1 does not answer in time \(2 tries\)$"):
        list(host.comments())
    assert len(hub.server.requests) == 2


@pytest.mark.usefixtures("server")
def test_a_server_that_is_not_there(time: FakeTime) -> None:
    with serving() as gone:
        url = gone.url
    host = GitHub(Transport(time.clock), read_address(url), TOKEN, "acme/models", 12)
    with pytest.raises(NoAnswerError, match=r"^127\.0\.0\.1 cannot be reached \(5 tries\)$"):
        list(host.comments())
    assert time.slept == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize(
    ("path", "there"), [("", "/graphql"), ("/api/v3", "/api/graphql"), ("/api/v3/", "/api/graphql")]
)
def test_graphql_lies_beside_rest(server: Server, time: FakeTime, path: str, there: str) -> None:
    """On an enterprise's own server as well."""
    server.answer = lambda _: Reply(200, {"data": {"nodes": []}})
    host = GitHub(Transport(time.clock), read_address(server.url + path), TOKEN, "acme/models", 12)
    host.hide(next(iter(_one_comment())))
    assert [request.path for request in server.requests] == [there]


def _one_comment() -> Any:
    from planner.hosts.github import Comment

    return [Comment(id=1, node_id="IC_1")]


@pytest.mark.parametrize(
    "name", ["acme", "acme/", "acme/..", "acme/.", "a/b/c", "../x", "acme/mo dels", "acme/x?y", "-a/b"]
)
def test_odd_repositories_are_refused(time: FakeTime, name: str) -> None:
    with pytest.raises(InputError, match="is no repository; write owner/name"):
        GitHub(Transport(time.clock), read_address("https://api.github.com"), TOKEN, name, 12)


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "x" * 1001, "ümlaut"])
def test_odd_tokens_are_refused_and_not_shown(time: FakeTime, token: str) -> None:
    with pytest.raises(InputError) as caught:
        GitHub(Transport(time.clock), read_address("https://api.github.com"), token, "acme/models", 12)
    assert not token or token not in str(caught.value)
