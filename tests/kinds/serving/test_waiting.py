"""Requests that wait fill the hours in which least is asked, and none waits longer than a day."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from planner.kinds.serving.waiting import DAY, waiting_moved

RATES = arrays(np.float64, 168, elements=st.floats(0, 1e4))


@settings(max_examples=30)
@given(RATES, st.floats(0, 1))
def test_none_is_lost_and_no_hour_is_busier_than_the_busiest_was(rates: np.ndarray, share: float) -> None:
    moved = waiting_moved(rates, share)
    assert moved.sum() == pytest.approx(rates.sum(), rel=1e-6, abs=1e-6)
    assert moved.max() <= rates.max() * (1 + 1e-9) + 1e-9
    assert (moved >= rates * (1 - share) - 1e-9).all()


@settings(max_examples=30)
@given(RATES, st.floats(0.01, 1))
def test_a_request_is_served_after_it_came_and_within_a_day(rates: np.ndarray, share: float) -> None:
    came = np.tile(rates * share, 3).cumsum()
    served = np.tile(waiting_moved(rates, share) - rates * (1 - share), 3).cumsum()
    # What is left at the end of each hour: backlog that began somewhere in the week before.
    left = came - served
    left -= left[:168].min()
    recent = came[168:] - np.concatenate([came[168 - DAY : -DAY]])
    assert (left[168:] <= recent + 1e-6 * (1 + came[-1])).all()


def test_a_week_that_works_by_day_works_half_as_hard_with_all_that_can_wait() -> None:
    by_day = np.tile(np.repeat([0.0, 2.0], 12), 7)
    assert waiting_moved(by_day, 1.0) == pytest.approx(np.ones(168), abs=1e-6)
    weekend_off = np.concatenate([np.full(120, 1.4), np.zeros(48)])
    # Nobody waits from Friday until Sunday: weekdays cannot be flattened into the whole week.
    assert waiting_moved(weekend_off, 1.0).max() > 1.1
