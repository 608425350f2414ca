"""A served endpoint that says what it was asked: one line of JSON for each request, which a SpendReview reads.

ASGI middleware without any dependency, for servers that speak OpenAI's API. Around an application of your own::

    app = RequestLog(app, "requests.jsonl", deployment="support-prod")

For vLLM, which makes it itself: ``PLANNER_REQUEST_LOG=requests.jsonl vllm serve … --middleware request_log.RequestLog
--enable-force-include-usage`` (so that streamed answers say their tokens too).

A line holds the keys below and never a text: prompt and user stand as keyed hashes, the key being
``PLANNER_REQUEST_LOG_KEY`` (without it texts that somebody guesses can be recognised). Model, user and usage are those
of the request's and answer's own JSON; team, tenant, feature and conversation are told by the headers ``x-team``,
``x-tenant``, ``x-feature`` and ``x-conversation``, which your gateway should set. An application that speaks another
API fills ``scope["request_log"]`` with the same keys; what it says counts. A log that cannot be written is told to
``logging`` and never fails a request.
"""

import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

KEYS: Final = (
    "timestamp", "model", "input_tokens", "output_tokens", "cached_tokens", "latency_ms", "ttft_ms", "status", "team",
    "tenant", "feature", "user", "conversation", "prompt_hash", "deployment",
)  # fmt: skip
"""Keys of a line, in order; one that nobody knows is left out."""
PATHS: Final = ("/completions", "/responses", "/embeddings", "/messages")
"""Ends of the paths that are logged."""
HEADERS: Final = ("team", "tenant", "feature", "conversation")
PROMPT: Final = ("system", "instructions", "messages", "prompt", "input", "tools")
"""Keys of a request that make its prompt."""
MOST_REQUEST_BYTES: Final = 16 * 2**20
"""Of a larger request nothing is looked at."""
MOST_ANSWER_BYTES: Final = 2**20
"""End of an answer that is looked at for its usage."""
LONGEST: Final = 200
"""Characters of a text."""
CLOSED: Final = 499
"""Status of a request whose asker went away, or that was cancelled."""
_log = logging.getLogger("request_log")


class RequestLog:
    """The middleware; one instance may serve many requests, threads and event loops at a time."""

    def __init__(
        self, app: Application, path: str | os.PathLike[str] | None = None, *, deployment: str = "", model: str = "",
        paths: Iterable[str] = PATHS, key: bytes | None = None,
    ) -> None:  # fmt: skip
        """`path`: file that lines are added to, else PLANNER_REQUEST_LOG; `model`: where requests name none."""
        self._app = app
        self._path = Path(path or os.environ.get("PLANNER_REQUEST_LOG", "requests.jsonl"))
        self._known = {"deployment": deployment, "model": model}
        self._paths = tuple(paths)
        told = os.environ.get("PLANNER_REQUEST_LOG_KEY", "").encode() if key is None else key
        self._key = hashlib.blake2b(told, digest_size=32).digest() if told else b""
        self._lock = threading.Lock()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve a request, and log it where it is one to a model."""
        asked = scope["type"] == "http" and scope["method"] == "POST"
        if not asked or not scope["path"].rstrip("/").endswith(self._paths):
            await self._app(scope, receive, send)
            return
        seen = _Seen()
        told: dict[str, Any] = scope.setdefault("request_log", {})
        try:
            await self._app(scope, seen.receiving(receive), seen.sending(send))
        except Exception:
            seen.status = seen.status or 500
            raise
        except BaseException:
            seen.status = CLOSED
            raise
        finally:
            try:
                self._write(self._line(scope, seen, told))
            except Exception as error:
                _log.warning("a request was not logged: %s", error)

    def _line(self, scope: Mapping[str, Any], seen: "_Seen", told: Mapping[str, Any]) -> Mapping[str, Any]:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope.get("headers", ())}
        asked, answer = seen.request(), seen.answer()
        user = asked.get("user") or headers.get("x-user")
        prompt = {name: asked[name] for name in PROMPT if name in asked}
        found: dict[str, Any] = {
            **self._known,
            "timestamp": seen.came.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "latency_ms": seen.ms(seen.last),
            "ttft_ms": seen.ms(seen.first),
            "status": seen.status or CLOSED,
            **{name: headers.get(f"x-{name}") for name in HEADERS},
            "prompt_hash": self._hash(json.dumps(prompt, sort_keys=True)) if prompt else None,
            "user": self._hash(str(user)) if user else None,
            **_usage(answer),
        }
        found |= {name: asked[name] for name in ("model",) if isinstance(asked.get(name), str)}
        found |= {name: value for name, value in told.items() if name in KEYS}
        return {name: _short(found[name]) for name in KEYS if found.get(name) not in (None, "")}

    def _hash(self, text: str) -> str:
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).hexdigest()

    def _write(self, line: Mapping[str, Any]) -> None:
        """Add the line whole: in one write, at the end of the file, whoever else writes there."""
        content = json.dumps(line).encode() + b"\n"
        with self._lock:
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
            try:
                if os.write(file, content) < len(content):
                    os.write(file, b"\n")  # what did not fit must not spoil the next line
            finally:
                os.close(file)


class _Seen:
    """What passed through, as far as it is kept."""

    def __init__(self) -> None:
        self.came = datetime.now(UTC)
        self.status = 0
        self.first: float | None = None
        self.last: float | None = None
        self._began = time.perf_counter()
        self._request = bytearray()
        self._answer = bytearray()
        self._whole = True

    def ms(self, moment: float | None) -> float | None:
        """Milliseconds from the request to a moment."""
        return None if moment is None else round((moment - self._began) * 1000.0, 3)

    def receiving(self, receive: Receive) -> Receive:
        """`receive`, whose messages are looked at."""

        async def looked() -> Message:
            message = await receive()
            if message["type"] == "http.request" and self._whole:
                self._request += message.get("body", b"")
                self._whole = len(self._request) <= MOST_REQUEST_BYTES
                if not self._whole:
                    self._request.clear()
            return message

        return looked

    def sending(self, send: Send) -> Send:
        """`send`, whose messages are looked at."""

        async def looked(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
            elif message["type"] == "http.response.body" and message.get("body"):
                self.last = time.perf_counter()
                self.first = self.last if self.first is None else self.first
                self._answer += message["body"]
                del self._answer[:-MOST_ANSWER_BYTES]
            await send(message)

        return looked

    def request(self) -> Mapping[str, Any]:
        """The JSON object that was asked with; an empty one where it was none."""
        return _object(bytes(self._request))

    def answer(self) -> Mapping[str, Any]:
        """The JSON object that was answered; of a stream the last event that has usage."""
        whole = _object(bytes(self._answer))
        if whole:
            return whole
        for line in reversed(bytes(self._answer).splitlines()):
            if line.startswith(b"data:") and b'"usage"' in line:
                event = _object(line[5:])
                found = event if event.get("usage") else event.get("response")
                if isinstance(found, dict) and found.get("usage"):
                    return found
        return {}


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _usage(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Tokens by the names of OpenAI's two APIs; what is no number is not known."""
    usage = answer.get("usage")
    if not isinstance(usage, dict):
        return {}
    details = usage.get("prompt_tokens_details") or usage.get("input_tokens_details")
    output = usage.get("completion_tokens", usage.get("output_tokens"))
    if output is None and "prompt_tokens" in usage:
        output = 0  # embeddings answer no token
    found = {
        "input_tokens": usage.get("prompt_tokens", usage.get("input_tokens")),
        "output_tokens": output,
        "cached_tokens": details.get("cached_tokens") if isinstance(details, dict) else None,
    }
    return {name: value for name, value in found.items() if isinstance(value, int) and value >= 0}


def _short(value: object) -> object:
    return value[:LONGEST] if isinstance(value, str) else value
