"""A spec at the width of its page, and at one of paper."""

from planner.report.charts.theme import PAPER_WIDTH
from planner.report.charts.vega import Spec

Both = tuple[Spec, Spec]
"""For the screen and for paper."""


def both(spec: Spec | None, width: int = PAPER_WIDTH) -> Both | None:
    """The same spec for both; None where there is none."""
    return (sized(spec, None), sized(spec, width)) if spec else None


def sized(spec: Spec, width: int | None) -> Spec:
    """The spec at this width (None: that of the page), without the schema's address."""
    size = {"width": "container" if width is None else width}
    kept = {key: value for key, value in spec.items() if key != "$schema"}
    return {**kept, **size, "autosize": {"type": "fit-x", "contains": "padding"}}
