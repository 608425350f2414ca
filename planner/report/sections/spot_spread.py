"""The spreads of all policies together: what a chart has room for, and what it says in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from planner.outcome import Plan
from planner.report.data.spot_rows import PolicyRow, simulated
from planner.report.data.spread import RunLimit, RunLimits, Spread
from planner.units import duration, usd

Of = Literal["cost", "hours"]
_BEYOND: Final = 3.0
"""A limit further out than this many times the largest figure would squeeze the rest of the chart; it is told only."""
_ENDLESS: Final = 1.5
"""Room for strips of runs that never end, so that they are seen to reach the edge."""
_LOG: Final = 8.0
"""Where the largest figure is more than this many times the smallest, the scale is logarithmic."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a chart of spreads has room for."""

    low: float
    high: float
    log: bool
    limit: RunLimit | None
    """The limit, where it is near enough to be drawn."""


def run_limits(plan: Plan) -> RunLimits:
    """The limits on cost and time of a plan."""
    found = {c.name: c.limit for c in plan.constraints}
    budget, deadline = found.get("constraints.max_cost"), found.get("constraints.deadline")
    return RunLimits(
        None if budget is None else RunLimit(budget, f"budget {usd(budget)}"),
        None if deadline is None else RunLimit(deadline, f"deadline {duration(deadline)}"),
    )


def spread_of(row: PolicyRow, of: Of) -> Spread:
    """Cost or time of a policy."""
    return row.cost_spread if of == "cost" else row.hours_spread


def scope_of(rows: Sequence[PolicyRow], limits: RunLimits, of: Of) -> Scope | None:
    """The range of the figures of these policies and of a limit near by; None where nothing is known."""
    drawn = [spread_of(row, of) for row in rows]
    values = [v for spread in drawn for v in spread.known]
    if not any(spread.middle is not None for spread in drawn):
        return None
    limit = limits.cost if of == "cost" else limits.hours
    near = limit if limit is not None and max(values) / _BEYOND <= limit.value <= max(values) * _BEYOND else None
    low, high = min(values), max([*values, *([near.value] if near else [])])
    if any(spread.middle is not None and spread.high is None for spread in drawn):
        high *= _ENDLESS
    return Scope(low, high, log=low > 0 and high > _LOG * low, limit=near)


def spread_sentence(rows: Sequence[PolicyRow], limits: RunLimits, of: Of) -> str:
    """What the chart says of the first decision's recommended policy; empty where nothing is known."""
    rows = simulated(rows)
    scope = scope_of(rows, limits, of)
    told = next((row for row in rows if row.recommended), rows[0]) if rows else None
    if scope is None or told is None:
        return ""
    spread, say = spread_of(told, of), usd if of == "cost" else duration
    verb = "costs" if of == "cost" else "takes"
    name = f"{told.decisions} ({told.policy})"
    if spread.lower is None or spread.upper is None or spread.middle is None:
        return f"How much the {name} {verb} is not known for all of its simulated runs."
    text = (
        f"In half of its simulated runs the {name} {verb} {say(spread.lower)} to {say(spread.upper)}, "
        f"{say(spread.middle)} at the median"
    )
    text += f", and in one of twenty over {say(spread.high)}" if spread.high is not None else ", and some never end"
    limit = limits.cost if of == "cost" else limits.hours
    beyond = f" The {limit.text} is too far off to be drawn." if limit is not None and scope.limit is None else ""
    return f"{text}.{_held_against(spread, of)}{beyond}"


def _held_against(spread: Spread, of: Of) -> str:
    """The spread against the same machine on demand, as far as the quantiles tell."""
    price = spread.on_demand
    if price is None or spread.middle is None:
        return ""
    worse = "more" if of == "cost" else "longer"
    ends = ((spread.high, "over 95 %"), (spread.upper, "at least three quarters"), (spread.middle, "at least half"))
    share = next((words for end, words in ends if end is not None and end <= price), None)
    verb = "cost" if of == "cost" else "take"
    than = f"the {spread.on_demand_text} of the same machine on demand"
    if share is not None:
        return f" That is {'less' if of == 'cost' else 'quicker'} than {than} in {share} of the runs."
    return f" More than half of the runs {verb} {worse} than {than}."
