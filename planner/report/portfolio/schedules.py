"""Other schedules: the portfolio's own front, what an outage would do, and what cannot be kept together."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.portfolio import FrontSchedule, OutageEffect, PortfolioPlan
from planner.report.charts.portfolio_front import stands_on
from planner.report.data.portfolio_parts import FrontDot, Move, OutageRow
from planner.report.data.review_parts import Cell, Table
from planner.report.names import capital, plural, shorten, signed
from planner.report.portfolio.words import LONGEST, NAME, columns, gap_text, late_text, place_text, some
from planner.report.sections.rows import quality_text
from planner.units import usd

HELD: Final = {"cost": "cost held down", "lateness": "lateness held down", "quality": "quality held up"}
PLANNED: Final = "this plan"
MOVES: Final = 60
"""Moved jobs that are listed of an outage."""
MOST: Final = 80
"""Schedules and conflicting constraints that are listed."""


def dots_of(plan: PortfolioPlan) -> tuple[FrontDot, ...]:
    """The schedules as marks."""
    return tuple(
        FrontDot(
            name=_name(one), cost_usd=one.cost_usd, lateness_usd=one.lateness_usd, quality=one.quality,
            texts=(usd(one.cost_usd), usd(one.lateness_usd), quality_text(one.quality)), chosen=one.chosen,
        )
        for one in plan.front[:MOST]
    )  # fmt: skip


def _name(one: FrontSchedule) -> str:
    if one.chosen:
        return PLANNED
    return HELD.get(one.held, shorten(one.held, NAME)) or "without a bound"


def front_of(plan: PortfolioPlan) -> Table | None:
    """A line for each schedule, and how it differs from the one that is planned."""
    if not plan.front:
        return None
    own = next((one for one in plan.front if one.chosen), None)
    cost, late, objective = (None, None, None) if own is None else (own.cost_usd, own.lateness_usd, own.objective_usd)
    numbers = ("Cost", "Lateness counts", "Quality q", "Value", "Jobs", "Objective", "Within")
    rows = tuple(
        (
            Cell(_name(one), tone="good" if one.chosen else ""),
            Cell(usd(one.cost_usd), _more(one.cost_usd, cost)),
            Cell(usd(one.lateness_usd), _more(one.lateness_usd, late)),
            Cell(quality_text(one.quality)),
            Cell(usd(one.value_usd)),
            Cell(f"{one.runs:,}"),
            Cell(usd(one.objective_usd), _more(one.objective_usd, objective)),
            Cell(gap_text(one.gap)),
        )
        for one in plan.front[:MOST]
    )
    return Table("front", "Schedules", columns("Schedule", *numbers, numbers=numbers), rows)


def _more(value: float, own: float | None) -> str:
    """`$1,950 less`; empty of the plan itself, and where it is the same."""
    if own is None or usd(abs(value - own)) == usd(0.0):
        return ""
    return f"{usd(abs(value - own))} {'more' if value > own else 'less'}"


def front_sentence(plan: PortfolioPlan) -> str:
    """Between what the schedules run, and where the plan stands among them."""
    if not plan.front:
        return ""
    costs, late = [one.cost_usd for one in plan.front], [one.lateness_usd for one in plan.front]
    known = [one.quality for one in plan.front if one.quality is not None]
    told = [_span("cost", [usd(min(costs)), usd(max(costs))]), _span("lateness", [usd(min(late)), usd(max(late))])]
    told += [_span("quality q", [quality_text(min(known)), quality_text(max(known))])] if known else []
    own = next((one for one in plan.front if one.chosen), None)
    stands = (
        f" The plan costs {usd(own.cost_usd)} with lateness of {usd(own.lateness_usd)}; small print is the difference "
        "to it."
        if own is not None
        else ""
    )
    count = plural(len(plan.front), "schedule")
    trade = "trades" if len(plan.front) == 1 else "trade"
    return f"{count} that {trade} one figure for another: {', '.join(told)}.{stands}"


def front_legend(dots: Sequence[FrontDot]) -> str:
    """How to read the chart."""
    if stands_on(dots) == "quality":
        return "The ring marks the plan. Lateness is the same for all; nearer to the upper left is cheaper and better."
    return (
        "The ring marks the plan. Nearer to the lower left is cheaper and less late; value and quality differ too, as "
        "the table tells."
    )


def _span(what: str, ends: Sequence[str]) -> str:
    return f"{what} is {ends[0]}" if ends[0] == ends[1] else f"{what} runs from {ends[0]} to {ends[1]}"


def outages_of(plan: PortfolioPlan) -> tuple[OutageRow, ...]:
    """What would change, provider by provider."""
    return tuple(map(_outage, plan.outages))


def _outage(one: OutageEffect) -> OutageRow:
    moved = tuple(
        Move(shorten(change.job, NAME), shorten(signed(change.before), 120), shorten(signed(change.after), 120))
        for change in one.moved[:MOVES]
    )
    left = len(one.moved) - len(moved)
    late = "unknown" if one.late_hours is None else late_text(one.late_hours) or "none"
    more = "unknown" if one.more_cost_usd is None else _dearer(one.more_cost_usd)
    return OutageRow(
        name=place_text(one.provider, one.region),
        feasible=one.feasible,
        cost=usd(one.cost_usd),
        more=more,
        late=late,
        lost=f"{plural(len(one.lost), 'job')}: {some(one.lost, 4)}" if one.lost else "none",
        moves=plural(len(one.moved), "job") if one.moved else "none",
        text=f"{capital(shorten(one.text, LONGEST).rstrip('.'))}." if one.text else "",
        moved=moved,
        left_out=f"{plural(left, 'more job')} that {'moves' if left == 1 else 'move'}; plan.json has them all."
        if left > 0 else "",
    )  # fmt: skip


def _dearer(more_usd: float) -> str:
    if usd(abs(more_usd)) == usd(0.0):
        return "the same"
    return f"{usd(abs(more_usd))} {'more' if more_usd > 0 else 'less'}"


def outages_sentence(plan: PortfolioPlan) -> str:
    """How many of the outages the required jobs would bear."""
    if not plan.outages:
        return ""
    borne = sum(one.feasible for one in plan.outages)
    whole = plural(len(plan.outages), "outage")
    bear = "all required jobs still run in time" if borne else "not all required jobs would run in time"
    if borne in (0, len(plan.outages)):
        return f"{'In the one outage' if len(plan.outages) == 1 else f'In each of {whole}'} that was looked at, {bear}."
    return f"In {borne:,} of {whole} that were looked at, {bear}."


def conflict_of(plan: PortfolioPlan) -> Table | None:
    """What cannot be kept together, and what would free each."""
    found = plan.conflict
    if found is None or not found.parts:
        return None
    rows = tuple(
        (Cell(shorten(one.constraint, LONGEST)), Cell(shorten(one.text, LONGEST) or "it would have to go"))
        for one in found.parts[:MOST]
    )
    left = len(found.parts) - len(rows)
    return Table("conflict", "In conflict", columns("Constraint", "What would free it"), rows,
                 note=f"{left:,} more are in plan.json." if left > 0 else "")  # fmt: skip


def conflict_sentence(plan: PortfolioPlan) -> str:
    """How many they are, and whether one could be spared."""
    found = plan.conflict
    if found is None or not found.parts:
        return ""
    count = len(found.parts)
    if count == 1:
        return "This constraint cannot be kept, whatever else is changed."
    spared = (
        "change any one of them, as told, and the rest of them can be kept. Then plan again: "
        "another conflict may lie behind this one"
        if found.smallest
        else "whether all of them are needed for that is not proven"
    )
    return f"These {count:,} constraints cannot be kept together; {spared}."
