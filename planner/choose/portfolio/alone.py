"""Why a job cannot run even with all that is shared to itself: what of it stands in its way."""

from dataclasses import replace

from planner.choose.portfolio.grid import build
from planner.choose.portfolio.instance import Instance, Job
from planner.choose.portfolio.lifting import Constraint, lifts

ALL_AT_ONCE = "no configuration fits its earliest start, deadline, blackouts, quotas, budgets and the horizon"


def why_not_alone(instance: Instance, job: Job) -> str:
    """What stands in a job's way that no other job has to do with, in words; each named would do if it were lifted."""
    shortest = min((configuration.hours for configuration in job.configurations), default=0.0)
    if shortest > instance.horizon_hours:
        return "its shortest run is longer than the horizon"
    by_itself = replace(instance, jobs=(job,), orders=(), exclusives=(), quality=None)
    found = [
        _words(constraint)
        for constraint, lift in lifts(by_itself)
        if _concerns(constraint, job, instance) and build(lift(by_itself)).allowed.any()
    ]
    return f"it cannot run even alone, because of {' together with '.join(found)}" if found else ALL_AT_ONCE


def _concerns(constraint: Constraint, job: Job, instance: Instance) -> bool:
    """Whether it may stand in the job's way; the others need not be tried."""
    if constraint.kind == "pool":
        return any(constraint.name in configuration.takes for configuration in job.configurations)
    if constraint.kind == "budget":
        return any(budget.name == constraint.name and budget.team in ("", job.team) for budget in instance.budgets)
    return constraint.kind != "required"


def _words(constraint: Constraint) -> str:
    if constraint.kind == "budget":
        return f"the budget of {constraint.name}"
    if constraint.kind == "pool":
        return f"what there is of {constraint.name}"
    if constraint.kind == "blackouts":
        return "its blackouts" if constraint.name else "the blackouts of all jobs"
    return {
        "carbon_kg": "the emissions that are allowed",
        "deadline": "its deadline",
        "earliest": "its earliest start",
    }.get(constraint.kind, constraint.kind)
