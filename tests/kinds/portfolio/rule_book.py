"""Every rule of a portfolio held against a plan of it, from what both say, by no part of the engine."""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from planner.outcome import Configuration
from planner.outcome.portfolio import Chosen, JobPlan, PortfolioPlan, Run
from planner.scenario.portfolio import Portfolio
from planner.scenario.portfolio_jobs import JobState

NEAR = 1e-6
Spent = dict[tuple[str, str], float]
"""(team, month) → USD."""


def broken(
    plan: PortfolioPlan,
    scenario: Portfolio,
    fronts: Mapping[str, Sequence[Configuration]] | None = None,
    cards: Mapping[str, Sequence[str]] | None = None,
    countries: frozenset[str] | None = None,
    before: PortfolioPlan | None = None,
) -> list[str]:
    """What a plan with a schedule breaks, a sentence each.

    `fronts` are all configurations that jobs could choose, where they are known; `cards` the ids of a family; `before`
    is the plan of before, of a portfolio that runs already.
    """
    return list(_Book(plan, scenario, fronts or {}, cards or {}, countries, before).all())


class _Book:
    def __init__(self, plan: PortfolioPlan, scenario: Portfolio, fronts: Mapping[str, Sequence[Configuration]],
                 cards: Mapping[str, Sequence[str]], countries: frozenset[str] | None,
                 before: PortfolioPlan | None) -> None:  # fmt: skip
        self.plan, self.scenario, self.fronts, self.cards, self.countries = plan, scenario, fronts, cards, countries
        self.zone = ZoneInfo(scenario.time_zone)
        self.begins = dt.datetime.fromisoformat(plan.calendar.begins).astimezone(dt.UTC)
        self.jobs = {job.name: job for job in plan.jobs}
        self.ran: dict[str, tuple[JobPlan, Run, Chosen]] = {
            job.name: (job, job.run, job.chosen) for job in plan.jobs if job.run is not None and job.chosen is not None
        }
        self.runs = [(job, job.run) for job in plan.jobs if job.run is not None]
        running = scenario.running
        self.starts = {} if before is None else {job.name: job.run.start for job in before.jobs if job.run is not None}
        self.states: dict[str, JobState] = {} if running is None else {state.job: state for state in running.jobs}

    def moment(self, written: str) -> dt.datetime:
        read = dt.datetime.fromisoformat(written)
        return (read.replace(tzinfo=self.zone) if read.tzinfo is None else read).astimezone(dt.UTC)

    def span(self, name: str) -> tuple[dt.datetime, dt.datetime]:
        run = next(run for job, run in self.runs if job.name == name)
        return self.moment(run.start), self.moment(run.end)

    def planned(self) -> list[str]:
        """Jobs whose place was open."""
        return [name for name, (job, _, _) in self.ran.items() if job.status == "runs"]

    def all(self) -> Iterator[str]:
        if sorted(self.jobs) != sorted(job.name for job in self.scenario.jobs) or len(self.jobs) != len(self.plan.jobs):
            yield "jobs are missing, or told twice"
        yield from self.required()
        for name in self.planned():
            yield from (f"{name} {problem}" for problem in [*self.times(name), *self.places(name)])
        for name in self.planned():
            yield from self.costs(name)
        yield from self.order()
        yield from self.only_one()
        yield from self.quotas()
        yield from self.budgets()
        yield from self.carbon()
        yield from self.sums()

    def required(self) -> Iterator[str]:
        for written in self.scenario.jobs:
            job = self.jobs[written.name]
            if not written.optional and job.status == "left out":
                yield f"{written.name} must run and does not"
            if job.run is None and not job.why:
                yield f"{written.name} does not run, and nothing says why"

    def times(self, name: str) -> Iterator[str]:
        written = next(job for job in self.scenario.jobs if job.name == name)
        start, end = self.span(name)
        run, hour = self.ran[name][1], dt.timedelta(hours=1)
        if abs((start - self.begins) / hour - run.start_hours) > NEAR or abs((end - start) / hour - run.hours) > 1e-3:
            yield "has times that do not agree"
        if ((start - self.begins) / hour / self.scenario.solver.slot_hours) % 1 > NEAR:
            yield "starts on no slot"
        if start < self.begins or end > self.begins + self.scenario.horizon * hour + dt.timedelta(seconds=1):
            yield "is not within the horizon"
        if written.earliest is not None and start < self.moment(written.earliest):
            yield "starts too early"
        if self.scenario.running is not None and start < self.moment(self.scenario.running.now):
            yield "starts before now"
        late = 0.0
        if written.deadline is not None:
            late = max(0.0, (end - self.moment(written.deadline)) / hour)
            if written.hard and late > 1e-3:
                yield "misses a hard deadline"
        if abs(late - run.late_hours) > 1e-3:
            yield f"is late by {late} h, and not {run.late_hours} h"
        for span in [*self.scenario.blackouts, *written.blackouts]:
            if start < self.moment(span.ends) and self.moment(span.begins) < end:
                yield f"runs in a blackout, from {span.begins}"

    def places(self, name: str) -> Iterator[str]:
        _, run, chosen = self.ran[name]
        written = next(job for job in self.scenario.jobs if job.name == name)
        if self.countries is not None and chosen.country not in self.countries:
            yield f"lies in {chosen.country or 'an unknown country'}"
        if self.scenario.max_carbon is not None and run.carbon_kg is None:
            yield "has unknown emissions under a limit"
        front = self.fronts.get(name)
        if front is not None and chosen.id not in {c.id for c in front}:
            yield "runs in what no plan of it has"
        rules = self.scenario.spot
        if chosen.tier != "spot":
            return
        if rules.least_slack is not None and written.deadline is not None:
            over = (self.moment(written.deadline) - self.moment(run.end)).total_seconds() / 3600
            if over < rules.least_slack * run.hours - 1e-3:
                yield "has too little time to spare for spot"
        if rules.least_saving is not None and front is not None:
            inside = [c for c in front if self.countries is None or c.offer.country in self.countries]
            mine = next(c for c in front if c.id == chosen.id)
            prices = [
                c.cost_usd for c in inside
                if c.offer.tier == "on_demand" and c.cost_usd is not None and c.hours is not None
                and (mine.quality is None or (c.quality is not None and c.quality >= mine.quality))
            ]  # fmt: skip
            if not prices or (mine.cost_usd or 0.0) > (1 - rules.least_saving) * min(prices) + NEAR:
                yield "saves too little for spot"

    def costs(self, name: str) -> Iterator[str]:
        """The cost hour by hour, each in its month and at its rate; rates of every day that are told in UTC."""
        _, run, chosen = self.ran[name]
        mine = [c for c in self.fronts.get(name, ()) if c.id == chosen.id]
        if not mine or mine[0].cost_usd is None or mine[0].hours is None:
            return
        c, hours, cost = mine[0], mine[0].hours, mine[0].cost_usd
        held = [r for r in self.scenario.time_rates if c.offer.provider in r.providers and c.offer.tier in r.tiers]
        compute = (c.cost_parts.compute or 0.0) + (c.cost_parts.reruns or 0.0) if held else 0.0
        start, found = self.moment(run.start), dict[str, float]()
        for k in range(math.ceil(hours)):
            at = start + dt.timedelta(hours=k)
            factor = next((r.factor for r in held if _within(at.hour, r.hours or "")), 1.0)
            month = f"{at.astimezone(self.zone):%Y-%m}"
            usd = (cost - compute + compute * factor) * min(1.0, hours - k) / hours
            found[month] = found.get(month, 0.0) + usd
        told = run.cost_by_month_usd
        if any(abs(found.get(month, 0.0) - told.get(month, 0.0)) > 1e-6 for month in {*found, *told}):
            yield f"{name} costs {told}, and should {found}"

    def order(self) -> Iterator[str]:
        for written in self.scenario.jobs:
            if self.jobs[written.name].status != "runs":
                continue
            for after in written.firsts():
                if self.jobs[after.job].run is None:
                    yield f"{written.name} runs without {after.job}, which it waits for"
                    continue
                ready = self.span(after.job)[1] + dt.timedelta(hours=after.lag or 0.0)
                if self.span(written.name)[0] < ready - dt.timedelta(seconds=1):
                    yield f"{written.name} starts before {after.job} is done, lag included"

    def only_one(self) -> Iterator[str]:
        for one in self.scenario.only_one:
            spans = sorted((*self.span(name), name) for name in one.jobs if name in self.ran)
            for (_, end, a), (start, _, b) in pairwise(spans):
                if start < end and "runs" in (self.jobs[a].status, self.jobs[b].status):
                    yield f"{a} and {b} both use {one.name}"

    def quotas(self) -> Iterator[str]:
        for quota, told in zip(self.scenario.quotas, self.plan.quotas, strict=True):
            cards = None if quota.gpu is None else self.cards.get(quota.gpu, [quota.gpu])
            held = [
                (*self.span(name), chosen.gpus, job.status == "runs")
                for name, (job, _, chosen) in self.ran.items()
                if quota.provider in (None, chosen.provider) and quota.region in (None, chosen.region)
                and quota.tier in (None, chosen.tier) and (cards is None or chosen.gpu in cards)
            ]  # fmt: skip
            # What ran longer than planned may have met others; nothing of that is open.
            now = self.begins if self.scenario.running is None else self.moment(self.scenario.running.now)
            moments = {now, *(start for start, *_ in held)}
            moments |= {self.moment(change.begins) for change in quota.changes}
            moments |= {self.moment(span.begins) for span in quota.closed}
            for at in sorted(at for at in moments if at >= now):
                units = [quota.gpus, *(c.gpus for c in quota.changes if self.moment(c.begins) <= at)][-1]
                if any(self.moment(span.begins) <= at < self.moment(span.ends) for span in quota.closed):
                    units = 0
                there = [of for of in held if of[0] <= at < of[1] - dt.timedelta(seconds=1)]
                used, anyway = sum(of[2] for of in there), sum(of[2] for of in there if not of[3])
                if used > max(units, anyway):
                    yield f"{told.name} holds {used} of {units} GPUs at {at}"
                slot = int((at - self.begins) / dt.timedelta(hours=self.scenario.solver.slot_hours))
                if 0 <= slot < len(told.used) and used > told.used[slot]:
                    yield f"{told.name} tells less than it holds at {at}"

    def spent(self, *, anyway: bool) -> Spent:
        """What jobs spend; `anyway` of those alone that are not open any more."""
        found: Spent = defaultdict(float)
        for job, run in self.runs:
            if not anyway or job.status != "runs":
                for month, usd in run.cost_by_month_usd.items():
                    found[job.team, month] += usd
        for state in self.states.values():
            if state.status == "failed":
                end = self.moment(state.end or "")
                start = self.moment(state.start or self.starts.get(state.job) or state.end or "")
                for month, share in self.shares(min(start, end), end).items():
                    found[self.jobs[state.job].team, month] += share * (state.spent or 0.0)
        return found

    def shares(self, start: dt.datetime, end: dt.datetime) -> dict[str, float]:
        """Share of a time in each month of the zone, second by second, as far as a month's first midnight is one."""
        if end <= start:
            return {f"{start.astimezone(self.zone):%Y-%m}": 1.0}
        at, found = start, dict[str, float]()
        while at < end:
            here = at.astimezone(self.zone)
            first = dt.datetime(here.year + here.month // 12, here.month % 12 + 1, 1, tzinfo=self.zone)
            then = min(end, first.astimezone(dt.UTC))
            found[f"{here:%Y-%m}"] = (then - at) / (end - start)
            at = then
        return found

    def budgets(self) -> Iterator[str]:
        whole, anyway = self.spent(anyway=False), self.spent(anyway=True)
        written = [(team.name, budget) for team in self.scenario.teams for budget in team.budgets]
        for team, budget in written + [("", budget) for budget in self.scenario.budgets]:
            months = [None] if budget.whole else [budget.month] if budget.month else self.plan.calendar.months
            for month in months:
                used, sunk = (
                    sum(usd for (of, then), usd in spent.items() if team in ("", of) and month in (None, then))
                    for spent in (whole, anyway)
                )
                # What ran and runs may exceed it; then nothing is spent beside.
                if used > max(budget.amount, sunk) * (1 + NEAR) + NEAR:
                    yield f"{team or 'all'} spend {used} of {budget.amount} in {month}"
                lines = [line for line in self.plan.budgets if line.team == team and line.month == (month or "")]
                if month in (None, *self.plan.calendar.months) and (
                    len(lines) != 1 or abs(lines[0].spent_usd - used) > 1e-4 or lines[0].limit_usd > budget.amount
                ):
                    yield f"the line of {team or 'all'} in {month} does not tell {used} of {budget.amount}"

    def carbon(self) -> Iterator[str]:
        limit = self.scenario.max_carbon
        if limit is not None:
            emitted = [run.carbon_kg or 0.0 for _, run in self.runs]
            sunk = [run.carbon_kg or 0.0 for job, run in self.runs if job.status != "runs"]
            if sum(emitted) > max(limit, sum(sunk)) + NEAR:
                yield f"{sum(emitted)} kg are emitted of {limit}"

    def sums(self) -> Iterator[str]:
        plan, runs = self.plan, [run for _, run in self.runs]
        for run in runs:
            if abs(sum(run.cost_by_month_usd.values()) - run.cost_usd) > 1e-6:
                yield "a cost is not the sum of its months"
        told: list[tuple[str, Any, float]] = [
            ("cost", plan.totals.cost_usd, sum(run.cost_usd for run in runs)),
            ("late hours", plan.totals.late_hours, sum(run.late_hours for run in runs)),
            ("GPU-hours", plan.totals.gpu_hours, sum(run.hours * chosen.gpus for _, run, chosen in self.ran.values())),
            ("jobs", plan.totals.jobs, len(plan.jobs)),
        ]
        if plan.totals.runs + plan.totals.left_out + plan.totals.failed != len(plan.jobs):
            yield "jobs do not add up"
        if None not in [run.carbon_kg for run in runs]:
            told.append(("carbon", plan.totals.carbon_kg, sum(run.carbon_kg or 0.0 for run in runs)))
        elif plan.totals.carbon_kg is not None:
            yield "emissions are told that are unknown"
        for what, said, known in told:
            if said is None or abs(said - known) > 1e-5:
                yield f"{what}: {said} is told, and it is {known}"
        by_team = {(of.team, of.month): of.spent_usd for of in plan.team_months}
        for key, usd in self.spent(anyway=False).items():
            if abs(by_team.get(key, 0.0) - usd) > 1e-4:
                yield f"{key} spends {usd}, and not {by_team.get(key)}"
        proof = plan.proof
        if proof.objective_usd is not None and proof.bound_usd is not None and proof.gap is not None:
            if proof.bound_usd < proof.objective_usd - 1e-6:
                yield "the bound is below the objective"
            if abs(proof.gap * abs(proof.objective_usd) - (proof.bound_usd - proof.objective_usd)) > 1e-5:
                yield "the gap is not that of bound and objective"
            if (
                proof.status == "within the gap"
                and proof.gap > max(proof.asked_gap, 1e-7) + 1e-9
                and (proof.bound_usd - proof.objective_usd > 1e-6)
            ):
                yield "the gap is wider than was asked for"


def _within(hour: int, hours: str) -> bool:
    """Whether an hour lies in `22:00-06:00`, of full hours."""
    first, last = (int(part.partition(":")[0]) for part in hours.split("-"))
    return first <= hour < last if first < last else hour >= first or hour < last
