"""What the charts of a business case draw: numbers, with the words that stand beside them."""

from dataclasses import dataclass, field
from typing import Final, Literal

Unit = Literal["usd", "share"]
OTHERS: Final = "Others"
"""What the smallest categories are called together."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A line, and the band about it."""

    name: str
    points: tuple[tuple[float, float], ...]
    band: tuple[tuple[float, float, float], ...] = ()
    """(x, lower, upper); empty where there is none."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A point that is marked and named."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Upright:
    """An upright line, and what it says."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class CurveChart:
    """Lines over months, use or volume."""

    x: str = ""
    """Title of the axis."""
    y: str = ""
    curves: tuple[Curve, ...] = ()
    spots: tuple[Spot, ...] = ()
    uprights: tuple[Upright, ...] = ()
    unit: Unit = "usd"
    log: bool = False
    """Whether both axes are logarithmic."""
    months: bool = False
    """Whether x is the month, so that ticks stand at whole years."""
    percent: bool = False
    """Whether x is a share."""


@dataclass(frozen=True, slots=True)
class CostPart:
    """A category of a bar."""

    name: str
    usd: float
    text: str
    share: str


@dataclass(frozen=True, slots=True)
class CostBar:
    """What an option costs, by category."""

    name: str
    total: str
    parts: tuple[CostPart, ...]
    low: float | None = None
    high: float | None = None
    band: str = ""


@dataclass(frozen=True, slots=True)
class SwingBar:
    """What an input does to the result."""

    name: str
    low: float | None
    high: float | None
    low_text: str
    """The input at its lower end."""
    high_text: str
    low_result: str
    high_result: str
    share: str


@dataclass(frozen=True, slots=True)
class SwingChart:
    """The tornado."""

    title: str = ""
    middle: float | None = None
    bars: tuple[SwingBar, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseCharts:
    """What the charts of a report draw; empty where there is nothing to draw."""

    cumulative: CurveChart = field(default_factory=CurveChart)
    options: CurveChart = field(default_factory=CurveChart)
    returns: CurveChart = field(default_factory=CurveChart)
    units: CurveChart = field(default_factory=CurveChart)
    margins: CurveChart = field(default_factory=CurveChart)
    hours: CurveChart = field(default_factory=CurveChart)
    scale: CurveChart = field(default_factory=CurveChart)
    breakdown: tuple[CostBar, ...] = ()
    swings: SwingChart = field(default_factory=SwingChart)
