"""Events delivered to webhooks. Nothing here raises: a message that does not arrive stops neither plan nor gate.

A signed body is proved by two headers: `X-Planner-Timestamp`, seconds since 1970, and `X-Planner-Signature-256`,
`sha256=` and the hexadecimal HMAC with SHA-256, under the shared key, of the timestamp, a full stop and the body as
sent. A receiver computes the same, compares in constant time, and refuses a timestamp that is minutes old.
`X-Planner-Delivery` is the same for every try to deliver a message, so that one that came twice can be told.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from planner.hosts.event import Event, EventName
from planner.hosts.payloads import Form, Payload, TemplateBodyError, payload
from planner.hosts.plain import plain, redacted
from planner.http.addresses import Address, AddressError, read_address
from planner.http.answer import Answer
from planner.http.failure import HostError
from planner.http.transport import Clock, Patience, Transport
from planner.version import __version__

PATIENCE: Final = Patience(timeout_s=10.0, tries=4, first_wait_s=1.0, longest_wait_s=30.0)
LONGEST_S: Final = 120.0
"""For all messages of one call together, however many targets hang."""
_TOLD: Final = 100
_KEPT: Final = 5000
"""Characters; more than an address can have."""
_LONG_PIECE: Final = 8
"""Shorter parts of a path are words such as `services`, not secrets; the path as a whole is one."""


class Target(Form, Protocol):
    """Somebody to tell: what a policy's `notify` says of them."""

    @property
    def name(self) -> str:
        """Short name, for messages about it."""

    @property
    def url_from(self) -> str:
        """Environment variable with the address."""

    @property
    def on(self) -> Sequence[EventName]:
        """Events they want."""

    @property
    def secret_from(self) -> str | None:
        """Environment variable with the key that signs."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event to one target, and what came of it."""

    target: str
    event: EventName
    sent: bool
    why: str = ""
    """Of one that was not sent: the reason, with every secret in it replaced."""

    @property
    def line(self) -> str:
        """The delivery in one line, for a log."""
        told = "sent" if self.sent else f"not sent: {self.why}"
        return f"{self.event} to {self.target}: {told}"


def deliver(
    events: Sequence[Event], targets: Sequence[Target], environment: Mapping[str, str], clock: Clock,
    patience: Patience = PATIENCE, longest_s: float = LONGEST_S,
) -> list[Delivery]:  # fmt: skip
    """Send each event to every target that wants it; never raises."""
    transport, end = Transport(clock, patience), clock.now() + longest_s
    done = []
    for event in events:
        for target in targets:
            if event.name not in target.on:
                continue
            why = _why_not(event, target, environment, transport, end)
            done.append(Delivery(target.name, event.name, not why, why))
    return done


def planned(event: Event, target: Target, environment: Mapping[str, str], now: float) -> str:
    """What would be sent, for a dry run, secrets left out; with why nothing would be, where that is so."""
    _, secrets, problem = _address(target, environment)
    # An address that cannot be used is no less a secret.
    secrets |= {text for name in (target.url_from, target.secret_from) if (text := environment.get(name or "", ""))}
    try:
        body, kind = payload(event, target, _utc(now))
    except TemplateBodyError as error:
        return f"{event.name} to {target.name}: {plain(str(error))}"
    signed = f", signed with {target.secret_from}" if target.secret_from else ""
    unsent = f"; nothing would be sent: {problem}" if problem else ""
    head = f"{event.name} to {target.name}: POST to the address in {target.url_from}, {kind}{signed}{unsent}"
    return redacted(f"{head}\n{body.decode()}", secrets)


def signature(key: str, timestamp: str, body: bytes) -> str:
    """The value of X-Planner-Signature-256."""
    return "sha256=" + hmac.new(key.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def _why_not(event: Event, target: Target, environment: Mapping[str, str], transport: Transport, end: float) -> str:
    """Why it was not delivered; empty for success."""
    address, secrets, problem = _address(target, environment)
    if address is None:
        return problem
    now = transport.clock.now()
    if now > end:
        return "the time for all messages together is used up by others"
    try:
        content = payload(event, target, _utc(now))
        headers = _headers(event, target, content, environment, now)
        return _judged(transport.send("POST", address, headers, content[0], until=end), address, secrets)
    except (HostError, TemplateBodyError) as error:
        return plain(redacted(str(error), secrets))
    except Exception as error:  # a bug of ours must not stop a gate, nor show an address in a traceback
        return f"a bug of ours: {type(error).__name__}"


def _address(target: Target, environment: Mapping[str, str]) -> tuple[Address | None, set[str], str]:
    """The address, what must never be shown, and the problem where there is no address or key."""
    text = environment.get(target.url_from, "").strip()
    if not text:
        return None, set(), f"the environment variable {target.url_from} is not set"
    key = environment.get(target.secret_from, "") if target.secret_from else ""
    if target.secret_from and not key:
        return None, set(), f"the environment variable {target.secret_from} (the key that signs) is not set"
    try:
        address = read_address(text)
    except AddressError as error:
        return None, set(), f"the environment variable {target.url_from} {error}"
    return address, _secrets(address, key), ""


def _secrets(address: Address, key: str) -> set[str]:
    """The key, and the address with all its parts below the host."""
    parts = urlsplit(address.url)
    whole = {address.url, parts.path, parts.query, parts.fragment, key}
    pieces = {piece for piece in re.split(r"[/&=]", f"{parts.path}/{parts.query}") if len(piece) > _LONG_PIECE}
    return whole | pieces | {unquote(piece) for piece in whole | pieces}


def _headers(
    event: Event, target: Target, content: Payload, environment: Mapping[str, str], now: float
) -> dict[str, str]:  # fmt: skip
    body, kind = content
    headers = {
        "Content-Type": kind,
        "User-Agent": f"finetune-planner/{__version__}",
        "X-Planner-Event": event.name,
        "X-Planner-Delivery": hashlib.sha256(f"{target.name} {now} ".encode() + body).hexdigest()[:32],
    }
    if target.secret_from:
        timestamp = str(int(now))
        headers["X-Planner-Timestamp"] = timestamp
        headers["X-Planner-Signature-256"] = signature(environment[target.secret_from], timestamp, body)
    return headers


def _judged(answer: Answer, address: Address, secrets: set[str]) -> str:
    if 200 <= answer.status < 300:
        return ""
    if 300 <= answer.status < 400:
        return f"{address.host} answers with a redirect ({answer.status}), which is not followed"
    # Twice as much is looked at as is kept, so that no secret is cut in two and passes for something else.
    text = redacted(answer.body[: 2 * _KEPT].decode("utf-8", "replace"), secrets)[:_KEPT]
    told = plain(text, _TOLD)
    return f"{address.host} answers {answer.status}{f' ({told})' if told else ''}"


def _utc(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
