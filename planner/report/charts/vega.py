"""Altair's charts as plain Vega-Lite."""

from typing import Any

Spec = dict[str, Any]


def spec_of(chart: Any, height: float) -> Spec:  # noqa: ANN401
    """The spec of a chart of this height.

    Tests hold the specs against Vega-Lite's schema; to do so for every report would take a third of a chart's time.
    """
    spec: Spec = chart.properties(height=height).to_dict(validate=False)
    return spec
