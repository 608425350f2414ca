"""Jobs laid out for a chart over time: a row for each where they are few, else as many to a row as do not overlap.

Rows stand together by team. Where even so there are too many, the jobs that are drawn are chosen by `RULE`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Final

from planner.report.data.portfolio_parts import JobRow

RULE: Final = "those that are late first, then the dearest"


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of the chart."""

    key: str
    name: str
    """What stands at its left; empty where that of an earlier row is meant."""
    heading: bool = False
    """Whether it is the name of a team, and holds no job."""
    jobs: tuple[JobRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """All rows, from top to bottom."""

    lanes: tuple[Lane, ...]
    packed: bool
    """Whether a row may hold several jobs."""
    drawn: int
    left: int
    """Jobs that found no room."""


def layout_of(jobs: Sequence[JobRow], rows: int, lanes: int, *, mixed: int = 0) -> Layout:
    """At most `rows` rows with a job each, headings among them, else at most `lanes` with several.

    Where jobs would not find room otherwise, teams share at most `mixed` rows, if that is any.
    """
    teams = _by_team(jobs)
    headed = len(teams) > 1
    if len(jobs) + headed * len(teams) <= rows:
        return Layout(tuple(_singly(teams, headed=headed)), packed=False, drawn=len(jobs), left=0)
    if mixed and sum(len(found) for _, found in _packed(jobs)) > lanes:
        jobs, lanes = [replace(one, team="") for one in jobs], mixed
    chosen = sorted(jobs, key=lambda one: (-one.late_hours, -(one.cost.value or 0.0), one.start_hours, one.id))
    low, high = 0, len(chosen)
    while low < high:  # the most of them that fit: of fewer jobs there are never more lanes
        middle = (low + high + 1) // 2
        if sum(len(found) for _, found in _packed(chosen[:middle])) <= lanes:
            low = middle
        else:
            high = middle - 1
    packed = [
        Lane(f"{team}-{place}", name if not place else "", jobs=tuple(line))
        for team, (name, found) in enumerate(_packed(chosen[:low]))
        for place, line in enumerate(found)
    ]
    return Layout(tuple(packed), packed=True, drawn=low, left=len(chosen) - low)


def _by_team(jobs: Sequence[JobRow]) -> dict[str, list[JobRow]]:
    """Jobs by team, that first which starts first; each in order of start."""
    found: dict[str, list[JobRow]] = {}
    for one in sorted(jobs, key=lambda one: one.start_hours):
        found.setdefault(one.team, []).append(one)
    return found


def _singly(teams: dict[str, list[JobRow]], *, headed: bool) -> list[Lane]:
    found = []
    for place, (team, jobs) in enumerate(teams.items()):
        found += [Lane(f"team-{place}", team, heading=True)] if headed else []
        found += [Lane(one.id, one.name, jobs=(one,)) for one in jobs]
    return found


def _packed(jobs: Sequence[JobRow]) -> list[tuple[str, list[list[JobRow]]]]:
    """Of each team, by name, the fewest rows in which no two jobs overlap: each takes the one that is free first."""
    packed = []
    for team, own in sorted(_by_team(jobs).items()):
        lanes: list[list[JobRow]] = []
        ends: list[tuple[float, int]] = []
        for one in own:
            if ends and ends[0][0] <= one.start_hours + 1e-9:
                place = heappop(ends)[1]
            else:
                place = len(lanes)
                lanes.append([])
            lanes[place].append(one)
            heappush(ends, (one.start_hours + (one.hours.value or 0.0), place))
        packed.append((team, lanes))
    return packed
