"""The catalog of another date, made once."""

from pathlib import Path

import pytest

from tests.gate.changes import other_catalog


@pytest.fixture(scope="session")
def cheaper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog of August in which everything cost a tenth less."""
    return other_catalog(tmp_path_factory.mktemp("catalog") / "data", "2026-08-01", lambda _, usd: usd * 0.9)
