"""What is used of budgets and quotas, and what a little more of each would be worth."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.catalog.rows import Floats
from planner.choose.portfolio.calendar import NEAR, slots_until, units_by_slot
from planner.choose.portfolio.shadow import PoolPrice, ShadowPrices
from planner.kinds.portfolio.chances import Costs
from planner.kinds.portfolio.options import known
from planner.kinds.portfolio.places import lies_in
from planner.kinds.portfolio.problem import Problem
from planner.kinds.portfolio.shared import Shared
from planner.kinds.portfolio.solving import Solved
from planner.outcome.portfolio import BudgetLine, JobPlan, QuotaUse


@dataclass(frozen=True, slots=True)
class Prices:
    """Shadow prices by what they are of, in dollars of the objective; empty where they were not computed."""

    budgets: Mapping[str, float] = field(default_factory=dict)
    """Per dollar more."""
    pools: Mapping[str, PoolPrice] = field(default_factory=dict)
    carbon_kg: float = math.nan


def prices_of(found: ShadowPrices | None, margins: Mapping[str, float]) -> Prices | None:
    """Prices of a relaxation; a dollar more of a budget with a margin is less than a dollar for estimates."""
    if found is None:
        return None
    limits = dict(found.limits)
    return Prices(
        budgets={name: price / margins.get(name, 1.0) for name, price in limits.items() if name != "carbon_kg"},
        pools={pool.pool: pool for pool in found.pools}, carbon_kg=limits.get("carbon_kg", math.nan),
    )  # fmt: skip


def budget_lines(problem: Problem, solved: Solved | None, prices: Prices) -> list[BudgetLine]:
    """Every budget, as it is named in the scenario: teams first, then all together."""
    asked, seed = problem.scenario.budget_confidence, problem.scenario.solver.seed
    found = []
    for budget in problem.budgets:
        before = problem.spent_before_usd[budget.name]
        costs = _nothing() if solved is None else problem.costs(solved.schedule, budget)
        planned = float(costs.medians_usd.sum())
        needed = math.nan if asked is None else costs.needed_usd(asked, seed)
        found.append(
            BudgetLine(
                name=budget.name, team=budget.team, month=budget.month, limit_usd=budget.limit_usd,
                spent_usd=before + planned, spent_before_usd=before,
                held_usd=before + (planned if math.isnan(needed) else needed),
                holds=known(costs.holds(budget.limit_usd - before, seed)),
                worth_per_usd=prices.budgets.get(budget.name),
            )
        )  # fmt: skip
    return found


def quota_uses(problem: Problem, jobs: Sequence[JobPlan], prices: Prices) -> list[QuotaUse]:
    """Every quota, slot by slot, jobs that are done among it."""
    return [_quota(problem, of, jobs, prices.pools.get(of.pool.name)) for of in problem.quotas]


def _quota(problem: Problem, shared: Shared, jobs: Sequence[JobPlan], price: PoolPrice | None) -> QuotaUse:
    horizon, quota = problem.horizon, shared.quota
    units = units_by_slot(shared.pool, horizon.slots, horizon.slot_hours)
    used = np.zeros(horizon.slots)
    for job in jobs:
        if job.run is None or job.chosen is None or not lies_in(shared.place, job.chosen):
            continue
        first = max(0, math.floor(job.run.start_hours / horizon.slot_hours + NEAR))
        used[first : max(first, slots_until(job.run.start_hours + job.run.hours, horizon.slot_hours))] += (
            job.chosen.gpus
        )
    hours = None if price is None else _bound_hours(price, used, units, horizon.slot_hours)
    return QuotaUse(
        name=shared.pool.name, provider=quota.provider or "", region=quota.region or "", gpu=quota.gpu or "",
        tier=quota.tier or "", used=used.tolist(), units=units.tolist(), peak=float(used.max(initial=0.0)),
        mean_share=float(used.sum() / units.sum()) if units.sum() > 0 else None,
        worth_per_gpu_hour_usd=None if price is None or hours is None else price.usd_per_unit / hours if hours else 0.0,
        worth_per_gpu_usd=None if price is None else price.usd_per_unit, bound_hours=hours,
    )  # fmt: skip


def _bound_hours(price: PoolPrice, used: Floats, units: Floats, slot_hours: float) -> float:
    """Hours in which a quota binds: all is taken, or more is worth something.

    Where a run fills many slots, prices may be put on any of them; the sum over these is what a unit more is worth.
    """
    if price.usd_per_unit <= 0:
        return 0.0
    full = (used >= units - NEAR) & (units > 0)
    return slot_hours * int((full | (np.array(price.usd_per_unit_hour) > NEAR)).sum())


def _nothing() -> Costs:
    return Costs(np.zeros(0), np.zeros(0))
