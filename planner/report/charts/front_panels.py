"""The front seen from its other sides: one panel for each pair of objectives that the first chart does not show."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final, TypeVar

from planner.outcome import Plan
from planner.report.charts.front_axes import OBJECTIVES, Objective
from planner.report.data.panel import Panel
from planner.report.data.rows import Point, Row
from planner.report.names import plural
from planner.report.sections.thinning import PANEL_POINTS

P = TypeVar("P", bound=Point)
ORDER: Final = ("cost", "time", "carbon", "quality")
"""Of a pair the first is drawn from left to right; quality goes upwards."""
MARKS: Final = "The same marks, colours and bands as above; bands of q that go on beyond the points end in an arrow."
PANELS_RULE: Final = f"On paper a panel has at most {PANEL_POINTS} points, by the same rule."


def panels_of(plan: Plan, front: Sequence[Row]) -> tuple[Panel, ...]:
    """Panels of the pairs of objectives that some points know, cost and time left out."""
    known = [name for name in ORDER if name in plan.objectives]
    pairs = [pair for pair in combinations(known, 2) if pair != ("cost", "time")]
    panels = (_panel(plan, front, OBJECTIVES[a], OBJECTIVES[b]) for a, b in pairs)
    return tuple(panel for panel in panels if panel is not None)


def panel_names() -> tuple[str, ...]:
    """Names of all charts that there may be."""
    return tuple(_name(a, b) for a, b in combinations(ORDER, 2) if (a, b) != ("cost", "time"))


def _name(x: str, y: str) -> str:
    return f"front-{x}-{y}"


def _panel(plan: Plan, front: Sequence[Row], x: Objective, y: Objective) -> Panel | None:
    at = plan.objectives.index(x.name), plan.objectives.index(y.name)
    pairs = ((row[at[0]], row[at[1]]) for row in plan.cloud if len(row) > max(at))
    return panel_of(front, x, y, tuple((a, b) for a, b in pairs if a is not None and b is not None))


def panel_of(
    points: Sequence[Point], x: Objective, y: Objective, cloud: tuple[tuple[float, float], ...]
) -> Panel | None:  # fmt: skip
    """The panel over two objectives; None where no point knows both."""
    rows = [row for row in points if x.figure(row).value is not None and y.figure(row).value is not None]
    if not rows:
        return None
    return Panel(
        chart=_name(x.name, y.name),
        title=f"{x.word[0].upper()}{x.word[1:]} against {y.word}",
        x=x.name,
        y=y.name,
        sentence=_sentence(rows, x, y),
        cloud=cloud,
    )


def _sentence(rows: Sequence[Point], x: Objective, y: Objective) -> str:
    """How many are on the front of these two alone, from where to where, and which corner is best."""
    line = edge(rows, x, y)
    first, last = line[0], line[-1]
    pair = f"{x.word} and {y.word}"
    corner = "upper left" if y.name == "quality" else "lower left"
    if len(line) == 1:
        return (
            f"Of {plural(len(rows), 'configuration')} one is best by {pair} alone: {_at(first, x)} with "
            f"{_at(first, y)}. Nearer to the {corner} is better."
        )
    return (
        f"Of {plural(len(rows), 'configuration')} {len(line):,} would be left by {pair} alone (the line), from "
        f"{_at(first, x)} with {_at(first, y)} to {_at(last, x)} with {_at(last, y)}. Nearer to the {corner} is better."
    )


def _at(row: Point, objective: Objective) -> str:
    text = objective.figure(row).text
    return f"q {text}" if objective.name == "quality" else text


def edge(rows: Sequence[P], x: Objective, y: Objective) -> list[P]:
    """Rows that no other is as good as on both and better on one, from the best x on; of equal ones the first."""
    sign = -1.0 if y.name == "quality" else 1.0

    def key(row: P) -> tuple[float, float]:
        return x.figure(row).value or 0.0, sign * (y.figure(row).value or 0.0)

    line: list[P] = []
    for row in sorted(rows, key=key):
        if not line or key(row)[1] < key(line[-1])[1]:
            line.append(row)
    return line
