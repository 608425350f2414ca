"""Plans without what no lock holds."""

import pytest


@pytest.fixture(autouse=True)
def without_what_no_lock_holds(without_advice: None) -> None:
    """What no lock holds would take most of the time."""
