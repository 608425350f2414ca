"""Budgets of policies held against what a portfolio plans to spend, month by month."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Final

from planner.outcome.portfolio import JobPlan, PortfolioPlan
from planner.policy.budget_groups import Group, groups, sum_of
from planner.policy.documents import Budget, Policy
from planner.policy.finding import plain
from planner.policy.governance import Governance, Written
from planner.policy.portfolio_jobs import COSTING, scenario_of
from planner.policy.units import beyond
from planner.units import usd

_MOST: Final = 5
"""Of those who break one budget, how many are named."""


def budget_warnings(plan: PortfolioPlan, governance: Governance) -> list[str]:
    """A sentence for each budget of a policy that the plan breaks, and each who has it.

    What was spent is what documents of spend say of the month; where none does, what done jobs cost. A job that runs
    already counts whole beside it, so that a part of it may count twice.
    """
    jobs = [job for job in plan.jobs if job.run is not None and job.status in (*COSTING, "done")]
    return [
        warning
        for policy in governance.policies
        for budget in policy.value.budgets
        for warning in _named([*_broken(plan, governance, policy, budget, jobs)], policy, budget)
    ]


def _named(found: Sequence[str], policy: Written[Policy], budget: Budget) -> Iterator[str]:
    yield from found[:_MOST]
    if (more := len(found) - _MOST) > 0:
        yield f"budget {budget.name} of policy {policy.value.metadata.name} breaks for {more} more"


def _broken(
    plan: PortfolioPlan, governance: Governance, policy: Written[Policy], budget: Budget, jobs: Sequence[JobPlan]
) -> Iterator[str]:
    """A sentence for each who breaks the budget, about the month in which they do most."""
    scenarios = [scenario_of(job) for job in jobs]
    job_of = {id(scenario): job for scenario, job in zip(scenarios, jobs, strict=True)}
    most = budget.amount_usd * budget.deny_at
    for group in groups(budget, scenarios):
        mine = [job_of[id(scenario)] for scenario in group.scenarios]
        over = [
            (spent + planned, -i, told)
            for i, month in enumerate(_months(plan, budget))
            for planned, spent, told in [_sums(governance, policy, budget, group, mine, month)]
            if beyond(spent + planned, most)
        ]
        if over:
            *_, told = max(over)
            more = f", and in {len(over) - 1} more month{'' if len(over) == 2 else 's'}" if len(over) > 1 else ""
            limit = f"{usd(most)} of budget {budget.name} (policy {policy.value.metadata.name})"
            yield f"{plain(group.who)}: {told}, above {limit}{more}"


def _months(plan: PortfolioPlan, budget: Budget) -> list[str]:
    """The months that a budget is held against; one without a name for a budget of all time."""
    return sorted(plan.calendar.months) if budget.period == "month" else [""]


def _sums(
    governance: Governance, policy: Written[Policy], budget: Budget, group: Group, jobs: Sequence[JobPlan], month: str
) -> tuple[float, float, str]:
    """What is planned, what was spent, in USD, and both in words."""
    # A budget of all time counts documents of every month, so that any day will do.
    day = datetime.date.fromisoformat(f"{month or '2000-01'}-01")
    documented = sum_of(policy.value, budget, group, governance.spends, day)
    planned = sum(_cost(job, month) for job in jobs if job.status in COSTING)
    spent, until = documented.spent, f"spent to {documented.as_of}"
    if spent is None:
        spent, until = sum(_cost(job, month) for job in jobs if job.status == "done"), "spent by jobs that are done"
    words = f"{usd(planned)} planned{f' in {month}' if month else ''}"
    return planned, spent, f"{words} and {usd(spent)} {until}" if spent else words


def _cost(job: JobPlan, month: str) -> float:
    assert job.run is not None
    return job.run.cost_by_month_usd.get(month, 0.0) if month else job.run.cost_usd
