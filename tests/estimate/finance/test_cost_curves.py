"""Where the costs of two ways cross, over volume."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.estimate.finance.cost_curves import CostLine, crossover

USD = st.floats(0.0, 1e5)


def test_a_platform_against_an_api() -> None:  # T-9.21
    turn = crossover(CostLine(2.5 * 730.0, 0.0), CostLine(0.0, 0.60))
    assert turn is not None
    assert turn.volume == pytest.approx(3_042.0, abs=0.5)
    assert turn.first_is_cheaper_after


def test_none_where_one_is_the_cheaper_at_all_volumes() -> None:
    assert crossover(CostLine(5.0, 2.0), CostLine(1.0, 1.0)) is None
    assert crossover(CostLine(5.0, 2.0), CostLine(1.0, 2.0)) is None
    assert crossover(CostLine(1.0, 1.0), CostLine(1.0 + 1e-15, 0.5)) is None
    assert crossover(CostLine(1.0, 1.0), CostLine(1.0, 1.0)) is None


@settings(max_examples=60)
@given(USD, USD, USD, USD)
def test_both_cost_the_same_where_they_cross(fixed: float, each: float, theirs: float, their_each: float) -> None:
    first, second = CostLine(fixed, each), CostLine(theirs, their_each)
    turn = crossover(first, second)
    if turn is None:
        ours_first, ours_last = (first.usd_at(volume) <= second.usd_at(volume) for volume in (0.0, 1e30))
        same = first.usd_at(0.0) == pytest.approx(second.usd_at(0.0), rel=1e-12)
        assert ours_first == ours_last or same or each == their_each
        return
    if np.isfinite(turn.volume) and turn.volume < 1e12:
        size = max(first.usd_at(turn.volume), second.usd_at(turn.volume))
        assert first.usd_at(turn.volume) == pytest.approx(second.usd_at(turn.volume), abs=1e-9 * size)
        beyond = 2.0 * turn.volume
        assert (first.usd_at(beyond) < second.usd_at(beyond)) == turn.first_is_cheaper_after
    other = crossover(second, first)
    assert other is not None
    assert (other.volume, other.first_is_cheaper_after) == (turn.volume, not turn.first_is_cheaper_after)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown or infinite number"):
        CostLine(np.nan, 1.0)
    with pytest.raises(ValueError, match="unknown or infinite number"):
        CostLine(1.0, np.inf)
