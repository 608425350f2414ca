"""Plans without what no lock holds."""

import pytest

from planner.kinds import fine_tune
from planner.kinds.advise.counsel import Counsel
from planner.outcome import Alternatives


@pytest.fixture(autouse=True)
def without_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Advice, sensitivity and alternatives take most of a plan's time; fronts, figures and decisions stay the same."""
    monkeypatch.setattr(fine_tune, "counsel", lambda *_, **__: Counsel())
    monkeypatch.setattr(fine_tune, "alternatives", lambda *_, **__: Alternatives())
