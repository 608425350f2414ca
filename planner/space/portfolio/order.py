"""What jobs of a Portfolio say of each other: names that there are, and an order without a circle."""

from collections.abc import Mapping, Sequence

from planner.scenario.portfolio import Portfolio
from planner.scenario.portfolio_jobs import After
from planner.source import Path as Place
from planner.space.portfolio.remarks import Checking, among


def check_order(scenario: Portfolio, checking: Checking) -> None:
    """Report names given twice, unknown jobs, and circles; each circle once, where one of its jobs says so."""
    names = [job.name for job in scenario.jobs]
    _check_once("jobs", "job", names, checking)
    _check_once("teams", "team", [team.name for team in scenario.teams], checking)
    _check_once("only_one", "resource", [one.name for one in scenario.only_one], checking)
    known = frozenset(names)
    follows: dict[str, dict[str, Place]] = {name: {} for name in names}
    for number, job in enumerate(scenario.jobs):
        for k, (written, first) in enumerate(zip(job.after, job.firsts(), strict=True)):
            place: Place = ("jobs", number, "after", k)
            if isinstance(written, After):
                place = (*place, "job")
            if first.job == job.name:
                checking.complain(place, f"{job.name} cannot come after itself", "take it out")
            elif first.job not in known:
                others = [name for name in names if name != job.name]
                checking.complain(place, f"no job is called {first.job}", among(first.job, others, "jobs"))
            elif first.job in follows[job.name]:
                checking.complain(place, f"{job.name} comes after {first.job} already", "say it once")
            else:
                follows[job.name][first.job] = place
    for circle in circles({name: list(firsts) for name, firsts in follows.items()}):
        place = follows[circle[0]][circle[1]]
        told = " -> ".join([*circle, circle[0]])
        checking.complain(place, f"jobs wait for each other: {told}", "take one `after` out of the circle")
    for number, one in enumerate(scenario.only_one):
        _check_names(one.jobs, ("only_one", number, "jobs"), names, checking)
    states = [] if scenario.running is None else scenario.running.jobs
    seen: set[str] = set()
    for number, state in enumerate(states):
        place = ("running", "jobs", number, "job")
        if state.job not in known:
            checking.complain(place, f"no job is called {state.job}", among(state.job, names, "jobs"))
        elif state.job in seen:
            checking.complain(place, f"{state.job} is told twice", "say how far it is once")
        seen.add(state.job)


def _check_once(key: str, what: str, names: Sequence[str], checking: Checking) -> None:
    seen: set[str] = set()
    for k, name in enumerate(names):
        if name in seen:
            checking.complain((key, k, "name"), f"another {what} is called {name}", "call it otherwise")
        seen.add(name)


def _check_names(written: Sequence[str], place: Place, names: list[str], checking: Checking) -> None:
    seen: set[str] = set()
    for k, name in enumerate(written):
        if name not in names:
            checking.complain((*place, k), f"no job is called {name}", among(name, names, "jobs"))
        elif name in seen:
            checking.complain((*place, k), f"{name} is named twice", "name it once")
        seen.add(name)


def circles(follows: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Circles among jobs that follow others, each job in one at most: `[a, b]` where a follows b and b follows a.

    Depth-first, without recursion: a portfolio may have thousands of jobs in one line.
    """
    done: set[str] = set()
    found: list[list[str]] = []
    taken: set[str] = set()
    for start in follows:
        line: list[str] = []
        depth: dict[str, int] = {}
        todo = [(start, 0)] if start not in done else []
        while todo:
            name, k = todo.pop()
            if k == 0:
                depth[name] = len(line)
                line.append(name)
            if k < len(follows[name]):
                todo.append((name, k + 1))
                first = follows[name][k]
                if first in depth:
                    circle = line[depth[first] :]
                    if not taken & set(circle):
                        taken |= set(circle)
                        found.append(_from_its_first(circle, follows))
                elif first not in done:
                    todo.append((first, 0))
            else:
                done.add(name)
                line.pop()
                del depth[name]
    return found


def _from_its_first(circle: list[str], follows: Mapping[str, Sequence[str]]) -> list[str]:
    """The same circle from the job on that is written first."""
    order = {name: k for k, name in enumerate(follows)}
    at = min(range(len(circle)), key=lambda k: order[circle[k]])
    return circle[at:] + circle[:at]
