"""What each axis does to the default decision: the same combination with one axis moved, estimated again.

The front cannot tell it: a value that costs more and promises no more is on no front, and beside it other settings
differ too. A search that passes over what cannot matter does not see every combination either.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from planner.catalog.rows import Catalog, Ints
from planner.kinds.advise.moves import Move
from planner.kinds.advise.ruled import ruling
from planner.kinds.advise.sensitivity import DEFAULT
from planner.kinds.advise.tried import Tried, stand_on, try_moves
from planner.kinds.evaluate import reason
from planner.kinds.problem import Problem
from planner.outcome.impact import AxisTrial, Impact
from planner.scenario.fine_tune import FineTune
from planner.space.axes import Axis
from planner.space.recipes import decode

MOST_VALUES: Final = 9
"""Values of one axis that are tried, beside the decision's own."""
MOST_TRIALS: Final = 200
RULED_OUT: Final = "include and exclude rules"


def impact(
    problem: Problem, scenario: FineTune, catalog: Catalog, front: Ints, decisions: Mapping[str, int]
) -> Impact | None:  # fmt: skip
    """How the axes move the default decision; None without one, or without an axis.

    `front` holds rows of the search, and `decisions` places on it.
    """
    axes = problem.space.recipes.axes
    if not decisions or not axes:
        return None
    name = DEFAULT if DEFAULT in decisions else next(iter(decisions))
    here = stand_on(problem, front[[decisions[name]]])
    method = problem.space.recipes.methods[int(here.recipes.method[0])]
    applying = [axis for axis in axes if problem.space.recipes.applies(axis, method)]
    own = {axis.path: decode(axis.path, float(here.recipes.columns[axis.path][0])) for axis in applying}
    moves = [Move("axis", axis.path, value) for axis in applying for value in _values(axis, own[axis.path])]
    moves = moves[:MOST_TRIALS]
    still = Move("", "", None)
    tried = try_moves(here, [0] * (len(moves) + 1), [still, *moves], problem.space.recipes.methods)
    stopped = _stopped(problem, tried)
    kept = ruling(problem, scenario, catalog).keeps(tried)
    stopped = [why or ("" if keeps else RULED_OUT) for why, keeps in zip(stopped, kept.tolist(), strict=True)]
    return Impact(
        decision=name,
        configuration=tried.id_of(0),
        trials=[
            _trial(tried, k, move, stopped[k], own=_same(move.value, own[move.path]))
            for k, move in enumerate(moves, start=1)
        ],
        left_out=[axis.path for axis in axes if axis not in applying],
    )


def _values(axis: Axis, own: Any) -> list[Any]:  # noqa: ANN401 - any scenario value
    """The axis's values, thinned evenly where they are many, and the decision's own among them."""
    values = list(axis.values)
    if len(values) > MOST_VALUES:
        values = [values[i] for i in np.linspace(0, len(values) - 1, MOST_VALUES).round().astype(int).tolist()]
    if any(_same(value, own) for value in values):
        return values
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in [own, *values]):
        return sorted([*values, own])
    return [*values, own]


def _same(a: Any, b: Any) -> bool:  # noqa: ANN401 - any scenario value
    numbers = isinstance(a, int | float) and isinstance(b, int | float)
    return bool(np.isclose(a, b, rtol=1e-9, atol=0.0)) if numbers else a == b


def _trial(tried: Tried, k: int, move: Move, why: str, *, own: bool) -> AxisTrial:
    runs = tried.stop[k] == 0
    points = tried.points
    return AxisTrial(
        axis=move.path,
        value=move.value,
        own=own,
        cost_usd=_known(points.cost_usd[k]) if runs else None,
        hours=_known(points.hours[k]) if runs else None,
        quality=_known(points.quality[k]) if runs else None,
        memory_gib=_known(tried.memory_gib[k]),
        stopped_by=why,
    )


def _stopped(problem: Problem, tried: Tried) -> list[str]:
    """What stops each combination, or else the first limit that it breaks."""
    found = []
    for k, code in enumerate(tried.stop.tolist()):
        broken = [limit.name for limit in problem.limits if tried.broken[limit.name][k]]
        found.append(reason(code) if code else broken[0] if broken else "")
    return found


def _known(value: Any) -> float | None:  # noqa: ANN401 - a number of numpy
    return float(value) if np.isfinite(value) else None
