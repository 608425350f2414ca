"""Budgets and what was spent as plain data, for reports: judged by nobody."""

import datetime
from collections.abc import Iterator, Sequence

from planner.outcome import ScenarioDifference
from planner.outcome.spending import SharedBudget, SpendAmount, SpendDocument, Spending
from planner.policy.budget_groups import groups, spenders, sum_of
from planner.policy.budgets import state_of
from planner.policy.governance import Governance


def spending_of(governance: Governance, scenarios: Sequence[ScenarioDifference], today: datetime.date) -> Spending:
    """What documents say was spent, and every budget of every policy with what these scenarios would add."""
    spends = sorted(governance.spends, key=lambda spend: spend.value.month)
    return Spending(
        today=today.isoformat(),
        documents=[
            SpendDocument(
                month=spend.value.month, as_of=spend.value.as_of, file=spend.file, source=spend.value.source or ""
            )
            for spend in spends
        ],
        amounts=[
            SpendAmount(
                month=spend.value.month, team=entry.team, cost_centre=entry.cost_centre, scenario=entry.scenario,
                usd=entry.usd,
            )
            for spend in spends
            for entry in spend.value.entries
        ],
        budgets=list(_states(governance, scenarios, today)),
        policies=[policy.file for policy in governance.policies],
    )  # fmt: skip


def _states(
    governance: Governance, scenarios: Sequence[ScenarioDifference], today: datetime.date
) -> Iterator[SharedBudget]:
    """Every budget for everyone who shares it, by what is planned or by what they spent."""
    for policy in governance.policies:
        for index, budget in enumerate(policy.value.budgets):
            found = groups(budget, scenarios)
            for group in (*found, *spenders(budget, found, governance.spends, today)):
                total = sum_of(policy.value, budget, group, governance.spends, today)
                state = state_of(policy, index, group, total, today)
                if budget.per != "job" or state.reached:
                    yield SharedBudget(
                        per=budget.per, key=group.key, state=state, highest=max(budget.alerts, default=None)
                    )
