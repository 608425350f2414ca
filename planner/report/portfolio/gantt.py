"""What the chart of jobs over time shows, in words."""

from collections.abc import Sequence

from planner.outcome.portfolio import PortfolioPlan
from planner.report.charts.portfolio_gantt import SHORTEST
from planner.report.data.portfolio_parts import JobRow, TimeAxis
from planner.report.names import capital, plural
from planner.report.portfolio.words import when_text


def gantt_sentence(plan: PortfolioPlan, rows: Sequence[JobRow]) -> str:
    """From when to when how many jobs of how many teams run, and how many of them are late."""
    if not rows:
        return ""
    teams = {one.team for one in rows}
    late = sum(one.late_hours > 0 for one in rows)
    first = min(rows, key=lambda one: one.start_hours)
    who = f"{plural(len(rows), 'job')} of {plural(len(teams), 'team')}"
    told = f"{who} from {first.start} to {when_text(plan.totals.finish)}"
    at_once = f", at most {_most_at_once(rows):,} at a time"
    return (
        f"{told}{at_once}; {late:,} {'is' if late == 1 else 'are'} late." if late else f"{told}{at_once}; none is late."
    )


def gantt_legend(rows: Sequence[JobRow], axis: TimeAxis) -> str:
    """How to read the marks that there are."""
    standings = {one.standing for one in rows}
    told = [
        "upright lines are deadlines" if any(one.deadline_hours is not None for one in rows) else "",
        "the red strip of a bar is what is late" if any(one.late_hours > 0 for one in rows) else "",
        "pale bars are done" if "done" in standings else "",
        "bars with a thick outline run already" if "running" in standings else "",
        "nothing runs where it is grey" if axis.closed else "",
        "runs too short to be seen are drawn longer"
        if any((one.hours.value or 0.0) < SHORTEST * axis.hours for one in rows)
        else "",
        "the dashed line is now" if axis.now is not None else "",
    ]
    words = "; ".join(filter(None, ["colours tell providers apart", *told]))
    return f"{capital(words)}."


def _most_at_once(rows: Sequence[JobRow]) -> int:
    """The most that run at any time; an end at a start is no overlap."""
    ends = [(one.start_hours + (one.hours.value or 0.0), -1) for one in rows]
    most = now = 0
    for _, step in sorted([*ends, *((one.start_hours, 1) for one in rows)]):
        now += step
        most = max(most, now)
    return most
