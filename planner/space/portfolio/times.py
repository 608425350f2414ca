"""The times of a Portfolio: that each lies where it can, and that all together are no more than can be planned."""

import datetime as dt
import math
from typing import Final

from planner.scenario.portfolio import Portfolio
from planner.scenario.portfolio_jobs import JobState, PortfolioJob, Span
from planner.source import Path as Place
from planner.space.portfolio.remarks import Checking, Clock

MOST_SLOTS: Final = 20_000
MOST_CELLS: Final = 150_000_000
"""Configurations x slots x figures of each: 8 bytes, so 1.2 GB."""
MOST_STEPS: Final = 20_000_000
"""Orders x slots, and budgets x months x jobs: each a number of 8 bytes that is held more than once."""
MOST_QUOTAS_OF_ONE: Final = 16
"""Quotas that differ and hold for one configuration: each of its four names is said or not."""
FIGURES: Final = 8
"""Of a configuration and a start, beside its cost in each month."""
LONGEST_SLOT_HOURS: Final = 168


def check_times(scenario: Portfolio, clock: Clock, checking: Checking) -> None:
    """Report every moment that contradicts another or the horizon, and a horizon with too many starts."""
    _check_spans(scenario.blackouts, ("blackouts",), clock, checking)
    for number, job in enumerate(scenario.jobs):
        _check_job(job, ("jobs", number), clock, checking)
    for number, quota in enumerate(scenario.quotas):
        place: Place = ("quotas", number)
        _check_spans(quota.closed, (*place, "closed"), clock, checking)
        before = -math.inf
        for k, change in enumerate(quota.changes):
            at = clock.hours(change.begins)
            if at <= before:
                message = f"{change.begins} does not come after the change before it"
                checking.complain((*place, "changes", k, "begins"), message, "write changes in order of time")
            before = max(before, at)
    _check_budget_months(scenario, clock, checking)
    _check_running(scenario, clock, checking)
    _check_size(scenario, clock, checking)


def _check_job(job: PortfolioJob, place: Place, clock: Clock, checking: Checking) -> None:
    _check_spans(job.blackouts, (*place, "blackouts"), clock, checking)
    earliest = 0.0
    if job.earliest is not None:
        earliest = clock.hours(job.earliest)
        if earliest >= clock.horizon_hours:
            message = f"{job.earliest} is not before the portfolio ends, on {_shown(clock.ends)}"
            checking.complain((*place, "earliest"), message, "a longer horizon, or an earlier day")
    if job.deadline is not None:
        deadline = clock.hours(job.deadline)
        if deadline <= 0:
            message = f"{job.deadline} is not after the portfolio begins, on {_shown(clock.begins)}"
            checking.complain((*place, "deadline"), message, "a later day, or an earlier `begins`")
        elif job.earliest is not None and deadline <= earliest:
            message = f"the deadline {job.deadline} is not after earliest, {job.earliest}"
            checking.complain((*place, "deadline"), message)
        elif deadline > clock.horizon_hours:
            ends = f"the portfolio ends, on {_shown(clock.ends)}"
            message = f"{job.deadline} is after {ends}: every run ends by then anyway"
            checking.warn((*place, "deadline"), message, "a longer horizon, or no deadline")
    if job.runs_for is not None and job.runs_for > clock.horizon_hours:
        message = f"runs for {job.runs_for:g} h, and the horizon is {clock.horizon_hours:g} h"
        checking.complain((*place, "runs_for"), message, "leave it out for a service that is up until the end")


def _check_spans(spans: list[Span], place: Place, clock: Clock, checking: Checking) -> None:
    for k, span in enumerate(spans):
        first, last = clock.hours(span.begins), clock.hours(span.ends)
        if last <= first:
            checking.complain((*place, k, "ends"), f"{span.ends} is not after it begins, {span.begins}")
        elif last <= 0 or first >= clock.horizon_hours:
            message = f"from {span.begins} until {span.ends} is outside the horizon, so that it does nothing"
            checking.warn((*place, k), message, "take it out")


def _check_budget_months(scenario: Portfolio, clock: Clock, checking: Checking) -> None:
    """Months that the horizon does not touch, and two budgets for the same."""
    months = clock.months()
    lists = [(("budgets",), scenario.budgets)]
    lists += [(("teams", number, "budgets"), team.budgets) for number, team in enumerate(scenario.teams)]  # type: ignore[misc]
    for place, budgets in lists:
        seen: set[tuple[str, bool]] = set()
        for k, budget in enumerate(budgets):
            at: Place = (*place, k)
            if budget.month is not None and budget.month not in months:
                told = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
                message = f"{budget.month} is none of the months that are planned, {told}: this budget does nothing"
                checking.warn((*at, "month"), message, "take it out")
            key = budget.month or "", budget.whole
            if key in seen:
                what = "the whole portfolio" if budget.whole else budget.month or "each month"
                checking.complain(at, f"there is a budget for {what} already", "write the one that counts")
            seen.add(key)


def _check_running(scenario: Portfolio, clock: Clock, checking: Checking) -> None:
    running = scenario.running
    if running is None:
        return
    now = clock.hours(running.now)
    if not 0 <= now < clock.horizon_hours:
        ends = f"its end, on {_shown(clock.ends)}"
        message = f"{running.now} is not between the portfolio's begin, on {_shown(clock.begins)}, and {ends}"
        checking.complain(("running", "now"), message, "the horizon is that of the whole portfolio, not of the rest")
    for number, state in enumerate(running.jobs):
        place: Place = ("running", "jobs", number)
        _check_state(state, place, now, running.now, clock, checking)
        if state.status == "started" and running.plan is None:
            for key, value in (("start", state.start), ("configuration", state.configuration)):
                if value is None:
                    message = f"{state.job} has started, and no earlier plan says its {key}"
                    checking.complain(place, message, f"give `{key}`, or `plan`, the plan.json of before")


def _check_state(state: JobState, place: Place, now: float, shown: str, clock: Clock, checking: Checking) -> None:
    for key, text in (("start", state.start), ("end", state.end)):
        if text is not None and clock.hours(text) > now:
            checking.complain((*place, key), f"{text} is after now, {shown}", "a job still to come has no state")
    if state.start is not None:
        if clock.hours(state.start) < 0:
            checking.complain((*place, "start"), f"{state.start} is before the portfolio begins")
        if state.end is not None and clock.hours(state.end) <= clock.hours(state.start):
            checking.complain((*place, "end"), f"{state.end} is not after its start, {state.start}")


def _check_size(scenario: Portfolio, clock: Clock, checking: Checking) -> None:
    """Refuse a horizon with more starts than can be planned."""
    step = scenario.solver.slot_hours
    slots = math.ceil(clock.horizon_hours / step)
    jobs, months = len(scenario.jobs), len(clock.months())
    # Quotas that one configuration can be under, and resources that a job uses on the mean.
    held = min(len(scenario.quotas), MOST_QUOTAS_OF_ONE) + sum(len(one.jobs) for one in scenario.only_one) / jobs
    each = jobs * scenario.solver.configurations * (months + FIGURES + math.ceil(held))
    most = min(MOST_SLOTS, MOST_CELLS // each)
    orders = sum(len(job.after) for job in scenario.jobs)
    if orders * slots > MOST_STEPS:
        message = f"{orders:,} times that a job comes after another, over {slots:,} slots, are more than can be planned"
        checking.complain(("jobs",), message, "fewer `after`, longer slots, or a shorter horizon")
    budgets = [budget for team in scenario.teams for budget in team.budgets] + scenario.budgets
    lines = sum(1 if budget.whole or budget.month else months for budget in budgets)
    if lines * (months + FIGURES) * jobs > MOST_STEPS:
        message = f"{lines:,} budgets of a month for {jobs:,} jobs over {months} months are more than can be planned"
        checking.complain(("budgets",) if scenario.budgets else ("teams",), message, "fewer budgets, or `whole: true`")
    if slots <= most:
        return
    where: Place = ("solver", "slot_hours") if "slot_hours" in scenario.solver.model_fields_set else ("horizon",)
    needed = math.ceil(clock.horizon_hours / most) if most else LONGEST_SLOT_HOURS + 1
    of = "one job" if jobs == 1 else f"{jobs:,} jobs"
    message = f"{slots:,} slots of {step:g} h for {of} are more than can be planned"
    if needed <= LONGEST_SLOT_HOURS:
        hint = f"solver: {{slot_hours: {needed}}}, or a shorter horizon"
    else:
        hint = "a shorter horizon, fewer jobs, or fewer solver.configurations"
    checking.complain(where, message, hint)


def _shown(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
