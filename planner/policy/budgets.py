"""Budgets: what was spent, what the scenarios add, and which levels that reaches."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Final

from planner.outcome import BudgetState, Difference, Verdict
from planner.outcome.verdict import Result
from planner.policy.budget_groups import Group, Sum, Unknown, groups, sum_of
from planner.policy.causes import cause_of
from planner.policy.documents import Budget, Policy, Spend
from planner.policy.figures import UNCOUNTED, amount_of
from planner.policy.finding import Finding, joined, plain
from planner.policy.governance import Written
from planner.policy.scope import because_of_base
from planner.policy.units import beyond, show
from planner.units import usd

_ORDER: Final[tuple[Result, ...]] = ("deny", "warn", "info", "pass")
_FIX: Final = "spend less, raise the budget in a change of its own, or ask for an exception"
_NAMED: Final = 3
"""Scenarios of unknown cost that a sentence names."""


def judge_budgets(
    policy: Written[Policy], difference: Difference, spends: Sequence[Written[Spend]], today: datetime.date
) -> Iterator[tuple[Finding, BudgetState, str]]:
    """Every budget of a policy for everyone who has it and is touched; with a warning where spend is unknown.

    A scenario counts with the cost of the machine that is chosen; where only managed services are left with that of the
    cheapest, which may be a lower bound (`ManagedJob.cost_usd_at_least`), and is told as one.
    """
    for index, budget in enumerate(policy.value.budgets):
        for group in groups(budget, difference.scenarios):
            total = sum_of(policy.value, budget, group, spends, today)
            finding, state = _judge(policy, index, budget, group, total, today)
            if budget.per == "job":
                finding = finding.with_remark(because_of_base(budget.where, group.scenarios[0]))
            known = total.spent is not None or budget.per == "job" or budget.unknown_spend == "pass"
            warning = "" if known else f"budget {budget.name}: {_unspent(total)}; only what is planned counts"
            yield finding, state, warning


def state_of(policy: Written[Policy], index: int, group: Group, total: Sum, today: datetime.date) -> BudgetState:
    """A budget, the one of this number in its policy, as it stands for one group."""
    budget = policy.value.budgets[index]
    spent = total.spent or 0.0
    share, share_before = (spent + total.planned) / budget.amount_usd, (spent + total.base) / budget.amount_usd
    reached = sorted(level for level in set(budget.alerts) if not beyond(level, share))
    return BudgetState(
        policy=policy.value.metadata.name,
        budget=budget.name,
        who=group.who,
        month=today.strftime("%Y-%m") if budget.period == "month" else "",
        limit_usd=budget.amount_usd,
        spent_usd=total.spent,
        spent_as_of=total.as_of,
        planned_usd=None if total.unknown else total.planned,
        planned_at_least=total.least and not total.unknown,
        share=None if total.spent is None or total.unknown else share,
        share_before=None if total.spent is None else share_before,
        reached=reached,
        crossed=[level for level in reached if beyond(level, share_before)],
        place=policy.place("budgets", index, "amount"),
    )


def _judge(
    policy: Written[Policy], index: int, budget: Budget, group: Group, total: Sum, today: datetime.date
) -> tuple[Finding, BudgetState]:
    spent = total.spent or 0.0
    after, before = spent + total.planned, spent + total.base
    limit, most = budget.amount_usd, budget.amount_usd * budget.deny_at
    share = after / limit
    state = state_of(policy, index, group, total, today)
    adds = beyond(after, before) or any(not one.old for one in total.unknown)
    result, remark = _result(budget, group, total, broken=beyond(after, most), adds=adds, crossed=state.crossed)
    told = group.who if budget.per == "job" else group.who[0].upper() + group.who[1:]
    alone = group.scenarios[0] if len(group.scenarios) == 1 else None
    first = total.unknown[0].path if total.unknown else ""
    telling = max(group.scenarios, key=lambda one: (one.path == first, amount_of(one.after) or 0.0))
    verdict = Verdict(
        policy=policy.value.metadata.name,
        rule=budget.name,
        severity=budget.severity,
        result=result,
        subject=group.who,
        scenario=alone.path if budget.per == "job" and alone else "",
        figure="spent and planned",
        value=None if total.unknown else after,
        limit=most,
        value_text="unknown" if total.unknown else f"{'at least ' if total.least else ''}{usd(after)}",
        limit_text=usd(most),
        message=f"{told}: {_money(total, share)} of {usd(limit)}{_period(state)}{remark}",
        fix="" if result == "pass" else f"make the cost of {plain(first)} known; {_FIX}" if first else _FIX,
        place=state.place,
        cause=None if result == "pass" else cause_of(telling, "cost"),
    )
    return Finding(verdict, group.scenarios, unit="money"), state


def _result(
    budget: Budget, group: Group, total: Sum, *, broken: bool, adds: bool, crossed: list[float]
) -> tuple[Result, str]:
    """The result of a budget, and what to add to its sentence.

    What was wrong before is warned of, so that it does not stop changes that do not add to it.
    """
    remarks: list[str] = []
    results: list[Result] = ["pass"]
    if broken and adds:
        results.append(budget.severity)
        remarks.append(f"more than {show(budget.deny_at, 'share')} is too much")
    elif broken:
        results.append("warn")
        remarks.append("too much, though nothing here adds to it")
    elif crossed:
        results.append(budget.alert)
        remarks.append(f"this crosses {', '.join(show(level, 'share') for level in crossed)}")
    if total.unknown:
        worst: Result = min((one.severity for one in total.unknown), key=_ORDER.index)
        closed = ", so the budget fails closed" if worst == "deny" else ""
        results.append(worst if adds else max(worst, "warn", key=_ORDER.index))
        remarks.append(_unplanned(total.unknown) + (closed if adds else ", as before this change"))
    if total.spent is None and budget.per != "job":
        untouched = all(scenario.change in ("unchanged", "removed") for scenario in group.scenarios)
        results.append("warn" if untouched and budget.unknown_spend == "deny" else budget.unknown_spend)
        remarks.append(_unspent(total))
    if total.least:
        remarks.append(UNCOUNTED.removeprefix("; "))
    remarks += total.joined[:_NAMED]
    if (more := len(total.joined) - _NAMED) > 0:
        remarks.append(f"so {'was' if more == 1 else 'were'} {more} more")
    return min(results, key=_ORDER.index), "".join(f"; {remark}" for remark in remarks)


def _unspent(total: Sum) -> str:
    return f"what was spent is unknown: {total.why}"


def _unplanned(unknown: Sequence[Unknown]) -> str:
    named = [plain(one.path) for one in unknown[:_NAMED]]
    if (more := len(unknown) - _NAMED) > 0:
        named.append(f"{more} more")
    return f"the planned cost of {joined(named)} is unknown"


def _money(total: Sum, share: float) -> str:
    """`$750 spent to 2026-02-09 and $100 planned are 85 %`; of an unknown sum what it is at least."""
    planned, shown = f"{usd(total.planned)} planned", show(share, "share")
    if total.unknown:
        planned, shown = "an unknown amount planned", f"at least {shown}"
        planned += f" (at least {usd(total.planned)})" if total.planned else ""
    elif total.least:
        planned, shown = f"at least {planned}", f"at least {shown}"
    if total.spent is not None:
        return f"{usd(total.spent)} spent to {total.as_of} and {planned} are {shown}"
    return planned if total.unknown and not total.planned else f"{planned} alone are {shown}"


def _period(state: BudgetState) -> str:
    return f" in {state.month}" if state.month else ""
