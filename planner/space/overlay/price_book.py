"""The layers of a price: the list, less what a contract takes off it, unless a rate is fixed."""

import numpy as np

from planner.catalog.rows import Floats


def private_usd_per_hour(off_usd: Floats, percent_off: Floats, fixed_usd: Floats) -> Floats:
    """(offers,) what an hour costs: the one place that says which layer counts.

    The list, which `off_usd` is unless a percentage is taken off another price; on it a contract's percentage; over
    both a fixed rate. NaN is a layer that says nothing of an offer, and a machine that is not listed has nothing but
    its fixed rate.
    """
    contract = off_usd * (1.0 - np.nan_to_num(percent_off) / 100.0)
    return np.where(np.isfinite(fixed_usd), fixed_usd, contract)
