"""Internal rates of return: all of them, and a reason where there is none or more than one (DOMAIN 10)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import brentq

from planner.catalog.rows import Floats
from planner.estimate.finance.checks import check_flows

_LEAST: Final = float(np.nextafter(-1.0, 0.0))
"""A loss so near to -100 % that no float lies between."""
_MOST: Final = 700.0
"""The logarithm of a growth so fast that few floats lie above."""
_TOUCH: Final = 1e-12
"""A sum of flows this small beside the largest of them is 0."""


@dataclass(frozen=True, slots=True)
class InternalRates:
    """The rates at which a cash flow is worth nothing."""

    rates_per_month: tuple[float, ...]
    """All above -100 %, ascending."""
    reason: str
    """Why there is no rate, or more than one, or that one alone fits flows that change sign often; else empty."""

    @property
    def rate_per_month(self) -> float | None:
        """The one internal rate of return; None where there is none, or no single one: see `reason`."""
        return self.rates_per_month[0] if len(self.rates_per_month) == 1 else None


def internal_rates(flows_usd: Floats) -> InternalRates:
    """Every rate at which NPV is 0.

    NPV is sum c_t e^(-s t) with s = ln(1+i). By Rolle, between two of its roots lies one of the derivative of e^(s T)
    NPV, whose coefficients are c_t (T - t): with T where the flows change sign, these do so once less. So the roots
    of a sum with one change, which has one root (Descartes), part those with two changes, and so on up; each is
    bracketed between neighbours, the outermost by Cauchy's bound 1 + max|c|/|c_end|, and found by Brent's method.

    Args:
        flows_usd: (months + 1,), the flow of now first.

    Raises:
        ValueError: flows of more than one series, or an infinite one.
    """
    flows = check_flows(flows_usd)
    if flows.ndim != 1:
        message = f"internal rates are those of one series of flows, and here are {flows.ndim} axes"
        raise ValueError(message)
    if np.isnan(flows).any():
        return InternalRates((), f"the flow of month {int(np.isnan(flows).argmax())} is unknown")
    months = np.flatnonzero(flows)
    signs = np.sign(flows[months])
    changes = int((signs[1:] != signs[:-1]).sum())
    found = _roots(months.astype(np.float64), signs, np.log(np.abs(flows[months])))
    rates = tuple(_rates(np.array(sorted(found))).tolist())
    return InternalRates(rates, _reason(signs, changes, len(rates)))


def _rates(s: Floats) -> Floats:
    """I = e^s - 1, within what floats hold."""
    return np.maximum(np.expm1(np.minimum(s, _MOST)), _LEAST)


def _reason(signs: Floats, changes: int, rates: int) -> str:
    if not len(signs):
        return "all flows are 0: every rate fits"
    if changes == 0:
        return (
            "there are only receipts: nothing is laid out that could earn a rate"
            if signs[0] > 0
            else "there are only costs: nothing comes back, at any rate"
        )
    if changes == 1:
        return ""
    told = {0: "no rate makes", 1: "one rate alone makes"}.get(rates, f"{rates} rates make")
    return f"the flows change sign {changes} times, and {told} them worth 0; decide by the net present value"


def _roots(months: Floats, signs: Floats, logs: Floats) -> list[float]:
    """All s at which sum signs e^(logs - s months) is 0, ascending."""
    sums = [(signs, logs)]
    while True:
        signs, logs = sums[-1]
        flips = np.flatnonzero(signs[1:] != signs[:-1])
        if len(flips) < 2:
            break
        middle = flips[len(flips) // 2]
        apart = (months[middle] + months[middle + 1]) / 2.0 - months
        sums.append((signs * np.sign(apart), logs + np.log(np.abs(apart))))
    roots: list[float] = []
    for signs, logs in reversed(sums):
        roots = _roots_between(months, signs, logs, roots) if (signs != signs[:1]).any() else []
    return roots


def _roots_between(months: Floats, signs: Floats, logs: Floats, cuts: list[float]) -> list[float]:
    """The roots of one sum, of which at most one lies between neighbouring cuts."""

    def scaled(s: float) -> float:
        exponents = logs - s * months
        return float(signs @ np.exp(exponents - exponents.max()))

    low, high = _bounds(logs)
    places = [low, *(cut for cut in cuts if low < cut < high), high]
    values = [float(signs[-1]), *map(scaled, places[1:-1]), float(signs[0])]
    found: list[float] = []
    for k in range(1, len(places)):
        if abs(values[k]) <= _TOUCH:
            found.append(places[k])
        elif abs(values[k - 1]) > _TOUCH and values[k - 1] * values[k] < 0.0:
            found.append(float(brentq(scaled, places[k - 1], places[k], xtol=1e-15, rtol=1e-14)))
    return found


def _bounds(logs: Floats) -> tuple[float, float]:
    """Beyond these values of s the last flow, and the first, outweighs all others."""
    most = logs.max()
    return -float(np.logaddexp(0.0, most - logs[-1])) - 1.0, float(np.logaddexp(0.0, most - logs[0])) + 1.0
