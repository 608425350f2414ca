"""The catalog of another date, made once; plans in this process, and without what no comparison looks at."""

import math
from pathlib import Path

import pytest

from planner.gate import plans
from tests.gate.changes import other_catalog


@pytest.fixture(scope="session")
def cheaper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalog of August in which everything cost a tenth less."""
    return other_catalog(tmp_path_factory.mktemp("catalog") / "data", "2026-08-01", lambda _, usd: usd * 0.9)


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine these small plans took processes."""
    monkeypatch.setattr(plans, "WORTH_PROCESSES_S", math.inf)


@pytest.fixture(autouse=True)
def without_what_no_comparison_looks_at(without_advice: None) -> None:
    """What no comparison looks at would take most of the time."""
