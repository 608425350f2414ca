"""Plan what it costs, how long it takes and how good it gets to fine-tune a language model.

`plan` is the Python API of `planner plan`: one scenario in, one `Plan` out.
"""

from collections.abc import Callable, Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.outcome import Plan

__version__ = "0.1.0"

__all__ = ["__version__", "plan"]


def plan(
    scenario: str | PathLike[str] | Mapping[str, Any], *, progress: Callable[[int, int], None] | None = None
) -> "Plan":
    """The plan of a scenario: a path to a YAML file, or the same content as a mapping.

    Raises `planner.source.InvalidInput`, which holds every problem with its place, when the scenario is not valid.
    A scenario for which nothing is feasible gives a plan with an empty front and its `relaxations`. `progress` is
    called with the combinations done and in all.
    """
    from planner.planning import plan_scenario

    return plan_scenario(scenario, progress=progress)
