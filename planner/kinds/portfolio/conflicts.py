"""What cannot be kept together, where there is no schedule, and what frees each of it."""

import math
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Final

from planner.choose.portfolio.conflict import conflict
from planner.choose.portfolio.freeing import Freed
from planner.kinds.portfolio.options import known
from planner.kinds.portfolio.problem import Problem
from planner.kinds.portfolio.running import emitted_kg
from planner.kinds.portfolio.solving import Solved, fits
from planner.outcome.portfolio import ConflictPart, ConflictSet
from planner.units import duration, kilograms, usd

_SIMPLE: Final[Mapping[str, tuple[str, str]]] = {
    "order": ("{name}", "Do not let it wait: {name}."),
    "blackouts": ("{name}", "Lift {name}, or shorten them."),
    "exclusive": ("{name}", "Have a second one, so that its jobs can run at the same time."),
}
"""Kind of constraint → what it is, and what frees it."""


def conflict_of(problem: Problem, solved: Solved, until: float) -> ConflictSet | None:
    """The smallest set of constraints in conflict; None where none is proven until then, by the monotonic clock."""
    solver = problem.scenario.solver
    instance = solved.full if fits(solved.full) else solved.instance
    found = conflict(instance, max(until - monotonic(), 0.0), solver.seed)
    if not found.infeasible:
        return None
    parts = [_part(problem, solved, member) for member in found.members]
    if found.together:
        constraint = f"{found.together:,} jobs must run"
        text = "Make some of them optional, with a value."
        parts.append(ConflictPart(constraint=constraint, needed=None, text=text))
    return ConflictSet(parts=parts, smallest=found.smallest)


def _part(problem: Problem, solved: Solved, freed: Freed) -> ConflictPart:
    kind, name = freed.constraint.kind, freed.constraint.name
    if kind in _TOLD:
        return _TOLD[kind](problem, solved, freed)
    constraint, text = _SIMPLE[kind]
    whose = f"blackouts of {name or 'all jobs'}" if kind == "blackouts" else name
    return ConflictPart(constraint=constraint.format(name=whose), needed=None, text=text.format(name=whose))


def _required(problem: Problem, _: Solved, freed: Freed) -> ConflictPart:
    name = freed.constraint.name
    shortest = min((option.hours for option in problem.options.get(name, ())), default=0.0)
    text = f"Make {name} optional, with a value."
    past = problem.standing.of("started").get(name)
    if past is not None:
        text = f"It has started, and runs until {problem.horizon.told(past.end_hours)}: say so if it is to stop."
        if past.end_hours > problem.horizon.hours:
            text = f"It has started, and runs until {problem.horizon.told(past.end_hours)}: give a longer horizon."
        return ConflictPart(constraint=f"{name} runs on", needed=None, text=text)
    if shortest > problem.horizon.hours:
        text = f"Give a longer horizon: its shortest run takes {duration(shortest)}. Or make {name} optional."
    return ConflictPart(constraint=f"{name} must run", needed=None, text=text)


def _carbon(problem: Problem, _: Solved, freed: Freed) -> ConflictPart:
    limit = f"at most {kilograms(problem.scenario.max_carbon)} CO2e"
    needed = freed.needed + emitted_kg(problem.standing)
    return _valued(limit, needed, f"Allow {_tenths(needed):,.1f} kg.")


def _budget(problem: Problem, solved: Solved, freed: Freed) -> ConflictPart:
    """A budget as written: what is spent already, and the margin that a probability asks for, are put back."""
    name = freed.constraint.name
    budget = next(budget for budget in problem.budgets if budget.name == name)
    before = problem.spent_before_usd[name]
    whole = before + freed.needed * solved.margins.get(name, 1.0)
    raised = "" if math.isnan(whole) else f"Raise it to {usd(_up(whole))}."
    return _valued(f"{usd(budget.limit_usd)} for {name}", whole, raised)


def _pool(problem: Problem, _: Solved, freed: Freed) -> ConflictPart:
    name, needed = freed.constraint.name, freed.needed
    shared = next((of for of in problem.quotas if of.pool.name == name), None)
    if shared is None:
        return ConflictPart(constraint=name, needed=None, text="Ask for less slack of spot machines: spot.least_slack.")
    constraint = f"{shared.quota.gpus:,} GPUs: {name}"
    if needed == math.inf:
        return ConflictPart(constraint=constraint, needed=None, text="Open it while it is closed: no number will do.")
    text = f"Raise it to {needed:,.0f} GPUs."
    if shared.quota.changes:
        text = f"Raise it by {needed - shared.quota.gpus:,.0f} GPUs, at its changes too."
    return _valued(constraint, needed, text)


def _deadline(problem: Problem, _: Solved, freed: Freed) -> ConflictPart:
    """A hard deadline; the hour that does, from the portfolio's start on, in words to the minute after it."""
    name = freed.constraint.name
    constraint = f"{name} is done by {_told(problem, problem.written[name].deadline)}"
    if not math.isfinite(freed.needed):
        return _valued(constraint, freed.needed, "")
    minute = math.ceil(freed.needed * 60 - 1e-6) / 60
    return _valued(constraint, freed.needed, f"Move its deadline to {problem.horizon.told(minute)}.")


def _earliest(problem: Problem, _: Solved, freed: Freed) -> ConflictPart:
    """An earliest start, as written or as the time that it is now or that a done job leaves."""
    name, written = freed.constraint.name, problem.written[freed.constraint.name]
    since = problem.standing.past
    waits = [past.end_hours + (first.lag or 0.0) for first in written.firsts()
             if (past := since.get(first.job)) and past.status == "done"]  # fmt: skip
    now = problem.horizon.now_hours or 0.0
    hours = [now, *waits]
    if written.earliest is not None and problem.horizon.hour(written.earliest) >= max(hours):
        start = "" if not math.isfinite(freed.needed) else f"Let it start at {problem.horizon.told(freed.needed)}."
        return _valued(f"{name} starts no earlier than {_told(problem, written.earliest)}", freed.needed, start)
    why = "now" if max(hours) <= now else "what it waits for allows"
    return ConflictPart(
        constraint=f"{name} starts no earlier than {why}, {problem.horizon.told(max(hours))}", needed=None,
        text="That cannot be changed: change another of these.",
    )  # fmt: skip


def _valued(constraint: str, needed: float, text: str) -> ConflictPart:
    """A part with a value that does; where none was found it would have to go."""
    if not math.isfinite(needed):
        return ConflictPart(constraint=constraint, needed=None, text="No value of it alone was found that would do.")
    return ConflictPart(constraint=constraint, needed=known(needed), text=text)


def _told(problem: Problem, written: str | None) -> str:
    """A moment of the scenario as all others are told."""
    return "" if written is None else problem.horizon.told(problem.horizon.hour(written))


def _tenths(value: float) -> float:
    """Rounded up to a tenth; what is unknown stays so."""
    return math.ceil(value * 10 - 1e-6) / 10 if math.isfinite(value) else value


def _up(value: float) -> float:
    """Rounded up as money is told: cents below $100, whole dollars above."""
    scale = 100.0 if value < 99 else 1.0
    return math.ceil(value * scale - 1e-9) / scale


_TOLD: Final[Mapping[str, Callable[[Problem, Solved, Freed], ConflictPart]]] = {
    "required": _required,
    "budget": _budget,
    "pool": _pool,
    "carbon_kg": _carbon,
    "deadline": _deadline,
    "earliest": _earliest,
}
"""Kind of constraint → how it is told."""
