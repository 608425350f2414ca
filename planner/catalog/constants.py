"""Constants of the formulas with what is known about them, and the bands of the figures made with them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from planner.units import Z90

STACK_SPEED: Final = "speed.stack."
"""Prefix of the speed of a stack against the law of utilisation; the rest of the name is the stack's id."""
ENGINE_SPEED: Final = "serving.engine."
"""Prefix of the speed of a serving engine against the law of DOMAIN 9.1; the rest of the name is its id."""
STACK_PEAK: Final = "peak.stack."
"""Prefix of what a user's runs multiply a stack's peak memory by; a catalog without such runs has none."""


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
    methods: tuple[str, ...] = ()
    """Methods of the rows, where the band is for no others; empty for any."""
    parameters: tuple[float, float] = (0.0, math.inf)
    """Smallest and largest model of the rows, where the band is for no others."""

    @property
    def sd(self) -> float:
        """Standard deviation on ln of a normal error with a band as wide."""
        return (self.high - self.low) / (2.0 * Z90)


@dataclass(frozen=True, slots=True)
class Offset:
    """What a user's evaluations of one kind of task say about the quality prior, in logits (DOMAIN 4.2)."""

    mean: float
    sd: float
    runs: int


@dataclass(frozen=True, slots=True)
class Changed:
    """One figure that a user's own runs moved."""

    key: str
    """What it is, as assumptions name it: `speed.stack.unsloth`, `price gcp on_demand`."""
    value: str
    """Before and after."""
    note: str
    """How many runs, and how far off the figure may still be."""


@dataclass(frozen=True, slots=True)
class Overlaid:
    """A file of refitted figures that was laid on the catalog, and what it changed."""

    file: str
    digest: str
    """SHA-256 of its bytes."""
    runs: int
    """Runs of the user that it was made from."""
    first: str
    """Earliest date among them; empty where none is dated."""
    last: str
    changed: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """All constants by name, and the bands of the figures made with them."""

    constants: Mapping[str, Constant]
    bands: Mapping[str, Band] = field(default_factory=dict)
    """`memory/complete`, `throughput/qlora` … to the band; `memory` alone is the one for everything else."""
    seen: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    """Quantity → condition → least and largest value among the rows used."""
    known: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """`throughput/stack`, `throughput/generation` … → the values that rows used have."""
    own_bands: Mapping[str, Band] = field(default_factory=dict)
    """Bands from a user's own runs, in place of the published ones: `throughput/unsloth/l40s`, `memory/unsloth`."""
    offsets: Mapping[str, Offset] = field(default_factory=dict)
    """Kind of task → how far a user's evaluations lie from the quality prior."""
    overlays: tuple[Overlaid, ...] = ()
    """What a user's own runs changed, file by file."""
    paid: Mapping[str, float] = field(default_factory=dict)
    """`provider/tier` → what a user's runs paid over the list price, which offers of that tier are multiplied by."""

    def __getitem__(self, name: str) -> float:
        """The value in use."""
        return self.constants[name].value

    def own_band(self, quantity: str, stack: str, card: str = "") -> Band | None:
        """The band of a user's own runs: of memory for a stack, of speed for a stack on a card; None without runs."""
        return self.own_bands.get(f"memory/{stack}" if quantity == "memory" else f"{quantity}/{stack}/{card}")

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
