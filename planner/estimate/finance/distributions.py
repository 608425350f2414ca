"""Inputs that are not known for sure: a number, or how it is spread, by its quantiles."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from scipy.special import ndtri

from planner.catalog.rows import Floats
from planner.units import Z90

_MOST_VALUES: Final = 1_000_000


class Distribution(Protocol):
    """How a number is spread."""

    def quantile(self, share: Floats) -> Floats:
        """Values that it stays under with these probabilities, between 0 and 1."""

    @property
    def certain(self) -> bool:
        """Whether it is one number, so that nothing has to be drawn."""


def _refuse(message: str) -> None:
    raise ValueError(message)


def _check_finite(name: str, *values: float) -> None:
    if not all(math.isfinite(value) for value in values):
        _refuse(f"a {name} distribution needs finite numbers; given are {', '.join(f'{v:g}' for v in values)}")


@dataclass(frozen=True, slots=True)
class Point:
    """A known number; NaN where it is unknown."""

    value: float

    def quantile(self, share: Floats) -> Floats:
        """The number itself."""
        return np.full(np.shape(share), self.value)

    @property
    def certain(self) -> bool:
        """Always."""
        return True


@dataclass(frozen=True, slots=True)
class Uniform:
    """Anywhere between two numbers alike; raises ValueError where low is above high."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_finite("uniform", self.low, self.high)
        if self.low > self.high:
            _refuse(f"a uniform distribution runs from low to high, not from {self.low:g} to {self.high:g}")

    def quantile(self, share: Floats) -> Floats:
        """Low + p (high - low)."""
        return np.asarray(self.low + share * (self.high - self.low))

    @property
    def certain(self) -> bool:
        """Where low is high."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Triangular:
    """Between two numbers, likeliest at a third; raises ValueError where these are out of order."""

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        _check_finite("triangular", self.low, self.mode, self.high)
        if not self.low <= self.mode <= self.high:
            given = f"{self.low:g}, {self.mode:g}, {self.high:g}"
            _refuse(f"a triangular distribution needs low <= mode <= high; given are {given}")

    def quantile(self, share: Floats) -> Floats:
        """Low + sqrt(p (h-l)(m-l)) up to the mode, high - sqrt((1-p)(h-l)(h-m)) beyond (Johnson, Kotz, 26.9)."""
        whole, rise, fall = self.high - self.low, self.mode - self.low, self.high - self.mode
        below = np.asarray(share) * whole <= rise
        under = self.low + np.sqrt(share * whole * rise)
        return np.where(below, under, self.high - np.sqrt((1.0 - np.asarray(share)) * whole * fall))

    @property
    def certain(self) -> bool:
        """Where low is high."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Normal:
    """Symmetric about its mean; raises ValueError for a negative deviation."""

    mean: float
    sd: float

    def __post_init__(self) -> None:
        _check_finite("normal", self.mean, self.sd)
        if self.sd < 0.0:
            _refuse(f"the standard deviation is {self.sd:g}; it must be at least 0")

    @classmethod
    def between(cls, low: float, high: float) -> "Normal":
        """With its central 90 % between two numbers; raises ValueError where these are out of order."""
        _check_finite("normal", low, high)
        if low > high:
            _refuse(f"a normal distribution lies between low and high, not between {low:g} and {high:g}")
        return cls(low + (high - low) / 2.0, (high - low) / (2.0 * Z90))

    def quantile(self, share: Floats) -> Floats:
        """Mean + z_p sd."""
        return np.asarray(self.mean + self.sd * ndtri(share))

    @property
    def certain(self) -> bool:
        """Where the deviation is 0."""
        return self.sd == 0.0


@dataclass(frozen=True, slots=True)
class Lognormal:
    """Above 0, as often a factor above its median as below; raises ValueError for a median of 0 or less."""

    median: float
    sd: float
    """Of the logarithm."""

    def __post_init__(self) -> None:
        _check_finite("lognormal", self.median, self.sd)
        if self.median <= 0.0 or self.sd < 0.0:
            _refuse(
                f"a lognormal distribution needs a median above 0 and a deviation of the logarithm from 0 on; given "
                f"are {self.median:g} and {self.sd:g}"
            )

    @classmethod
    def between(cls, low: float, high: float) -> "Lognormal":
        """With its central 90 % between two numbers: median sqrt(l h), sd ln(h/l)/(2 z_95).

        Raises:
            ValueError: a low of 0 or less, or above high.
        """
        _check_finite("lognormal", low, high)
        if not 0.0 < low <= high:
            _refuse(f"a lognormal distribution needs 0 < low <= high; given are {low:g} and {high:g}")
        return cls(math.exp((math.log(low) + math.log(high)) / 2.0), (math.log(high) - math.log(low)) / (2.0 * Z90))

    def quantile(self, share: Floats) -> Floats:
        """Median*exp(z_p sd) (DOMAIN 11); infinite beyond what floats hold."""
        with np.errstate(over="ignore"):
            return np.asarray(self.median * np.exp(self.sd * ndtri(share)))

    @property
    def certain(self) -> bool:
        """Where the deviation is 0."""
        return self.sd == 0.0


@dataclass(frozen=True, slots=True)
class Empirical:
    """As often as in data, with straight lines between them; make one with `empirical`."""

    ascending: tuple[float, ...]

    def quantile(self, share: Floats) -> Floats:
        """Straight between the k-th value at (k - 1/2)/n, level at the ends (Hazen): its mean is that of the data."""
        values = np.array(self.ascending)
        return np.asarray(np.interp(share, (np.arange(len(values)) + 0.5) / len(values), values))

    @property
    def certain(self) -> bool:
        """Where all values are one."""
        return self.ascending[0] == self.ascending[-1]


def empirical(values: Sequence[float] | Floats) -> Empirical:
    """The distribution of measured values.

    Raises:
        ValueError: no values, more than a million, or one that is unknown or infinite.
    """
    data = np.asarray(values, np.float64).ravel()
    if not 1 <= len(data) <= _MOST_VALUES:
        _refuse(f"a distribution from data needs 1 to {_MOST_VALUES:,} values; given are {len(data):,}")
    if not np.isfinite(data).all():
        place = int(np.flatnonzero(~np.isfinite(data))[0]) + 1
        _refuse(f"value {place} of the data is unknown or infinite; leave it out, or say what it was")
    return Empirical(tuple(np.sort(data).tolist()))
