"""Numbers that no machine has are no prices, whatever they overflow to."""

import math

import pytest

from planner.catalog.prices.sifting import NotAPriceError, gpus, size


@pytest.mark.parametrize("count", [math.inf, math.nan, 0.0, -1.0, 1.5, 1025.0])
def test_a_count_of_cards_that_is_none_is_refused(count: float) -> None:
    with pytest.raises(NotAPriceError, match="GPU count"):
        gpus(count)


def test_a_size_that_overflows_is_unknown() -> None:
    assert math.isnan(size(1e300, 1e12))
    assert size("64", 0.5) == 32.0
