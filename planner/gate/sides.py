"""A plan as one side of a comparison: what would be run, and what the front looks like."""

from collections.abc import Sequence
from typing import Final

from planner.gate.plans import Made
from planner.gate.workspace import Workspace
from planner.outcome import (
    FIGURES,
    SERVING_FIGURES,
    AnyPlan,
    Choice,
    Configuration,
    Figure,
    FrontMove,
    ManagedJob,
    Side,
)
from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.sides import chosen_of as chosen_of_plan
from planner.outcome.sides import plan_side, service_of
from planner.source import Problem, one_line
from planner.version import __version__

FRONT_POINTS: Final = 60
"""Points of a front that a picture is made of."""


def side_of(made: Made, decision: str, prices: str, place: Workspace) -> Side:
    """The side that a plan, or what stopped it, makes."""
    if isinstance(made, AnyPlan):
        return plan_side(made, decision, prices)
    problems = [_told(place.told(problem)) for problem in made.problems]
    return unread_side(decision, problems)


def unread_side(decision: str, problems: list[str]) -> Side:
    """A side that could not be read."""
    return Side(
        scenario_digest="", catalog_as_of="", prices="", planner=__version__, decision=decision, configuration=None,
        problems=problems,
    )  # fmt: skip


def chosen_of(made: Made | None, decision: str) -> Choice | None:
    """What a plan chooses: its decision, else the cheapest service; None where nothing is known."""
    return chosen_of_plan(made, decision) if isinstance(made, AnyPlan) else None


def cheapest_service(made: Made | None, decision: str) -> ManagedJob | None:
    """The cheapest job at a managed service of a plan, chosen or not."""
    return service_of(made, decision) if isinstance(made, AnyPlan) else None


def front_move(before: Made | None, after: Made | None) -> FrontMove | None:
    """What moved on the front; None where neither side has one."""
    was, now = (_front(made) for made in (before, after))
    if not was and not now:
        return None
    old, new = {c.id for c in was}, {c.id for c in now}
    figures = _figures(now or was)
    if was and _figures(was) != figures:
        # A job and what is served are measured in nothing alike.
        was = ()
    return FrontMove(
        gone=len(old - new),
        new=len(new - old),
        stayed=len(old & new),
        figures=figures,
        before_usd=_costs(was),
        after_usd=_costs(now),
        before_points=_points(was),
        after_points=_points(now),
    )


_Front = Sequence[Configuration | ServingConfiguration]


def _front(made: Made | None) -> _Front:
    return made.front if isinstance(made, AnyPlan) else ()


def _figures(front: _Front) -> list[str]:
    """What the points of a front are pictured by: its cost and its time."""
    return list(FIGURES[:2] if isinstance(front[0], Configuration) else SERVING_FIGURES[:2])


def _costs(front: _Front) -> list[Figure]:
    return [cost for cost, _ in _points(front)]


def _points(front: _Front) -> list[list[Figure]]:
    return [
        [c.cost_usd, c.hours] if isinstance(c, Configuration) else [c.cost_usd_per_month, c.latency_s]
        for c in _thinned(front)
    ]


def _thinned(front: _Front) -> _Front:
    """At most `FRONT_POINTS`, evenly spread, both ends among them."""
    n = len(front)
    if n <= FRONT_POINTS:
        return front
    return [front[round(i * (n - 1) / (FRONT_POINTS - 1))] for i in range(FRONT_POINTS)]


def _told(problem: Problem) -> str:
    return f"{one_line(problem)} (hint: {problem.hint})" if problem.hint else one_line(problem)
