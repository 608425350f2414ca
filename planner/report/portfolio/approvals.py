"""Who has to approve what, by the policies."""

from collections.abc import Sequence
from typing import Final

from planner.outcome.portfolio import Approval, JobPlan, PortfolioPlan
from planner.report.data.review_parts import Cell, Table
from planner.report.names import plural, shorten
from planner.report.portfolio.words import NAME, columns, some
from planner.units import usd

ROWS: Final = 100
Asked = tuple[Approval, list[JobPlan]]


def asked_of(plan: PortfolioPlan, *, open_only: bool = False) -> list[Asked]:
    """Each approver with the jobs that they are asked about: what is still open first, then the largest sum."""
    found: dict[tuple[str, float, str, bool, bool, str], Asked] = {}
    for one in plan.jobs:
        if one.run is None:
            continue
        for asked in (*([one.approval] if one.approval is not None else []), *one.further_approvals):
            if asked.open or not open_only:
                a = asked
                key = (a.approver, a.above_usd, a.policy, a.enforced, a.open, a.given_by)
                found.setdefault(key, (asked, []))[1].append(one)
    return sorted(found.values(), key=lambda item: (not item[0].open, -sum_of(item[1]), item[0].approver,
                                                    item[0].policy))  # fmt: skip


def sum_of(jobs: Sequence[JobPlan]) -> float:
    """What these jobs cost together, in USD."""
    return sum(one.run.cost_usd for one in jobs if one.run is not None)


def approvals_of(plan: PortfolioPlan) -> Table | None:
    """A line for each approver, policy and amount."""
    found = asked_of(plan)
    if not found:
        return None
    rows = tuple(
        (
            Cell(approver_of(asked)),
            Cell(plural(len(jobs), "job"), some([one.name for one in jobs], 8)),
            Cell(usd(sum_of(jobs))),
            Cell(usd(asked.above_usd)),
            Cell(shorten(asked.policy, NAME)),
            Cell("denied" if asked.enforced else "warned of", tone="warn" if asked.enforced and asked.open else ""),
            Cell(state_of(asked), shorten(asked.file, 80) if asked.given_by else ""),
        )
        for asked, jobs in found[:ROWS]
    )
    left = len(found) - len(rows)
    return Table(
        "approvals", "Approvals",
        columns("Approver", "Jobs", "Cost", "Asked above", "Policy", "Without it", "State",
                numbers=("Cost", "Asked above")),
        rows, note=f"{left:,} more are in plan.json." if left > 0 else "",
    )  # fmt: skip


def approver_of(asked: Approval) -> str:
    """Who is asked."""
    return shorten(asked.approver, NAME) or "unnamed"


def state_of(asked: Approval) -> str:
    """`open`, `given by Ana Sousa`, `excepted`."""
    if asked.open:
        return "open"
    return f"given by {shorten(asked.given_by, NAME)}" if asked.given_by else "excepted"


def approvals_sentence(plan: PortfolioPlan) -> str:
    """How many jobs wait for whom, and how many have what they need."""
    found = asked_of(plan)
    if not found:
        return ""
    waiting = {one.name: one for asked, jobs in found if asked.open for one in jobs}
    given = {one.name for _, jobs in found for one in jobs} - set(waiting)
    have = (
        f"{plural(len(given), 'job')} {'has' if len(given) == 1 else 'have'} the approval asked for." if given else ""
    )
    if not waiting:
        return have
    who = list(dict.fromkeys(approver_of(asked) for asked, _ in found if asked.open))
    needs = "job needs" if len(waiting) == 1 else "jobs need"
    told = f"{len(waiting):,} {needs} approval, for {usd(sum_of(list(waiting.values())))} together: by {some(who, 4)}."
    return f"{told} {have}".strip()
