"""Prices that people review have no noise of floating point."""

import math

import numpy as np

from planner.catalog.digits import all_ten_digits, ten_digits
from planner.catalog.loader import load_catalog
from planner.catalog.prices.sifting import price


def test_products_of_listed_numbers_read_as_a_person_writes_them() -> None:
    assert repr(7 * 3.2) == "22.400000000000002"
    assert repr(ten_digits(7 * 3.2)) == repr(price(7 * 3.2)) == "22.4"
    assert ten_digits(0.0000123456789) == 0.0000123456789
    found = all_ten_digits(np.array([28.458827999999997, math.nan]))
    assert repr(float(found[0])) == "28.458828"
    assert math.isnan(found[1])


def test_no_price_of_the_catalog_has_more_than_ten_digits() -> None:
    prices = load_catalog().offers.price_usd_per_hour
    known = prices[np.isfinite(prices)]
    assert (all_ten_digits(known) == known).all()
