"""A store for tests that fill it anew each time."""

from collections.abc import Iterator

import pytest

from planner.spend.store import Store
from tests.spend.made import made


@pytest.fixture(scope="module")
def shared() -> Iterator[Store]:
    """One for all examples."""
    with made() as store:
        yield store
