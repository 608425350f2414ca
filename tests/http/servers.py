"""A server on this machine that records every request and answers as it is told to."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from planner.http.transport import Clock


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    """With the query."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    @property
    def call(self) -> tuple[str, str, Any]:
        return self.method, self.path, self.json


@dataclass(frozen=True)
class Reply:
    status: int = 200
    content: Any = None
    """Bytes as they are, anything else as JSON; None is an empty body."""
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    trickle_s: float = 0.0
    """Seconds between two bytes of the body."""
    length: int | None = None
    """A length to promise that the body does not have."""


class Server:
    """Answers come from `answer`, a function of the request."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[Request] = []
        self.answer: Callable[[Request], Reply] = lambda _: Reply()

    @property
    def calls(self) -> list[tuple[str, str, Any]]:
        return [request.call for request in self.requests]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "_Listening"

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        self.server.told.requests.append(request)
        reply = self.server.told.answer(request)
        if reply.delay_s:
            self.server.closing.wait(reply.delay_s)
        content = reply.content
        data = b"" if content is None else content if isinstance(content, bytes) else json.dumps(content).encode()
        try:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data) if reply.length is None else reply.length))
            self.end_headers()
            for part in (data[at : at + 1] for at in range(len(data))) if reply.trickle_s else (data,):
                self.wfile.write(part)
                self.server.closing.wait(reply.trickle_s)
            if reply.length is not None:
                self.close_connection = True
        except OSError:  # the client did not wait
            self.close_connection = True

    do_GET = do_POST = do_PATCH = do_DELETE = _do  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class Loopback(socket.socket):
    """A socket for this machine alone: these tests need one, and must not reach further all the same."""

    def connect(self, address: Any) -> None:
        self._check(address)
        super().connect(address)

    def bind(self, address: Any) -> None:
        self._check(address)
        super().bind(address)

    @staticmethod
    def _check(address: Any) -> None:
        if isinstance(address, tuple) and address[0] != "127.0.0.1":
            message = f"a test tried to use the network: {address[0]}"
            raise RuntimeError(message)


class _Listening(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.closing = threading.Event()
        self.told = Server(f"http://127.0.0.1:{self.server_address[1]}")


@contextmanager
def serving() -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", Loopback)
        listening = _Listening()
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield listening.told
        finally:
            listening.closing.set()
            listening.shutdown()
            thread.join()
            listening.server_close()


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self, now: float = 1_795_990_000.0) -> None:
        self.at = now
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.at, self.sleep)


def real_clock() -> Clock:
    return Clock(time.time, time.sleep)
