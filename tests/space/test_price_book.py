"""The layers of a price, against a table worked out by hand."""

import numpy as np
import pytest

from planner.space.overlay.price_book import private_usd_per_hour

NAN = float("nan")


@pytest.mark.parametrize(
    ("listed", "percent", "fixed", "usd"),
    [
        (100.0, NAN, NAN, 100.0),
        (100.0, 18.0, NAN, 82.0),
        (100.0, NAN, 70.0, 70.0),
        (100.0, 18.0, 90.0, 90.0),  # a fixed rate counts even where the discount would be cheaper
        (NAN, NAN, 20.0, 20.0),
        (NAN, 18.0, 20.0, 20.0),  # nothing is taken off a machine that no list has
        (NAN, 18.0, NAN, NAN),
        (NAN, NAN, NAN, NAN),
    ],
)
def test_list_then_contract_then_fixed_rate(listed: float, percent: float, fixed: float, usd: float) -> None:
    found = private_usd_per_hour(np.array([listed]), np.array([percent]), np.array([fixed]))
    assert found.tolist() == pytest.approx([usd], nan_ok=True)
