"""Quantiles of inputs, against SciPy's distributions and the data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from planner.estimate.finance.distributions import (
    Distribution,
    Empirical,
    Lognormal,
    Normal,
    Point,
    Triangular,
    Uniform,
    empirical,
)

SHARES = np.array([1e-9, 0.05, 0.3, 0.5, 0.9, 1.0 - 1e-9])
SOME: dict[str, Distribution] = {
    "point": Point(3.0),
    "uniform": Uniform(1.0, 5.0),
    "triangular": Triangular(1.0, 2.0, 8.0),
    "triangular, at its end": Triangular(1.0, 8.0, 8.0),
    "normal": Normal(4.0, 2.0),
    "lognormal": Lognormal(80.0, 0.3),
    "data": empirical([3.0, 1.0, 1.0, 8.0]),
}


def test_data_have_their_mean_and_never_go_back() -> None:
    """Hazen's positions: even shares of the quantiles average to the mean of the data."""
    values = SOME["data"].quantile((np.arange(200_000) + 0.5) / 200_000)
    assert np.mean(values) == pytest.approx(13.0 / 4.0, rel=2e-4)
    assert (np.diff(values) >= 0.0).all()


def test_quantiles_are_those_of_scipy() -> None:
    theirs = {
        "uniform": stats.uniform(1.0, 4.0),
        "triangular": stats.triang(1.0 / 7.0, 1.0, 7.0),
        "triangular, at its end": stats.triang(1.0, 1.0, 7.0),
        "normal": stats.norm(4.0, 2.0),
        "lognormal": stats.lognorm(0.3, scale=80.0),
    }
    for name, each in theirs.items():
        assert SOME[name].quantile(SHARES) == pytest.approx(each.ppf(SHARES), rel=1e-7), name


def test_a_lognormal_keeps_its_limit() -> None:  # T-11.6
    assert Lognormal(80.0, 0.3).quantile(np.array(0.9)) == pytest.approx(117.506, abs=5e-4)


@settings(max_examples=40)
@given(st.floats(1e-3, 1e6), st.floats(1.0, 50.0))
def test_a_band_of_90_percent(low: float, factor: float) -> None:
    ends = np.array([0.05, 0.95])
    assert Lognormal.between(low, low * factor).quantile(ends) == pytest.approx([low, low * factor], rel=1e-9)
    assert Normal.between(low, low * factor).quantile(ends) == pytest.approx(
        [low, low * factor], rel=1e-9, abs=1e-9 * low
    )


@settings(max_examples=40)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_data_keep_their_ends_and_order(values: list[float]) -> None:
    found = empirical(values)
    assert found.quantile(np.array([0.0, 1.0])).tolist() == [min(values), max(values)]
    assert found == empirical(values[::-1])


def test_what_is_certain() -> None:
    certain: list[Distribution] = [
        Point(np.nan),
        Uniform(2.0, 2.0),
        Triangular(2.0, 2.0, 2.0),
        Normal(2.0, 0.0),
        Lognormal(2.0, 0.0),
        empirical([2.0, 2.0]),
    ]
    assert all(each.certain for each in certain)
    assert [each.certain for each in SOME.values()] == [True, *[False] * 6]
    assert [float(each.quantile(np.array(0.3))) for each in certain[1:]] == [2.0] * 5
    assert isinstance(certain[-1], Empirical)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Uniform(2.0, 1.0), "from low to high, not from 2 to 1"),
        (lambda: Uniform(np.nan, 1.0), "needs finite numbers; given are nan, 1"),
        (lambda: Triangular(1.0, 5.0, 4.0), "low <= mode <= high; given are 1, 5, 4"),
        (lambda: Normal(1.0, -1.0), "standard deviation is -1"),
        (lambda: Lognormal(0.0, 1.0), "median above 0"),
        (lambda: Lognormal.between(0.0, 1.0), "0 < low <= high; given are 0 and 1"),
        (lambda: Normal.between(2.0, 1.0), "between low and high, not between 2 and 1"),
        (lambda: empirical([]), "needs 1 to 1,000,000 values; given are 0"),
        (lambda: empirical([1.0, np.inf]), "value 2 of the data is unknown or infinite"),
    ],
)  # fmt: skip
def test_what_is_refused(make: type[Distribution], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()
