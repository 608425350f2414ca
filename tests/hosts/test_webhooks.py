"""Delivery: what is sent where, signed how, tried how often; and that no secret and no exception comes out."""

import hashlib
import hmac
import logging
from dataclasses import dataclass, replace
from typing import Any

import pytest

from planner.hosts.event import Event
from planner.hosts.payloads import payload
from planner.hosts.webhooks import Delivery, deliver, planned, signature
from planner.http.transport import Patience
from planner.policy.notify import NotifyTarget
from tests.http.servers import FakeTime, Reply, Server, real_clock, serving

EVENT = Event("gate-failed", "Blocked", "By a rule.", (("policy / rule", "too dear"),), severity="deny", data={"n": 1})
SECRET_PATH = "/services/T0SECRETTEAM/B0SECRETHOOK/XsecretXsecretXsecret"
AT = "2026-11-29T22:06:40Z"
STAMP = "1795990000"
KEY = "k3y-of-the-receiver"


def target(name: str = "ops", **changes: Any) -> NotifyTarget:
    return NotifyTarget(**{"name": name, "format": "slack", "url_from": "HOOK_URL", "on": ["gate-failed"]} | changes)


def environment(server: Server) -> dict[str, str]:
    return {"HOOK_URL": f"{server.url}{SECRET_PATH}?sig=QsecretQsecret", "HOOK_KEY": KEY}


@pytest.mark.parametrize(
    "form",
    [
        {"format": "slack"},
        {"format": "teams"},
        {"format": "json"},
        {"format": "template", "template": '{"text": "{{ title }}"}'},
        {"format": "template", "template": "{{ title }}", "content_type": "text/plain"},
    ],
)
def test_each_format_arrives(server: Server, time: FakeTime, form: dict[str, str]) -> None:
    asked = target(**form)
    assert deliver([EVENT], [asked], environment(server), time.clock) == [Delivery("ops", "gate-failed", sent=True)]
    (request,) = server.requests
    body, kind = payload(EVENT, asked, AT)
    assert (request.method, request.path) == ("POST", f"{SECRET_PATH}?sig=QsecretQsecret")
    assert request.body == body
    assert request.headers["content-type"] == kind
    assert request.headers["x-planner-event"] == "gate-failed"
    assert request.headers["user-agent"].startswith("finetune-planner/0.")
    assert not {name for name in request.headers if "signature" in name or "timestamp" in name}


@pytest.mark.parametrize("form", [{"format": "json"}, {"format": "template", "template": "{{ title | tojson }}"}])
def test_a_signature_covers_timestamp_and_body(server: Server, time: FakeTime, form: dict[str, str]) -> None:
    deliver([EVENT], [target(secret_from="HOOK_KEY", **form)], environment(server), time.clock)
    (request,) = server.requests
    expected = hmac.new(KEY.encode(), f"{STAMP}.".encode() + request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-planner-timestamp"] == STAMP
    assert request.headers["x-planner-signature-256"] == f"sha256={expected}"


def test_the_signature_by_a_vector() -> None:
    """What `printf '1795990000.{"a":1}' | openssl dgst -sha256 -hmac key` prints."""
    told = "sha256=387a47fc1fbbde97a5ed457df284f6275fee9d65178ad32861c2981eb7f6883e"
    assert signature("key", "1795990000", b'{"a":1}') == told


def test_targets_get_the_events_they_want(server: Server, time: FakeTime) -> None:
    ready = replace(EVENT, name="plan-ready")
    targets = [target("a"), target("b", on=["plan-ready"]), target("c", on=["plan-ready", "gate-failed"])]
    done = deliver([ready, EVENT], targets, environment(server), time.clock)
    assert [(d.event, d.target) for d in done] == [
        ("plan-ready", "b"), ("plan-ready", "c"), ("gate-failed", "a"), ("gate-failed", "c"),
    ]  # fmt: skip
    assert len(server.requests) == 4


def test_failures_are_tried_again_with_the_same_message(server: Server, time: FakeTime) -> None:
    replies = iter([Reply(503), Reply(429, None, {"Retry-After": "5"}), Reply(200, b"ok")])
    server.answer = lambda _: next(replies)
    (done,) = deliver([EVENT], [target()], environment(server), time.clock)
    assert done.sent
    assert time.slept == [1.0, 5.0]
    assert len({request.headers["x-planner-delivery"] for request in server.requests}) == 1
    assert len({request.body for request in server.requests}) == 1


def test_refusals_are_not(server: Server, time: FakeTime) -> None:
    server.answer = lambda _: Reply(403, b"invalid_token")
    (done,) = deliver([EVENT], [target()], environment(server), time.clock)
    assert done.line == "gate-failed to ops: not sent: 127.0.0.1 answers 403 (invalid_token)"
    assert (len(server.requests), time.slept) == (1, [])


def test_after_four_tries_it_is_told(server: Server, time: FakeTime) -> None:
    server.answer = lambda _: Reply(500)
    (done,) = deliver([EVENT], [target()], environment(server), time.clock)
    assert (done.sent, done.why, len(server.requests)) == (False, "127.0.0.1 answers 500", 4)
    assert time.slept == [1.0, 2.0, 4.0]


def test_a_slow_receiver_times_out(server: Server) -> None:
    server.answer = lambda _: Reply(200, delay_s=5.0)
    patience = Patience(timeout_s=0.1, tries=2, first_wait_s=0.01)
    (done,) = deliver([EVENT], [target()], environment(server), real_clock(), patience)
    assert done.why == "127.0.0.1 does not answer in time (2 tries)"


def test_an_answer_that_trickles_in_times_out(server: Server) -> None:
    """Each part comes in time; the whole does not."""
    server.answer = lambda _: Reply(200, b"x" * 100, trickle_s=0.05)
    patience = Patience(timeout_s=0.2, tries=1)
    (done,) = deliver([EVENT], [target()], environment(server), real_clock(), patience)
    assert done.why == "127.0.0.1 takes longer than 0.2 s to answer"


def test_all_messages_together_have_a_time(server: Server, time: FakeTime) -> None:
    """Targets that hang cannot hold up a gate for longer than this."""
    server.answer = lambda _: Reply(500)
    targets = [target(f"t{number}") for number in range(5)]
    done = deliver([EVENT], targets, environment(server), time.clock, longest_s=10.0)
    assert time.at - 1_795_990_000 <= 10.0
    assert [d.why for d in done] == [
        "127.0.0.1 answers 500", *["answer 500 from 127.0.0.1, and no time left for another try"] * 4,
    ]  # fmt: skip


def test_after_that_time_nobody_is_asked(server: Server, time: FakeTime) -> None:
    def slow(_: object) -> Reply:
        time.at += 11.0
        return Reply(200)

    server.answer = slow
    patience = Patience(timeout_s=20.0)
    done = deliver([EVENT], [target("a"), target("b")], environment(server), time.clock, patience, longest_s=10.0)
    assert [d.why for d in done] == ["", "the time for all messages together is used up by others"]
    assert len(server.requests) == 1


def test_one_that_fails_does_not_stop_the_next(server: Server, time: FakeTime) -> None:
    with serving() as gone:
        url = gone.url
    where = environment(server) | {"GONE_URL": url}
    done = deliver([EVENT], [target("gone", url_from="GONE_URL"), target()], where, time.clock)
    assert [(d.target, d.sent) for d in done] == [("gone", False), ("ops", True)]
    assert done[0].why == "127.0.0.1 cannot be reached (4 tries)"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server: Server, time: FakeTime, status: int) -> None:
    with serving() as thief:
        server.answer = lambda _: Reply(status, None, {"Location": f"{thief.url}/"})
        (done,) = deliver([EVENT], [target()], environment(server), time.clock)
        assert done.why == f"127.0.0.1 answers with a redirect ({status}), which is not followed"
        assert thief.requests == []


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "the environment variable HOOK_URL is not set"),
        ("", "the environment variable HOOK_URL is not set"),
        ("not an address SECRETWORD", "the environment variable HOOK_URL holds no address"),
        ("http://hooks.example/SECRETWORD", "holds an http address; only https is used, except on this machine"),
        ("https://user:SECRETWORD@hooks.example/", "holds an address with a user name in it"),
        ("xoxb-SECRETWORD", "the environment variable HOOK_URL holds no https address"),
    ],
)
def test_without_an_address(server: Server, time: FakeTime, value: str | None, why: str) -> None:
    where = {} if value is None else {"HOOK_URL": value}
    (done,) = deliver([EVENT], [target()], where, time.clock)
    assert why in done.why
    assert "SECRETWORD" not in done.line
    assert "SECRETWORD" not in planned(EVENT, target(), where, time.at)
    assert server.requests == []


def test_without_its_key_nothing_goes_out_unsigned(server: Server, time: FakeTime) -> None:
    asked = target(format="json", secret_from="NO_KEY")
    (done,) = deliver([EVENT], [asked], environment(server), time.clock)
    assert done.why == "the environment variable NO_KEY (the key that signs) is not set"
    assert server.requests == []


def test_a_template_that_does_not_fit_the_event(server: Server, time: FakeTime) -> None:
    (done,) = deliver([EVENT], [target(format="template", template="{{ data.cost }}")], environment(server), time.clock)
    assert "has no attribute 'cost'" in done.why
    assert server.requests == []


def test_secrets_that_the_receiver_echoes_are_not_shown(server: Server, time: FakeTime) -> None:
    for reply in (
        f"no hook at {server.url}{SECRET_PATH}?sig=QsecretQsecret",
        "T0SECRETTEAM B0SECRETHOOK XsecretXsecretXsecret QsecretQsecret " + KEY,
        " " * 9_970 + "XsecretXsecretXsecret" * 40,
        "\x1b[2J::error::" + SECRET_PATH,
    ):
        server.answer = lambda _, reply=reply: Reply(404, reply.encode())  # type: ignore[misc]
        (done,) = deliver([EVENT], [target(format="json", secret_from="HOOK_KEY")], environment(server), time.clock)
        assert "404" in done.why
        assert "secret" not in done.line.lower()
        assert KEY not in done.line
        assert done.line.isprintable()


def test_the_librarys_log_keeps_the_address_to_itself(
    server: Server, time: FakeTime, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    server.answer = lambda _: Reply(503)
    deliver([EVENT], [target()], environment(server), time.clock)
    assert "secret" not in caplog.text.lower()


def test_an_endless_answer_is_cut_off(
    server: Server, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("planner.http.transport.LARGEST_ANSWER", 2**20)
    server.answer = lambda _: Reply(200, b"x" * (2**20 + 1))
    (done,) = deliver([EVENT], [target()], environment(server), time.clock)
    assert done.why == "127.0.0.1 answers with more than 1 MiB"


def test_an_answer_that_breaks_off(server: Server, time: FakeTime) -> None:
    server.answer = lambda _: Reply(200, b"x", length=100)
    (done,) = deliver([EVENT], [target()], environment(server), time.clock)
    assert done.why.startswith("the connection to 127.0.0.1 broke (")


def test_even_a_bug_of_ours_does_not_come_out(
    server: Server, time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    def broken(*_: object) -> None:
        raise KeyError(SECRET_PATH)

    monkeypatch.setattr("planner.hosts.webhooks.payload", broken)
    (done,) = deliver([EVENT], [target()], environment(server), time.clock)
    assert done.line == "gate-failed to ops: not sent: a bug of ours: KeyError"


def test_a_dry_run_shows_the_body_and_not_the_address(server: Server, time: FakeTime) -> None:
    told = planned(EVENT, target(format="json", secret_from="HOOK_KEY"), environment(server), time.at)
    head, body = told.split("\n", 1)
    assert head == "gate-failed to ops: POST to the address in HOOK_URL, application/json, signed with HOOK_KEY"
    assert body.encode() == payload(EVENT, target(format="json"), AT)[0]
    assert server.requests == []


@pytest.mark.parametrize(
    ("changes", "where", "why"),
    [
        ({}, {}, "the environment variable HOOK_URL is not set"),
        ({"secret_from": "HOOK_KEY"}, {"HOOK_URL": "https://hooks.example/XsecretX"},
         "the environment variable HOOK_KEY (the key that signs) is not set"),
        ({}, {"HOOK_URL": "http://hooks.example/Blocked"},
         "the environment variable HOOK_URL holds an http address; only https is used, except on this machine"),
    ],
)  # fmt: skip
def test_a_dry_run_shows_the_body_where_nothing_could_be_sent(
    time: FakeTime, changes: dict[str, str], where: dict[str, str], why: str
) -> None:
    head, body = planned(EVENT, target(format="json", **changes), where, time.at).split("\n", 1)
    assert head.startswith("gate-failed to ops: POST to the address in HOOK_URL, application/json")
    assert head.endswith(f"; nothing would be sent: {why}")
    assert body.encode() == payload(EVENT, target(format="json"), AT)[0]


@dataclass(frozen=True)
class _Odd:
    """A target whose fields a policy would refuse."""

    name: str = "odd"
    format: Any = "template"
    template: str | None = None
    content_type: str | None = "text/plain\r\nX-Evil: 1"
    url_from: str = "HOOK_URL"
    on: tuple[Any, ...] = ("gate-failed",)
    secret_from: str | None = None


def test_a_header_cannot_be_split(server: Server, time: FakeTime) -> None:
    (done,) = deliver([EVENT], [_Odd()], environment(server), time.clock)
    assert not done.sent
    assert server.requests == []
