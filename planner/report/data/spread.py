"""How a figure of a spot job is spread over its simulated runs, and the limits that it is held against."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over the simulated runs: mean and quantiles; None where unknown, or where runs never end."""

    mean: float | None
    low: float | None
    """5 % of the runs are below it."""
    lower: float | None
    """25 %."""
    middle: float | None
    """The median."""
    upper: float | None
    """75 %."""
    high: float | None
    """95 %."""
    on_demand: float | None
    """The same job on the same machine on demand, by formula; None where that is not in play."""
    on_demand_text: str

    @property
    def known(self) -> tuple[float, ...]:
        """All of it that is known."""
        ends = (self.mean, self.low, self.lower, self.middle, self.upper, self.high, self.on_demand)
        return tuple(v for v in ends if v is not None)


@dataclass(frozen=True, slots=True)
class RunLimit:
    """A limit that runs are held against."""

    value: float
    text: str
    """`budget $200`."""


@dataclass(frozen=True, slots=True)
class RunLimits:
    """The budget in USD and the deadline in hours, where there are any."""

    cost: RunLimit | None = None
    hours: RunLimit | None = None
