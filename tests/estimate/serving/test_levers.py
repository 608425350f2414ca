"""Payback and return, by hand."""

import numpy as np
import pytest

from planner.catalog.rows import Floats
from planner.estimate.serving.levers import payback_months, return_on_investment


def a(*values: float) -> Floats:
    return np.array(values, np.float64)


def test_payback() -> None:
    months = payback_months(a(1200.0, 1200.0, 1200.0, 0.0, np.nan), a(100.0, 0.0, -5.0, 10.0, 10.0))
    assert months[:4].tolist() == [12.0, np.inf, np.inf, 0.0]
    assert np.isnan(months[4])
    assert return_on_investment(a(1200.0, 0.0), a(150.0, 150.0), 12)[0] == pytest.approx(0.5)
    assert np.isnan(return_on_investment(a(0.0), a(150.0), 12))[0]
