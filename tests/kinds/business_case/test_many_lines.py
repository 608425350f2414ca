"""Cases that are too large to be reckoned are refused before anything is drawn."""

from typing import Any

import pytest

from planner.errors import InputError
from tests.kinds.business_case.asked import case_of


def lines(count: int, **keys: Any) -> list[dict[str, Any]]:
    return [{"name": f"c{k}", "per_month": 5, "category": "other", "starts": 1 + k, **keys} for k in range(count)]


def test_draws_times_lines_times_months_are_bounded() -> None:
    options = [{"name": f"o{k}", "costs": lines(200)} for k in range(20)]
    market = {"price_decline": {"uniform": [0.0, 0.3]}}
    with pytest.raises(
        InputError, match=r"4,096 draws of 1 uncertain inputs and 4,000 lines over 1,200 months .* 894 draws"
    ):
        case_of(horizon=1200, market=market, options=options)
    assert case_of(horizon=1200, options=options).draws == 0


def test_nothing_that_grows_beyond_all_numbers_is_refused_too() -> None:
    nothing = {"name": "c", "per_month": 0, "category": "other", "growth": 100, "with_demand": True}
    with pytest.raises(InputError, match="a, c: it grows beyond all numbers within 1200 months"):
        case_of(horizon=1200, demand={"growth": 100}, options=[{"name": "a", "costs": [nothing]}])


def test_draws_times_forms_that_they_move_are_bounded() -> None:
    falling = [{"name": f"o{k}", "costs": lines(200, market_price=True)} for k in range(2)]
    falling[1]["costs"] = lines(200, market_price=True, growth=0.03)
    market = {"price_decline": {"uniform": [0.0, 0.3]}}
    with pytest.raises(
        InputError, match=r"uncertainty\.draws: 100,000 draws of 1 uncertain inputs and 400 lines over 12.* 83,886"
    ):
        case_of(market=market, options=falling, uncertainty={"draws": 100_000})
