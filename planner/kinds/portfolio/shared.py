"""What jobs share, as the solver takes it: quotas as pools, budgets as limits on months and teams."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.catalog.rows import Catalog
from planner.choose.portfolio.instance import Budget, Pool
from planner.kinds.portfolio.horizon import Horizon
from planner.kinds.portfolio.inputs import Place
from planner.kinds.portfolio.options import Option
from planner.kinds.portfolio.places import Where, quota_place, quota_words
from planner.scenario.portfolio import Portfolio
from planner.scenario.portfolio_limits import JobBudget, Quota

ALL = "all teams"
WHOLE = "the whole portfolio"
_ANY = 1e9
"""Units of a pool that only ends at a time."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A quota as written, the machines that it means, and the pool that it is."""

    quota: Quota
    place: Place
    pool: Pool


def quotas_of(scenario: Portfolio, catalog: Catalog, horizon: Horizon) -> tuple[Shared, ...]:
    """The quotas of a scenario, each under a name of its own."""
    times = Counter[str]()
    found = []
    for quota in scenario.quotas:
        words = quota_words(quota)
        times[words] += 1
        name = words if times[words] == 1 else f"{words} ({times[words]})"
        changes = sorted((horizon.hour(change.begins), float(change.gpus)) for change in quota.changes)
        pool = Pool(name=name, units=float(quota.gpus), changes=tuple(changes), closed=horizon.spans(quota.closed))
        found.append(Shared(quota, quota_place(quota, catalog), pool))
    return tuple(found)


def takes(option: Option, quotas: Sequence[Shared], where: Where) -> dict[str, float]:
    """Pool → GPUs that a run holds in it; `where` are the places of the quotas."""
    gpus = option.chosen.gpus
    if not gpus:
        return {}
    return {of.pool.name: float(gpus) for of, lies in zip(quotas, where.of(option.chosen), strict=True) if lies}


def ending_pool(end_hours: float, horizon: Horizon) -> Pool:
    """A pool that anything may hold until an hour, and nothing after it: runs that have to end by then take from it."""
    name = f"spot machines that have to be done by {horizon.told(end_hours)}"
    return Pool(name=name, units=_ANY, closed=((end_hours, horizon.hours + horizon.slot_hours),))


def budgets_of(scenario: Portfolio, horizon: Horizon) -> tuple[Budget, ...]:
    """Budgets by team and month; of two for the same the smaller, as both have to be kept."""
    found: dict[str, Budget] = {}
    for team, budgets in [(team.name, team.budgets) for team in scenario.teams] + [("", scenario.budgets)]:
        for budget in budgets:
            for month in _months(budget, horizon):
                name = budget_words(team, month)
                known = found.get(name)
                if known is None or budget.amount < known.limit_usd:
                    found[name] = Budget(name=name, limit_usd=budget.amount, team=team, month=month)
    return tuple(found.values())


def budget_words(team: str, month: str) -> str:
    """`research in 2026-12`; `all teams, the whole portfolio`."""
    return f"{team or ALL} in {month}" if month else f"{team or ALL}, {WHOLE}"


def month_limits(budgets: Sequence[Budget]) -> Mapping[tuple[str, str], float]:
    """(team, month) → budget."""
    return {(budget.team, budget.month): budget.limit_usd for budget in budgets if budget.month}


def _months(budget: JobBudget, horizon: Horizon) -> tuple[str, ...]:
    if budget.whole:
        return ("",)
    if budget.month is not None:
        return (budget.month,) if budget.month in horizon.months else ()
    return horizon.months
