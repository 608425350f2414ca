"""A plan as one side of a comparison: what would be run, and what the front looks like."""

from collections.abc import Sequence
from typing import Final

from planner.gate.plans import Made
from planner.gate.workspace import Workspace
from planner.outcome import Configuration, Figure, FrontMove, ManagedJob, Plan, Side
from planner.outcome.sides import decided, plan_side, service_of
from planner.source import Problem, one_line
from planner.version import __version__

FRONT_POINTS: Final = 60
"""Points of a front that a picture is made of."""


def side_of(made: Made, decision: str, prices: str, place: Workspace) -> Side:
    """The side that a plan, or what stopped it, makes."""
    if isinstance(made, Plan):
        return plan_side(made, decision, prices)
    problems = [_told(place.told(problem)) for problem in made.problems]
    return unread_side(decision, problems)


def unread_side(decision: str, problems: list[str]) -> Side:
    """A side that could not be read."""
    return Side(
        scenario_digest="", catalog_as_of="", prices="", planner=__version__, decision=decision, configuration=None,
        problems=problems,
    )  # fmt: skip


def chosen_of(made: Made | None, decision: str) -> Configuration | ManagedJob | None:
    """What a plan chooses: its decision among machines, else the cheapest service; None where nothing is known."""
    return (decided(made, decision) or service_of(made, decision)) if isinstance(made, Plan) else None


def cheapest_service(made: Made | None, decision: str) -> ManagedJob | None:
    """The cheapest job at a managed service of a plan, chosen or not."""
    return service_of(made, decision) if isinstance(made, Plan) else None


def front_move(before: Made | None, after: Made | None) -> FrontMove | None:
    """What moved on the front; None where neither side has one."""
    was, now = (made.front if isinstance(made, Plan) else [] for made in (before, after))
    if not was and not now:
        return None
    old, new = {c.id for c in was}, {c.id for c in now}
    return FrontMove(
        gone=len(old - new),
        new=len(new - old),
        stayed=len(old & new),
        before_usd=_costs(was),
        after_usd=_costs(now),
        before_points=_points(was),
        after_points=_points(now),
    )


def _costs(front: Sequence[Configuration]) -> list[Figure]:
    return [c.cost_usd for c in _thinned(front)]


def _points(front: Sequence[Configuration]) -> list[list[Figure]]:
    return [[c.cost_usd, c.hours] for c in _thinned(front)]


def _thinned(front: Sequence[Configuration]) -> Sequence[Configuration]:
    """At most `FRONT_POINTS`, evenly spread, both ends among them."""
    n = len(front)
    if n <= FRONT_POINTS:
        return front
    return [front[round(i * (n - 1) / (FRONT_POINTS - 1))] for i in range(FRONT_POINTS)]


def _told(problem: Problem) -> str:
    return f"{one_line(problem)} (hint: {problem.hint})" if problem.hint else one_line(problem)
