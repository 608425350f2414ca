"""Prices over time as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from planner.errors import SetupError
from planner.report.charts.charts import Chart
from planner.report.charts.pictures import pictures
from planner.report.charts.theme import PAPER_WIDTH
from planner.report.charts.vega_svg import MISSING

MOST_LINES: Final = 12
"""Lines that can be told apart."""
_HEIGHT: Final = 260


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of the picture."""

    name: str
    seen: tuple[str, ...]
    """Times in UTC, ISO 8601 with `Z`, rising."""
    usd_per_hour: tuple[float, ...]
    """One for each time."""


def price_picture(lines: Sequence[PriceLine]) -> str:
    """SVG with one stepped line for each price, at most twelve; raises SetupError where the chart packages are missing.

    A price holds until the next sighting, so lines are steps.
    """
    try:
        spec = _spec(lines[:MOST_LINES])
        return pictures((Chart("prices", spec, spec),))["prices"]
    except ImportError as error:
        raise SetupError(MISSING) from error


def _spec(lines: Sequence[PriceLine]) -> dict[str, Any]:
    import altair as alt

    values = [
        {"offer": line.name, "seen": at, "usd": price}
        for line in lines
        for at, price in zip(line.seen, line.usd_per_hour, strict=True)
    ]
    chart = (
        alt.Chart({"values": values})
        .mark_line(interpolate="step-after")
        .encode(
            x=alt.X("seen:T", title="seen (UTC)", scale=alt.Scale(type="utc")),
            y=alt.Y("usd:Q", title="USD per hour", scale=alt.Scale(zero=False)),
            color=alt.Color("offer:N", title=None, legend=alt.Legend(orient="bottom", columns=1, labelLimit=600)),
        )
        .properties(width=PAPER_WIDTH, height=_HEIGHT)
    )
    return {key: value for key, value in chart.to_dict().items() if key != "$schema"}
