"""What formulas of finance refuse, in plain words; an unknown number (NaN) is let through and stays unknown."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from planner.catalog.rows import Floats

Numbers = Floats | float
"""A number, or a column of them that broadcasts with the others."""
MOST_MONTHS: Final = 1200
"""No horizon is longer than a hundred years; arrays stay small."""


def check_months(months: int, name: str = "horizon") -> int:
    """A whole number of months from 1 to `MOST_MONTHS`; raises ValueError for any other."""
    if isinstance(months, bool) or not isinstance(months, int | np.integer):
        message = f"the {name} is {months}; it must be a whole number of months"
        raise ValueError(message)
    if not 1 <= months <= MOST_MONTHS:
        message = f"the {name} is {months:,} months; it must be 1 to {MOST_MONTHS:,} months"
        raise ValueError(message)
    return int(months)


def check_rate(rate: Numbers, name: str) -> Floats:
    """A rate of interest, growth or discount, as a share: above -100 %, and finite; raises ValueError."""
    rates = np.asarray(rate, np.float64)
    bad = (rates <= -1.0) | np.isinf(rates)
    if bad.any():
        message = f"the {name} is {100.0 * float(rates[bad][0]):g} %; a rate must be finite and above -100 %"
        raise ValueError(message)
    return rates


def check_decline(decline: Numbers, name: str) -> Floats:
    """A yearly fall, as a share under 100 %; negative where it rises; raises ValueError."""
    declines = np.asarray(decline, np.float64)
    bad = (declines >= 1.0) | np.isinf(declines)
    if bad.any():
        message = f"the {name} is {100.0 * float(declines[bad][0]):g} %; a fall must be under 100 % a year"
        raise ValueError(message)
    return declines


def check_at_least(value: Numbers, least: float, name: str) -> Floats:
    """Finite numbers from `least` on; raises ValueError."""
    values = np.asarray(value, np.float64)
    bad = (values < least) | np.isinf(values)
    if bad.any():
        message = f"the {name} is {float(values[bad][0]):g}; it must be finite and at least {least:g}"
        raise ValueError(message)
    return values


def check_above_zero(value: Numbers, name: str) -> Floats:
    """Finite numbers above 0; raises ValueError."""
    values = np.asarray(value, np.float64)
    bad = (values <= 0.0) | np.isinf(values)
    if bad.any():
        message = f"the {name} is {float(values[bad][0]):g}; it must be finite and above 0"
        raise ValueError(message)
    return values


def check_share(value: Numbers, name: str) -> Floats:
    """Shares from 0 to 1; raises ValueError."""
    values = np.asarray(value, np.float64)
    bad = (values < 0.0) | (values > 1.0)
    if bad.any():
        message = f"the {name} is {float(values[bad][0]):g}; it must be a share of 0 to 1"
        raise ValueError(message)
    return values


def check_flows(flows_usd: Floats, name: str = "cash flow") -> Floats:
    """(..., months + 1) flows, now first: one at least, none infinite; raises ValueError."""
    flows = np.asarray(flows_usd, np.float64)
    if flows.ndim < 1 or not 1 <= flows.shape[-1] <= MOST_MONTHS + 1:
        message = f"the {name} needs a flow for now and each of up to {MOST_MONTHS:,} months"
        raise ValueError(message)
    if np.isinf(flows).any():
        message = f"the {name} holds an infinite flow"
        raise ValueError(message)
    return flows


def check_same_months(series: Mapping[str, Floats]) -> int:
    """The length of the last axis that all series share; raises ValueError where they differ, or for none."""
    lengths = {name: np.shape(values)[-1] if np.ndim(values) else 0 for name, values in series.items()}
    if len(set(lengths.values())) != 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items()) or "none"
        message = f"all series must cover the same months; given are {told}"
        raise ValueError(message)
    return next(iter(lengths.values()))
