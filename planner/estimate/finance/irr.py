"""Internal rates of return: all of them, and a reason where there is none or more than one (DOMAIN 10)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import brentq
from scipy.optimize.elementwise import find_root

from planner.catalog.rows import Floats, Ints
from planner.estimate.finance.checks import check_flows
from planner.estimate.finance.levels import yearly_rate

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
    sign_changes: int
    reason: str
    """Why there is no rate, or more than one, or that one alone fits flows that change sign often; else empty."""

    @property
    def rate_per_month(self) -> float | None:
        """The one internal rate of return; None where there is none, or no single one: see `reason`."""
        return self.rates_per_month[0] if len(self.rates_per_month) == 1 else None

    @property
    def rate_per_year(self) -> float | None:
        """The same as an effective yearly rate."""
        return None if self.rate_per_month is None else float(yearly_rate(self.rate_per_month))


@dataclass(frozen=True, slots=True)
class RateColumn:
    """Internal rates of many cash flows."""

    rate_per_month: Floats
    """NaN where the flows do not change sign just once, so that none or several rates may fit: see `internal_rates`."""
    sign_changes: Ints
    """-1 where a flow is unknown."""


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
        return InternalRates((), -1, f"the flow of month {int(np.isnan(flows).argmax())} is unknown")
    months = np.flatnonzero(flows)
    signs = np.sign(flows[months])
    changes = int((signs[1:] != signs[:-1]).sum())
    found = _roots(months.astype(np.float64), signs, np.log(np.abs(flows[months])))
    rates = tuple(_rates(np.array(sorted(found))).tolist())
    return InternalRates(rates, changes, _reason(signs, changes, len(rates)))


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


def rate_column(flows_usd: Floats) -> RateColumn:
    """The internal rate of each of many cash flows that change sign once, as of draws.

    Args:
        flows_usd: (series, months + 1), the flow of now first.

    Raises:
        ValueError: no such array, or an infinite flow.
    """
    flows = check_flows(flows_usd)
    if flows.ndim != 2:
        message = f"a column of internal rates needs two axes, series and months; here are {flows.ndim}"
        raise ValueError(message)
    unknown = np.asarray(np.isnan(flows).any(axis=-1))
    signs: Floats = np.sign(np.where(unknown[:, None], 0.0, flows))
    changes = np.where(unknown, -1, _sign_changes(signs))
    rates = np.full(len(flows), np.nan)
    rows = np.flatnonzero(changes == 1)
    if len(rows):
        signs, sizes = signs[rows], np.abs(flows[rows])
        with np.errstate(divide="ignore"):
            logs = np.log(sizes)
        months = np.arange(flows.shape[-1], dtype=np.float64)

        def scaled(s: Floats, row: Floats) -> Floats:
            which = row.astype(np.int64)
            exponents = logs[which] - s[:, None] * months
            return np.asarray((signs[which] * np.exp(exponents - exponents.max(axis=1, keepdims=True))).sum(axis=1))

        bounds = np.array([_bounds(each[np.isfinite(each)]) for each in logs])
        found = find_root(scaled, (bounds[:, 0], bounds[:, 1]), args=(np.arange(len(rows), dtype=np.float64),))
        rates[rows] = _rates(found.x)
    return RateColumn(rates, changes)


def _sign_changes(signs: Floats) -> Ints:
    """(series,) changes of sign along each row, zeros left out."""
    places = np.where(signs != 0.0, np.arange(signs.shape[1]), 0)
    held = np.take_along_axis(signs, np.maximum.accumulate(places, axis=1), axis=1)
    return np.asarray((held[:, 1:] * held[:, :-1] < 0.0).sum(axis=1), np.int64)
