"""What a calendar says of a run."""

from collections.abc import Iterator

from planner.export.runs import Scheduled
from planner.hosts.plain import plain
from planner.outcome.portfolio import PortfolioPlan
from planner.units import duration, usd


def summed_up(one: Scheduled) -> str:
    """The event in one line."""
    job = one.job
    note = {"started": " (started)", "done": " (done)"}.get(job.status, "")
    return f"{plain(job.name)}{note}: {plain(one.chosen.model)} on {plain(one.chosen.where)}"


def described(plan: PortfolioPlan, one: Scheduled) -> str:
    """The event in several lines: what runs, what it costs and gives, what it waits for, who has to approve it."""
    return "\n".join(_lines(plan, one))


def _lines(plan: PortfolioPlan, one: Scheduled) -> Iterator[str]:
    job, run = one.job, one.run
    yield f"{plain(one.chosen.what)} ({plain(job.scenario.path)})"
    whose = f"of {plain(job.team)}, in" if job.team else "in"
    yield f"A job {whose} the portfolio {plain(plan.metadata.name)}, planned with prices of {plain(plan.catalog.as_of)}"
    low, high = (None if bound is None else usd(bound) for bound in (run.cost_usd_lo, run.cost_usd_hi))
    yield f"Cost: {usd(run.cost_usd)} ({'band unknown' if low is None or high is None else f'{low} to {high}'})"
    yield f"Time: {duration(run.hours)}"
    yield f"Quality: {'unknown' if run.quality is None else f'{run.quality:.2f}'}"
    if job.deadline:
        late = f", {duration(run.late_hours)} late" if run.late_hours > 0 else ""
        yield f"Deadline: {plain(job.deadline)}{', hard' if job.hard else ''}{late}"
    if job.after:
        yield f"After: {', '.join(plain(name) for name in job.after)}"
    for approval in (job.approval, *job.further_approvals):
        if approval is not None:
            yield f"Approval ({plain(approval.policy)}): {plain(approval.text or approval.approver, 1000)}"
