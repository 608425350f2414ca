"""Every schedule of a tiny instance, one by one, judged from the definitions and not from the solver's arrays."""

import datetime
import math
from collections import defaultdict

from planner.choose.portfolio.instance import Configuration, Instance, Job

Choice = tuple[Configuration, float] | None
NEAR = 1e-6


def cost_by_month(instance: Instance, configuration: Configuration, start: float) -> dict[str, float]:
    """Cost, quarter of an hour by quarter; starts and lengths of tests are multiples of one."""
    spent: defaultdict[str, float] = defaultdict(float)
    curve = instance.curves.get(configuration.curve)
    for quarter in range(round(configuration.hours * 4)):
        at = instance.begins + datetime.timedelta(hours=start + quarter / 4)
        factor = curve[at.weekday() * 24 + at.hour] if curve else 1.0
        price = configuration.fixed_usd + factor * configuration.varying_usd
        spent[f"{at:%Y-%m}"] += price / configuration.hours / 4
    return dict(spent)


def worth(instance: Instance, job: Job, configuration: Configuration, start: float) -> float:
    """What a job adds to the objective."""
    weights = instance.weights
    late = max(0.0, start + configuration.hours - (math.inf if job.deadline_hours is None else job.deadline_hours))
    planned = job.planned
    stays = planned is not None and (configuration.name, start) == (planned.configuration, planned.start_hours)
    good = weights.value * job.value_usd + weights.quality_usd * configuration.quality
    return (
        job.priority * (good - weights.lateness * job.late_usd_per_hour * late)
        - weights.cost * sum(cost_by_month(instance, configuration, start).values())
        - weights.carbon_usd_per_kg * configuration.carbon_kg
        + weights.stays_usd * stays
    )


def alone(instance: Instance, job: Job) -> list[Choice]:
    """What a job may do as far as it alone goes."""
    choices: list[Choice] = [] if job.required else [None]
    step = instance.slot_hours
    for configuration in job.configurations:
        for slot in range(math.ceil(instance.horizon_hours / step)):
            start = slot * step
            end = start + configuration.hours
            until = (slot + math.ceil(configuration.hours / step - NEAR)) * step
            if job.fixed is not None:
                if (configuration.name, start) == (job.fixed.configuration, job.fixed.start_hours):
                    choices.append((configuration, start))
                continue
            off = [*instance.blackouts, *job.blackouts]
            touched = any(a < until and b > start for a, b in off)
            if job.hard and job.deadline_hours is not None and end > job.deadline_hours + NEAR:
                continue
            if end <= instance.horizon_hours + NEAR and start >= job.earliest_hours - NEAR and not touched:
                choices.append((configuration, start))
    return choices


def together(instance: Instance, chosen: dict[str, Choice]) -> bool:
    """Whether choices keep what the jobs share."""
    step = instance.slot_hours
    ran = {name: choice for name, choice in chosen.items() if choice is not None}
    jobs = {job.name: job for job in instance.jobs}
    for after in instance.orders:
        if after.job in ran:
            if after.first not in ran:
                return False
            first, start = ran[after.first]
            if start + first.hours + after.lag_hours > ran[after.job][1] + NEAR:
                return False
    slots = {
        name: range(round(start / step), round(start / step) + math.ceil(c.hours / step - NEAR))
        for name, (c, start) in ran.items()
    }
    for exclusive in instance.exclusives:
        held = [slot for name in exclusive.jobs if name in ran for slot in slots[name]]
        if len(held) > len(set(held)):
            return False
    for pool in instance.pools:
        for slot in range(math.ceil(instance.horizon_hours / step)):
            used = sum(c.takes.get(pool.name, 0.0) for name, (c, _) in ran.items() if slot in slots[name])
            now = [pool.units] + [units for hour, units in pool.changes if hour <= slot * step]
            soon = [units for hour, units in pool.changes if slot * step < hour < (slot + 1) * step]
            units = min([now[-1], *soon])
            if any(a < (slot + 1) * step and b > slot * step for a, b in pool.closed):
                units = 0.0
            if used > units + NEAR:
                return False
    for budget in instance.budgets:
        spent = sum(
            usd
            for name, (c, start) in ran.items()
            for month, usd in cost_by_month(instance, c, start).items()
            if budget.team in ("", jobs[name].team) and budget.month in ("", month)
        )
        if spent > budget.limit_usd + NEAR:
            return False
    if instance.carbon_kg is not None and sum(c.carbon_kg for c, _ in ran.values()) > instance.carbon_kg + NEAR:
        return False
    quality = sum(jobs[name].priority * c.quality for name, (c, _) in ran.items())
    late = sum(
        jobs[name].priority
        * jobs[name].late_usd_per_hour
        * max(0.0, start + c.hours - (jobs[name].deadline_hours or 1e9))
        for name, (c, start) in ran.items()
    )
    return (instance.quality is None or quality >= instance.quality - NEAR) and (
        instance.lateness_usd is None or late <= instance.lateness_usd + NEAR
    )


def best(instance: Instance) -> float:
    """The largest objective of any schedule; -inf where there is none."""
    jobs = instance.jobs
    choices = [
        sorted(
            ((0.0 if c is None else worth(instance, job, *c), c) for c in alone(instance, job)),
            key=lambda of: -of[0],
        )
        for job in jobs
    ]
    if not all(choices):
        return -math.inf
    rest = [sum(of[0][0] for of in choices[i:]) for i in range(len(jobs) + 1)]
    found = -math.inf

    def place(i: int, so_far: float, chosen: dict[str, Choice]) -> None:
        nonlocal found
        if i == len(jobs):
            if so_far > found and together(instance, chosen):
                found = so_far
            return
        for value, choice in choices[i]:
            if so_far + value + rest[i + 1] <= found:
                break
            place(i + 1, so_far + value, {**chosen, jobs[i].name: choice})

    place(0, 0.0, {})
    return found
