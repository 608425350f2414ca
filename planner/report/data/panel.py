"""A small chart of the front over two objectives, as a report lists it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the small multiples of a front."""

    chart: str
    """Name of the chart: `front-cost-quality`."""
    title: str
    x: str
    """Objective from left to right."""
    y: str
    """Objective upwards."""
    sentence: str
    cloud: tuple[tuple[float, float], ...]
    """(x, y) of a sample of dominated combinations."""
