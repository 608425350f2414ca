"""A portfolio planned, with who has to approve its jobs; and what stands in its way, in lines."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from planner.planning import PortfolioReady

if TYPE_CHECKING:
    from planner.outcome.any_plan import Outcome
    from planner.outcome.portfolio import PortfolioPlan


def planned_portfolio(ready: PortfolioReady, today: str, tell: Callable[[str], None]) -> "PortfolioPlan":
    """The plan of a portfolio that was read; `tell` hears which job is being planned.

    `today` is the day that approvals and exceptions are looked at from. Raises PlannerError.
    """
    from planner.planning.portfolio_planning import portfolio_ready
    from planner.policy.portfolio_approvals import governance_of, with_approvals

    # Policies are read first: a broken one is told before minutes of planning, not after.
    governance = governance_of(ready)
    return with_approvals(portfolio_ready(ready, tell), governance, today)


def obstacles(plan: "Outcome") -> list[str]:
    """Why not all jobs that must run do; empty where they do, and of what is no portfolio."""
    return list(_obstacles(plan)) if plan.kind == "Portfolio" else []


def _obstacles(plan: "PortfolioPlan") -> Iterator[str]:
    if plan.conflict is not None:
        yield "no schedule keeps all constraints; in conflict are:"
        yield from (f"  {part.constraint}: {part.text}" for part in plan.conflict.parts)
    elif plan.proof.status in ("infeasible", "nothing found"):
        yield f"no schedule: {plan.proof.status}; {plan.proof.note}".rstrip("; ")
    for job in plan.jobs:
        if job.status == "failed" and not job.optional:
            yield f"job {job.name} is not planned: {job.why}"
