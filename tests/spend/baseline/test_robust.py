"""The modified z-score and the medians that it rests on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.spend.baseline.robust import modified_z, rolling_median, spread


def test_modified_z_of_a_spike() -> None:
    """DOMAIN T-10.4: median 101, MAD 2."""
    z = modified_z(np.array([100.0, 102, 98, 101, 99, 103, 160]))
    assert z[-1] == pytest.approx(19.898, abs=5e-4)
    assert z[:-1].tolist() == pytest.approx([-0.33725, 0.33725, -1.01175, 0, -0.6745, 0.6745])


def test_where_most_days_are_alike_the_mean_deviation_stands_in() -> None:
    """Iglewicz and Hoaglin 1993: MAD 0, so 1.2533 times the mean absolute deviation, 10/6."""
    z = modified_z(np.array([5.0, 5, 5, 5, 5, 15]))
    assert z.tolist() == pytest.approx([0, 0, 0, 0, 0, 10 / (1.2533 * 10 / 6)])
    assert modified_z(np.full(9, 3.0)).tolist() == [0.0] * 9
    assert spread(np.zeros(0)) == 0.0


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=3, max_size=40),
    st.sampled_from([1e-9, 0.01, 0.92, 150.0]),
)
def test_a_currency_changes_no_score(values: list[int], rate: float) -> None:
    assert modified_z(np.array(values, float) * rate) == pytest.approx(
        modified_z(np.array(values, float)), rel=1e-6, abs=1e-6
    )


def test_rolling_medians_are_those_of_the_days_around() -> None:
    y = np.random.default_rng(0).normal(size=40)
    rolling = rolling_median(y, 7)
    assert [rolling[t] for t in range(3, 37)] == [np.median(y[t - 3 : t + 4]) for t in range(3, 37)]
    assert rolling[0] == np.median([*y[1:4], *y[0:4]])
