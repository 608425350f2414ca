"""Constants of the formulas with what is known about them, and the bands of the figures made with them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from planner.units import Z90

STACK_SPEED: Final = "speed.stack."
"""Prefix of the speed of a stack against the law of utilisation; the rest of the name is the stack's id."""


@dataclass(frozen=True, slots=True)
class Constant:
    """One constant: a positive number whose logarithm is fitted."""

    name: str
    prior: float
    prior_sd: float
    """Spread of the prior on ln."""
    unit: str
    means: str
    source: str
    fitted: float = math.nan
    """Value after the fit; NaN where no row bears on it."""
    error: float = math.nan
    """Standard error on ln after the fit."""
    rows: int = 0
    """Rows whose prediction moves with it."""

    @property
    def value(self) -> float:
        """The number in use."""
        return self.prior if math.isnan(self.fitted) else self.fitted

    @property
    def spread(self) -> float:
        """Standard deviation on ln of the number in use."""
        return self.prior_sd if math.isnan(self.error) else self.error


@dataclass(frozen=True, slots=True)
class Band:
    """A 90 % interval of ln(actual/predicted), from rows whose publisher took no part in the fit."""

    low: float
    high: float
    rows: int
    publishers: int

    @property
    def sd(self) -> float:
        """Standard deviation on ln of a normal error with a band as wide."""
        return (self.high - self.low) / (2.0 * Z90)


@dataclass(frozen=True, slots=True)
class Calibration:
    """All constants by name, and the bands of the figures made with them."""

    constants: Mapping[str, Constant]
    bands: Mapping[str, Band] = field(default_factory=dict)
    """`memory/qlora`, `throughput/full/hopper` … to the band; `memory` alone is the one for everything else."""
    seen: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    """Quantity → condition → least and largest value among the rows used."""
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """`throughput/stack`, `throughput/generation` … → the values that rows used have."""
    fitted_on: str = ""
    overlays: tuple[str, ...] = ()
    """What a user's own runs changed, one line each."""

    def __getitem__(self, name: str) -> float:
        """The value in use."""
        return self.constants[name].value

    def with_values(self, values: Mapping[str, float]) -> "Calibration":
        """The same with other fitted values, as a fit tries them."""
        changed = {name: replace(self.constants[name], fitted=value) for name, value in values.items()}
        return replace(self, constants={**self.constants, **changed})

    def band(self, quantity: str, *groups: str) -> Band | None:
        """The band of the finest group that has one: `quantity/a/b`, else `quantity/a`, else `quantity`."""
        for depth in range(len(groups), -1, -1):
            found = self.bands.get("/".join((quantity, *groups[:depth])))
            if found is not None:
                return found
        return None
