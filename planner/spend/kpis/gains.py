"""What training runs gained on their metric."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from planner.spend.spans import Span
from planner.spend.store import Store


@dataclass(frozen=True, slots=True)
class Gain:
    """The runs of a model in some days, on the metric that most of them have."""

    model: str
    metric: str
    runs: int
    first: float
    """Value of the first of them to start."""
    best: float
    """NaN where it is not known whether more is better."""
    points: float
    """Best less first, in points of a hundred; NaN where the metric has none."""


def gains_of(store: Store, span: Span, condition: str = "true", values: Sequence[Any] = ()) -> list[Gain]:
    """Model by model; runs without a value and models without any are left out.

    A metric has points where more is better and it is a share (0 to 1) or a percentage (1 to 100). A loss has none.
    """
    rows = store.rows(
        f"""WITH valued AS (
                SELECT model, metric, value, higher_is_better AS better, started, run FROM runs
                WHERE value IS NOT NULL AND isfinite(value) AND day >= ? AND day < ? AND {condition}),
            metrics AS (
                SELECT model, metric, count(*) AS runs, arg_min(value, (started, run)) AS first, min(value) AS least,
                       max(value) AS most, bool_and(better) AS up, bool_or(better) AS ever_up,
                       count(better) = count(*) AS told
                FROM valued GROUP BY model, metric)
            SELECT model, metric, runs, first, least, most, up, ever_up, told FROM metrics
            QUALIFY row_number() OVER (PARTITION BY model ORDER BY runs DESC, metric) = 1 ORDER BY model""",
        [span.first, span.end, *values],
    )
    return [_gain(*row) for row in rows]


def _gain(
    model: str, metric: str, runs: int, first: float, least: float, most: float,
    up: bool | None, ever_up: bool | None, told: bool,
) -> Gain:  # fmt: skip
    if not told or up != ever_up:
        return Gain(model, metric, runs, first, math.nan, math.nan)
    if not up:
        return Gain(model, metric, runs, first, least, math.nan)
    scale = math.nan if least < 0 or most > 100 else 100.0 if most <= 1 else 1.0
    return Gain(model, metric, runs, first, most, (most - first) * scale)
