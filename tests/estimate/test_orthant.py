"""Two correlated normal errors below their bounds, against SciPy's own integration and against what must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal

from planner.estimate.orthant import both_below, least_bound

BOUNDS = st.floats(-6, 6)
CORRELATIONS = st.floats(-0.999, 0.999)


def both(h: float, k: float, r: float) -> float:
    return float(both_below(np.array(h), np.array(k), np.array(r)))


@given(BOUNDS, BOUNDS, CORRELATIONS)
def test_against_scipy(h: float, k: float, r: float) -> None:
    assert both(h, k, r) == pytest.approx(multivariate_normal.cdf([h, k], cov=[[1, r], [r, 1]]), abs=1e-6)


@pytest.mark.parametrize("r", [-0.8, 0.0, 0.5, 0.99])
def test_at_the_medians(r: float) -> None:
    """Sheppard 1899: 1/4 + asin(r)/(2 pi)."""
    assert both(0.0, 0.0, r) == pytest.approx(0.25 + np.arcsin(r) / (2 * np.pi), abs=1e-9)


@given(BOUNDS, BOUNDS)
def test_the_ends(h: float, k: float) -> None:
    assert both(h, k, 0.0) == pytest.approx(float(ndtr(h) * ndtr(k)), abs=1e-12)
    assert both(h, k, 1.0) == pytest.approx(float(ndtr(min(h, k))), abs=1e-6)
    assert both(h, np.inf, 0.4) == pytest.approx(float(ndtr(h)), abs=1e-12)
    assert both(h, -np.inf, 0.4) == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(both(h, np.nan, 0.4))


@given(BOUNDS, BOUNDS, st.floats(0, 0.999))
def test_errors_that_go_together_are_kept_at_least_as_surely_as_independent_ones(h: float, k: float, r: float) -> None:
    """Slepian 1962; never more surely than the less sure of the two."""
    assert ndtr(h) * ndtr(k) - 1e-9 <= both(h, k, r) <= min(ndtr(h), ndtr(k)) + 1e-9


@given(st.floats(-1, 4), st.floats(0, 0.99), st.floats(0.05, 0.95))
def test_the_least_bound_is_just_enough(k: float, r: float, wanted: float) -> None:
    h = float(least_bound(np.array(k), np.array(r), np.array(wanted)))
    if ndtr(k) < wanted - 1e-9:
        assert h == np.inf
    elif np.isfinite(h):
        assert both(h, k, r) >= wanted
        assert both(h - 1e-6, k, r) < wanted + 1e-12


def test_alone_the_least_bound_is_the_quantile() -> None:
    found = least_bound(np.array(np.inf), np.array(0.0), np.array(0.9))
    assert float(found) == pytest.approx(ndtri(0.9), abs=1e-9)
