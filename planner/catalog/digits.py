"""Prices without the noise of floating point: what people review reads 22.4, never 22.400000000000002."""

import numpy as np

from planner.catalog.rows import Floats


def ten_digits(usd: float) -> float:
    """A price to ten significant digits: no list has more, and a product of two of its numbers ends in noise."""
    return float(f"{usd:.10g}")


def all_ten_digits(usd: Floats) -> Floats:
    """The same of every price, (N,); NaN stays."""
    return np.array([ten_digits(one) for one in usd.tolist()], np.float64)
