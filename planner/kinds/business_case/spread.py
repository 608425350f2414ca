"""How a number of the scenario is spread, as a distribution within the bounds of what it counts."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from planner.catalog.rows import Floats
from planner.errors import InputError
from planner.estimate.finance.distributions import (
    Distribution,
    Lognormal,
    Normal,
    Point,
    Triangular,
    Uniform,
    empirical,
)
from planner.scenario.spreads import Spread

Unit = Literal["usd", "usd/month", "usd/year", "usd/unit", "count", "share", "share/year", "hours", "months", "kW"]
_MOST: Final = {"share": 1.0}
"""Units that end at 1."""
RARE: Final = 1e-3
"""What lies beyond a bound in fewer draws than this is not worth a word."""
_EDGES: Final = np.array([2.0**-53, 1.0 - 2.0**-53])
"""Probabilities of the least and the most that is drawn."""
ENDLESS: Final = ("normal", "lognormal")
"""Forms whose draws may lie anywhere."""
LEAST_CHANGE: Final = -0.999
"""A yearly change that a draw counts as, where it is less: nothing falls by 100 %."""


@dataclass(frozen=True, slots=True)
class Within:
    """A distribution whose values beyond its bounds count as these."""

    inner: Distribution
    low: float
    high: float

    def quantile(self, share: Floats) -> Floats:
        """Those of the distribution, cut off."""
        return np.clip(self.inner.quantile(share), self.low, self.high)

    @property
    def certain(self) -> bool:
        """Where the distribution is."""
        return self.inner.certain


@dataclass(frozen=True, slots=True)
class Formed:
    """A distribution, what it is called, and the numbers that it was written with."""

    distribution: Distribution
    form: str
    written: tuple[float, ...]
    cut: str = ""
    """What is said where draws lie beyond its bounds."""


def formed(
    number: float | Spread[float],
    unit: Unit,
    key: str,
    values: tuple[float, ...] | None,
    bounds: tuple[float, float] | None = None,
) -> Formed:
    """The distribution of a number as it is written; one without ends is cut off where its unit ends.

    Args:
        number: as the scenario has it.
        unit: what it counts; money, counts and shares are 0 at least, shares 1 at most, yearly changes above -100 %.
        key: what the number is called in errors.
        values: of its file, where it names one.
        bounds: least and most that a draw counts as, where its unit is not all that bounds it.

    Raises:
        InputError: numbers out of order, so far apart that draws are beyond all numbers, or a file without values.
    """
    if not isinstance(number, Spread):
        return Formed(Point(float(number)), "", ())
    try:
        found = _spread(number, values)
    except ValueError as error:
        message = f"{key}: {error}"
        raise InputError(message) from error
    if found.form not in ENDLESS:
        return found
    if not (found.distribution.certain or np.isfinite(found.distribution.quantile(_EDGES)).all()):
        message = f"{key}: its values lie so far apart that some draws are beyond all numbers"
        raise InputError(message)
    least, most = bounds or (LEAST_CHANGE if unit == "share/year" else 0.0, _MOST.get(unit, np.inf))
    low, high = found.distribution.quantile(np.array([RARE, 1.0 - RARE]))
    told = [f"below {least:g} count as {least:g}"] if low < least else []
    told += [f"above {most:g} count as {most:g}"] if high > most else []
    cut = f"{key}: draws {' and those '.join(told)}" if told else ""
    return Formed(Within(found.distribution, least, most), found.form, found.written, cut)


def _spread(spread: Spread[float], values: tuple[float, ...] | None) -> Formed:
    """Raises ValueError for numbers out of order."""
    if spread.triangular is not None:
        low, mode, high = spread.triangular
        return Formed(Triangular(low, mode, high), "triangular", (low, mode, high))
    for name, make in (("uniform", Uniform), ("normal", Normal.between), ("lognormal", Lognormal.between)):
        if (ends := getattr(spread, name)) is not None:
            return Formed(make(*ends), name, tuple(ends))
    if spread.values is not None:
        return Formed(empirical(spread.values), "values", ())
    if not values:
        message = f"no values of {spread.file} were read"
        raise ValueError(message)
    return Formed(empirical(values), "values", ())
