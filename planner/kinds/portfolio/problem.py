"""All that a portfolio is solved from, and what its schedules cost against its budgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from planner.choose.portfolio.instance import Budget, Instance
from planner.choose.portfolio.schedule import Schedule
from planner.kinds.portfolio.chances import Costs, costs_of
from planner.kinds.portfolio.horizon import Horizon
from planner.kinds.portfolio.inputs import JobInput, Place
from planner.kinds.portfolio.instance_of import Out, instance_of, priority_of, with_margins
from planner.kinds.portfolio.options import Option
from planner.kinds.portfolio.places import Where
from planner.kinds.portfolio.rates import Rates
from planner.kinds.portfolio.running import Standing, open_rest
from planner.kinds.portfolio.shared import Shared
from planner.kinds.portfolio.thinning import Groups
from planner.scenario.portfolio import Portfolio
from planner.scenario.portfolio_jobs import PortfolioJob


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A portfolio, ready to be solved."""

    scenario: Portfolio
    jobs: Sequence[JobInput]
    horizon: Horizon
    rates: Rates
    quotas: Sequence[Shared]
    budgets: Sequence[Budget]
    outages: Sequence[Place]
    options: Mapping[str, Sequence[Option]]
    """Job → what it may choose; none of jobs that are done."""
    standing: Standing
    out: Mapping[str, Out]
    """Jobs that are not planned."""

    @cached_property
    def written(self) -> dict[str, PortfolioJob]:
        """Jobs by name."""
        return {job.name: job for job in self.scenario.jobs}

    @cached_property
    def teams(self) -> dict[str, str]:
        """Job → team."""
        return {job.name: job.team for job in self.jobs}

    @cached_property
    def priority(self) -> dict[str, float]:
        """Job → team weight x urgency x impact."""
        return {job.name: priority_of(job, self.teams[job.name], self.scenario) for job in self.scenario.jobs}

    @cached_property
    def by_name(self) -> dict[tuple[str, str], Option]:
        """(job, configuration) → option."""
        return {(job, option.name): option for job, options in self.options.items() for option in options}

    @cached_property
    def by_team(self) -> dict[str, list[Option]]:
        """Team → what its jobs may choose."""
        found: dict[str, list[Option]] = {}
        for job, options in self.options.items():
            found.setdefault(self.teams[job], []).extend(options)
        return found

    @cached_property
    def spent_before_usd(self) -> dict[str, float]:
        """Budget → what jobs that are done or failed spent of it."""
        return {
            budget.name: sum(
                usd
                for job, past in self.standing.past.items()
                for month, usd in past.by_month_usd.items()
                if budget.team in ("", self.teams[job]) and budget.month in ("", month)
            )
            for budget in self.budgets
        }

    def left_usd(self, name: str) -> float:
        """What is left of a budget; below 0 where it is overspent."""
        limit = next(budget.limit_usd for budget in self.budgets if budget.name == name)
        return limit - self.spent_before_usd[name]

    def rest(self, margins: Mapping[str, float]) -> Instance:
        """What is to be planned, with every choice; of budgets what is left is smaller by these margins.

        Raises:
            InputError: the scenario contradicts itself.
        """
        ended = [name for name, past in self.standing.past.items() if past.status != "started"]
        options = {job.name: self.options.get(job.name, ()) for job in self.scenario.jobs
                   if job.name in self.options or job.name in ended}  # fmt: skip
        budgets = with_margins(self.budgets, self.spent_before_usd, margins)
        instance = instance_of(
            self.scenario, self.jobs, options, self.horizon, self.rates, self.quotas, budgets,
            started=frozenset(self.standing.of("started")),
        )  # fmt: skip
        return open_rest(instance, self.standing, self.scenario, self.horizon)

    @cached_property
    def groups(self) -> Groups:
        """The places that quotas and outages distinguish, of every choice."""
        where = Where([*(of.place for of in self.quotas), *self.outages])
        return {
            job: {option.name: where.of(option.chosen) for option in options} for job, options in self.options.items()
        }

    def costs(self, schedule: Schedule, budget: Budget) -> Costs:
        """What runs spend of a budget, and how sure that is."""
        return costs_of([
            (usd, self.by_name[of.job, of.configuration].sigma)
            for of in schedule.placed
            if budget.team in ("", self.teams[of.job])
            for month, usd in [*of.cost_by_month_usd.items(), ("", of.cost_usd)]
            if month == budget.month
        ])  # fmt: skip
