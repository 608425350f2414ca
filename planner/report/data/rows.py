"""A configuration as tables and charts show it, and what stands near it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Figure:
    """One estimate as it is printed, with the numbers that charts and sorting need."""

    text: str
    band: str
    """The central 90 % band as printed; empty where none is known."""
    label: str
    """How far to trust it."""
    value: float | None
    low: float | None
    high: float | None

    @property
    def sort(self) -> str:
        """What tables sort by: six significant digits, empty where unknown."""
        return "" if self.value is None else f"{self.value:.6g}"


class Point(Protocol):
    """What charts and thinning read of a configuration, whatever its plan's kind; each objective is a `Figure` too."""

    @property
    def id(self) -> str:
        """Of the configuration."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Decisions it is."""

    @property
    def model(self) -> str:
        """Which model."""

    @property
    def method(self) -> str:
        """What points are told apart by shape by; its first word counts."""

    @property
    def machine(self) -> str:
        """What it runs on."""

    @property
    def offer(self) -> str:
        """Who rents it out."""

    @property
    def tier(self) -> str:
        """How it is rented."""

    @property
    def what(self) -> str:
        """The configuration in one phrase."""

    @property
    def quality(self) -> Figure:
        """Normalised, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Row:
    """One configuration as tables and charts show it."""

    id: str
    roles: tuple[str, ...]
    """Decisions this configuration is: cheapest, fastest, best, knee."""
    model: str
    method: str
    settings: str
    """Axis values, shortened."""
    machine: str
    offer: str
    tier: str
    price: str
    """Price of the machine, with the date and confidence of the price."""
    spot: str
    """What is known of preemption, and the rate at which on demand is cheaper; empty on demand."""
    cost: Figure
    hours: Figure
    quality: Figure
    memory: Figure
    carbon: Figure
    unknown: tuple[str, ...]
    timed: str = ""
    """What the start makes of the cost; empty where the price does not depend on the time."""

    @property
    def what(self) -> str:
        """The configuration in one phrase."""
        parts = (self.model, self.method, self.settings, self.machine, f"{self.offer} {self.tier}")
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Decision:
    """A configuration chosen for a reason."""

    name: str
    row: Row
    why: str


@dataclass(frozen=True, slots=True)
class NearRow:
    """A plan of another kind that is nearly as good as a decision."""

    decision: str
    kinds: str
    """In what it differs: `other provider and card`."""
    row: Row
    regret: str
    sure: str
    """How likely the decision is really better; empty where that is not one question."""
    text: str
    """The whole in one sentence."""
    on_front: bool
