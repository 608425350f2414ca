"""A server, GitHub on it, a clock that only sleeping moves, and a client of both."""

from collections.abc import Iterator

import pytest

from planner.hosts.github import GitHub
from planner.http.addresses import read_address
from planner.http.transport import Patience, Transport
from tests.hosts.github_server import FakeGitHub
from tests.http.servers import FakeTime, Server, serving

TOKEN = "ghs_0123456789abcdefSECRET"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def hub(server: Server) -> FakeGitHub:
    return FakeGitHub(server)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def host(hub: FakeGitHub, time: FakeTime) -> GitHub:
    transport = Transport(time.clock, Patience(timeout_s=2.0))
    return GitHub(transport, read_address(hub.server.url), TOKEN, "acme/models", 12)
