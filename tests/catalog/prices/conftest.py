"""A server on this machine, and a clock that only sleeping moves."""

from collections.abc import Iterator

import pytest

from tests.http.servers import FakeTime, Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()
