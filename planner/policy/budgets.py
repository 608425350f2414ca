"""Budgets: what was spent, what the scenarios add, and which levels that reaches."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.outcome import BudgetState, Difference, ScenarioDifference, Verdict
from planner.outcome.verdict import Result
from planner.policy.causes import cause_of
from planner.policy.documents import Budget, Policy, Spend, SpendEntry
from planner.policy.figures import value_of
from planner.policy.finding import Finding, plain
from planner.policy.governance import Written
from planner.policy.scope import covers, matches
from planner.policy.units import beyond, show
from planner.units import usd

_PER = {"team": "team", "cost_centre": "cost centre"}


@dataclass(frozen=True, slots=True)
class _Group:
    """Those who share one amount."""

    who: str
    key: str | None
    scenarios: tuple[ScenarioDifference, ...]


@dataclass(frozen=True, slots=True)
class _Sum:
    """What a group has spent and would add, in USD."""

    spent: float | None
    as_of: str
    why: str
    """Why what was spent is unknown."""
    planned: float
    """Of the scenarios whose cost is known."""
    unpriced: tuple[str, ...]
    """Scenarios whose cost is unknown."""
    base: float
    """What the same jobs would cost without the change, where all of them count."""
    unplanned: int
    """Scenarios that choose nothing and so cost nothing yet."""


def judge_budgets(
    policy: Written[Policy], difference: Difference, spends: Sequence[Written[Spend]], today: datetime.date
) -> Iterator[tuple[Finding, BudgetState, str]]:
    """Every budget of a policy for everyone who has it and is touched; with a warning where spend is unknown."""
    for index, budget in enumerate(policy.value.budgets):
        for group in _groups(budget, difference):
            total = _sum(budget, group, spends, today)
            finding, state = _judge(policy, index, budget, group, total, today)
            known = total.spent is not None or budget.per == "job" or budget.unknown_spend == "pass"
            yield (
                finding,
                state,
                "" if known else f"budget {budget.name}: {_unknown(total)}; only what is planned counts",
            )


def _groups(budget: Budget, difference: Difference) -> list[_Group]:
    """Those who have the budget, with the scenarios that count for it."""
    found: dict[tuple[str, str | None], list[ScenarioDifference]] = {}
    for scenario in difference.scenarios:
        if budget.counts == "changed" and scenario.change not in ("added", "changed"):
            continue
        if not covers(budget.where, scenario.metadata, scenario.path):
            continue
        key: str | None = None
        if budget.per == "job":
            key = scenario.path
        elif budget.per != "everyone":
            key = None if scenario.metadata is None else getattr(scenario.metadata, budget.per)
        found.setdefault((_who(budget, key), key), []).append(scenario)
    return [_Group(who, key, tuple(scenarios)) for (who, key), scenarios in sorted(found.items(), key=_by_name)]


def _by_name(item: tuple[tuple[str, str | None], object]) -> str:
    return item[0][0]


def _who(budget: Budget, key: str | None) -> str:
    if budget.per == "everyone":
        return "everyone"
    if budget.per == "job":
        return plain(key or "")
    return f"{_PER[budget.per]} {plain(key)}" if key else f"no {_PER[budget.per]}"


def _sum(budget: Budget, group: _Group, spends: Sequence[Written[Spend]], today: datetime.date) -> _Sum:
    planned = base = 0.0
    unpriced: list[str] = []
    unplanned = 0
    for scenario in group.scenarios:
        same = scenario.change == "unchanged" and scenario.before is None
        base += value_of(scenario.after if same else scenario.before, "cost_usd") or 0.0
        if scenario.change == "removed":
            continue
        if scenario.after is None or scenario.after.configuration is None:
            unplanned += 1
        elif (cost := value_of(scenario.after, "cost_usd")) is None:
            unpriced.append(plain(scenario.path))
        else:
            planned += cost
    spent, as_of, why = _spent(budget, group, spends, today)
    return _Sum(spent, as_of, why, planned, tuple(unpriced), base if budget.counts == "all" else 0.0, unplanned)


def _spent(
    budget: Budget, group: _Group, spends: Sequence[Written[Spend]], today: datetime.date
) -> tuple[float | None, str, str]:
    """What the group has spent, up to which day, and why that is unknown. A missing entry is not taken for zero."""
    month = today.strftime("%Y-%m")
    files = [spend for spend in spends if budget.period == "total" or spend.value.month == month]
    if not files:
        return None, "", f"no committed file says what was spent{'' if budget.period == 'total' else f' in {month}'}"
    as_of = max(spend.value.as_of for spend in files)
    entries = [entry for spend in files for entry in spend.value.entries if _counts(budget, group, entry)]
    if not entries and not (budget.per == "everyone" and budget.where is None):
        return None, "", f"{plain(files[-1].file)} has no entry for {group.who}"
    return sum(entry.usd for entry in entries), as_of, ""


def _counts(budget: Budget, group: _Group, entry: SpendEntry) -> bool:
    if budget.per == "job":
        names = {scenario.metadata.name for scenario in group.scenarios if scenario.metadata}
        return entry.scenario is not None and entry.scenario in {*names, group.key}
    if budget.per != "everyone" and (group.key is None or getattr(entry, budget.per) != group.key):
        return False
    where = budget.where
    if where is None:
        return True
    return (where.team is None or matches(entry.team, where.team)) and (
        where.cost_centre is None or matches(entry.cost_centre, where.cost_centre)
    )


def _judge(
    policy: Written[Policy], index: int, budget: Budget, group: _Group, total: _Sum, today: datetime.date
) -> tuple[Finding, BudgetState]:
    spent = total.spent or 0.0
    after, before = spent + total.planned, spent + total.base
    limit, most = budget.amount_usd, budget.amount_usd * budget.deny_at
    share, share_before = after / limit, before / limit
    reached = sorted(level for level in set(budget.alerts) if not beyond(level, share))
    crossed = [level for level in reached if beyond(level, share_before)]
    place = policy.place("budgets", index, "amount")
    state = BudgetState(
        policy=policy.value.metadata.name,
        budget=budget.name,
        who=group.who,
        month=today.strftime("%Y-%m") if budget.period == "month" else "",
        limit_usd=limit,
        spent_usd=total.spent,
        spent_as_of=total.as_of,
        planned_usd=None if total.unpriced else total.planned,
        share=None if total.spent is None or total.unpriced else share,
        share_before=None if total.spent is None else share_before,
        reached=reached,
        crossed=crossed,
        place=place,
    )
    result, remark = _result(budget, total, broken=beyond(after, most), adds=beyond(after, before), crossed=crossed)
    told = group.who if budget.per == "job" else group.who[0].upper() + group.who[1:]
    alone = group.scenarios[0] if len(group.scenarios) == 1 else None
    dearest = max(group.scenarios, key=lambda scenario: value_of(scenario.after, "cost_usd") or 0.0)
    verdict = Verdict(
        policy=policy.value.metadata.name,
        rule=budget.name,
        severity=budget.severity,
        result=result,
        subject=group.who,
        scenario=alone.path if budget.per == "job" and alone else "",
        figure="budget",
        value=None if total.unpriced else after,
        limit=most,
        value_text=_money(total, share),
        limit_text=usd(most),
        message=f"{told}: {_money(total, share)} of {usd(limit)}{_period(state)}{remark}",
        fix="" if result == "pass" else "spend less, raise the budget in a change of its own, or ask for an exception",
        place=place,
        cause=None if result == "pass" else cause_of(dearest, "cost"),
    )
    return Finding(verdict, group.scenarios, unit="money"), state


def _result(budget: Budget, total: _Sum, *, broken: bool, adds: bool, crossed: list[float]) -> tuple[Result, str]:
    """The result of a budget, and what to add to its sentence."""
    remarks: list[str] = []
    results: list[Result] = ["pass"]
    if broken and (adds or total.unpriced):
        results.append(budget.severity)
        remarks.append(f"more than {show(budget.deny_at, 'share')} is too much")
    elif broken:
        results.append("warn")
        remarks.append("too much, though nothing here adds to it")
    elif crossed:
        results.append(budget.alert)
        remarks.append(f"this crosses {', '.join(show(level, 'share') for level in crossed)}")
    if total.unpriced:
        results.append(budget.severity)
        first, count = total.unpriced[0], len(total.unpriced)
        remarks.append(f"the cost of {first}{f' and {count - 1} more' if count > 1 else ''} is unknown")
    if total.spent is None and budget.per != "job":
        results.append(budget.unknown_spend)
        remarks.append(_unknown(total))
    if total.unplanned:
        remarks.append(f"{total.unplanned} that choose{'s' if total.unplanned == 1 else ''} nothing left out")
    order: list[Result] = ["deny", "warn", "info", "pass"]
    return min(results, key=order.index), "".join(f"; {remark}" for remark in remarks)


def _unknown(total: _Sum) -> str:
    return f"what was spent is unknown: {total.why}"


def _money(total: _Sum, share: float) -> str:
    planned = f"{'at least ' if total.unpriced else ''}{usd(total.planned)} planned"
    if total.spent is None:
        return f"{planned} alone are {show(share, 'share')}"
    return f"{usd(total.spent)} spent to {total.as_of} and {planned} are {show(share, 'share')}"


def _period(state: BudgetState) -> str:
    return f" in {state.month}" if state.month else ""
