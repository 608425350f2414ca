import math

import numpy as np
import pytest

from planner.choose.portfolio.chance import mean_cost, needed_budget, needed_together


def test_budget_for_a_probability() -> None:
    """T-11.6."""
    assert needed_budget(80, 0.3, 0.9) == pytest.approx(117.506, abs=5e-4)
    assert mean_cost(80, 0.3) == pytest.approx(83.682, abs=5e-4)


def test_a_shared_error_needs_more_than_errors_that_cancel() -> None:
    medians = np.full(10, 80.0)
    apart, shared = needed_together(medians, 0.3, 0.0, 0.9), needed_together(medians, 0.0, 0.3, 0.9)
    assert apart < 0.95 * shared
    assert shared == pytest.approx(10 * needed_budget(80, 0.3, 0.9), rel=0.02)


@pytest.mark.parametrize(("median", "sigma", "probability"), [(80, 0.3, 1.0), (math.nan, 0.3, 0.9), (80, -1.0, 0.9)])
def test_what_makes_no_sense_is_refused(median: float, sigma: float, probability: float) -> None:
    with pytest.raises(ValueError, match=r"probability|known"):
        needed_budget(median, sigma, probability)
