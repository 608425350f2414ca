"""Budgets and spend beside the plans of teams and cost centres. What no document tells is unknown, never zero."""

import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from planner.outcome.service_words import cost_text
from planner.outcome.spending import SharedBudget, SpendAmount, Spending
from planner.report.data.collection import Member
from planner.report.data.cost_centre import BudgetRow, CentreRow, CostReport, CostSentences, JobRow, MonthRow
from planner.report.data.rows import Figure
from planner.report.names import capital, clean, plural, shorten
from planner.report.sections.rows import band_text
from planner.report.several.cost_centre_budgets import (
    alert_sentences,
    budget_rows,
    budgets_sentence,
    share_used,
    standing_text,
    used_text,
)
from planner.report.several.cost_centre_months import (
    alike_in_both,
    by_month,
    change_text,
    earlier,
    months_of,
    months_sentence,
    year_sentence,
)
from planner.report.several.sums import NOBODY, total_of
from planner.units import usd

Key = Literal["team", "cost_centre"]
WORDS: Final[Mapping[Key, str]] = {"cost_centre": "cost centre", "team": "team"}
ORIGINS: Final = 3
"""Origins of spend that are named."""
JOBS: Final = 200
"""Jobs whose actual cost is listed at most."""


def cost_report(members: Sequence[Member], spending: Spending) -> CostReport:
    """All that a report prints of these plans' budgets and spend."""
    month = spending.today[:7]
    key: Key = "cost_centre" if any(a.cost_centre for a in spending.amounts) else "team"
    months, spenders = months_of(spending, key)
    budgets = budget_rows(spending.budgets)
    jobs = _jobs(members, spending)
    return CostReport(
        asked=True,
        lead=_lead(members, months, budgets, month),
        figures=_figures(members, spending, months, budgets),
        today=spending.today,
        month=month,
        by=WORDS[key],
        spenders=spenders,
        months=months,
        cost_centres=_centres(members, spending, "cost_centre"),
        teams=_centres(members, spending, "team"),
        budgets=budgets,
        jobs=jobs[:JOBS],
        alerts=alert_sentences(spending.budgets),
        sources=_sources(spending),
        sentences=CostSentences(
            months=months_sentence(months, spending),
            year=year_sentence(spending),
            budgets=budgets_sentence(budgets, month, jobs=any(one.per == "job" for one in spending.budgets)),
            jobs=_jobs_sentence(jobs),
            planned=f"A planned cost is that of one run of the decision that is shown, taken to fall into {month}.",
        ),
    )


def _lead(members: Sequence[Member], months: Sequence[MonthRow], budgets: Sequence[BudgetRow], month: str) -> str:
    total = total_of(members)
    plans = plural(len(members), "plan")
    told = [f"{plans} would cost {total.cost} to run once{f' ({total.unknown})' if total.unknown else ''}"]
    if total.cost == "unknown":
        told = [f"what {plans} would cost is unknown"]
    row = next((row for row in months if row.month == month and row.spent_usd is not None), None)
    so_far = " so far" if row is not None and row.counted else ""
    told.append(f"what was spent in {month} is unknown" if row is None else f"{row.spent} was spent in {month}{so_far}")
    told.append(standing_text(budgets))
    return f"{capital('; '.join(told))}."


def _figures(
    members: Sequence[Member], spending: Spending, months: Sequence[MonthRow], budgets: Sequence[BudgetRow]
) -> tuple[tuple[str, str, str], ...]:  # fmt: skip
    month, total = spending.today[:7], total_of(members)
    row = next((row for row in months if row.month == month), None)
    year = [row.spent_usd for row in months if row.month[:4] == month[:4] and row.spent_usd is not None]
    known = f"of {plural(len(year), 'known month')}"
    fullest = budgets[0] if budgets else None
    return (
        ("Planned", total.cost, total.unknown or "one run of each shown decision"),
        (f"Spent in {month}", "unknown" if row is None else row.spent,
         f"up to {row.counted}" if row is not None and row.counted else "from committed documents"),
        (f"Spent in {month[:4]}", usd(math.fsum(year)) if year else "unknown", known),
        ("Fullest budget", fullest.share if fullest else "none", fullest.who if fullest else "no policy names one"),
    )  # fmt: skip


def _centres(members: Sequence[Member], spending: Spending, key: Key) -> tuple[CentreRow, ...]:
    """Everyone who plans, has spent or may spend, those who plan most first; empty where nobody has such a name."""
    plans: dict[str, list[Member]] = {}
    for one in members:
        plans.setdefault(getattr(one, key), []).append(one)
    spent: dict[str, list[SpendAmount]] = {}
    for amount in spending.amounts:
        spent.setdefault(shorten(getattr(amount, key) or "", 60), []).append(amount)
    budgets: dict[str, list[SharedBudget]] = {}
    for budget in spending.budgets:
        if budget.per == key:
            budgets.setdefault(shorten(budget.key or "", 60), []).append(budget)
    # What was spent under no such name is in the months' sums, not in a row that would look like a cost centre.
    names = {*plans, *filter(None, spent), *filter(None, budgets)}
    if not any(names):
        return ()
    rows = [_centre(name, plans.get(name, []), spent.get(name, []), budgets.get(name, []), spending, key)
            for name in names]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.planned_usd, row.name)))


def _centre(
    name: str, plans: Sequence[Member], amounts: Sequence[SpendAmount], budgets: Sequence[SharedBudget],
    spending: Spending, key: Key,
) -> CentreRow:  # fmt: skip
    costs = [one.cost.value for one in plans if one.cost.value is not None]
    unknown = len(plans) - len(costs)
    month = spending.today[:7]
    by = by_month(amounts) if name else {}
    year = [spent for each, spent in by.items() if month[:4] == each[:4] and each <= month]
    both = [each for each in alike_in_both(spending) if each in by and earlier(each) in by]
    now, before = (math.fsum(by[each] for each in chosen) for chosen in (both, map(earlier, both)))
    tight = max(budgets, key=share_used, default=None)
    missing = f" and {unknown:,} unknown" if unknown else ""
    least = any(one.cost_at_least for one in plans)
    return CentreRow(
        name=name or NOBODY[key],
        plans=f"{len(plans):,}",
        planned=f"{cost_text(math.fsum(costs), least=least)}{missing}" if costs else "unknown" if plans else usd(0.0),
        planned_usd=math.fsum(costs),
        spent=usd(by.get(month)),
        year=usd(math.fsum(year)) if year else "unknown",
        change=change_text(now, before),
        basis=f"{usd(now)} against {usd(before)} over {plural(len(both), 'month')}" if both else "",
        budget=usd(tight.state.limit_usd) if tight else "",
        share="" if tight is None else used_text(tight),
    )


def _jobs(members: Sequence[Member], spending: Spending) -> tuple[JobRow, ...]:
    """Jobs that documents name, and what their plans expected."""
    spent: dict[str, float] = {}
    for amount in spending.amounts:
        if amount.scenario:
            name = shorten(amount.scenario, 80)
            spent[name] = spent.get(name, 0.0) + amount.usd
    named: dict[str, list[Member]] = {}
    for one in members:
        for name in {one.name, one.scenario}:
            named.setdefault(name, []).append(one)
    rows = []
    for name, actual in sorted(spent.items(), key=lambda item: (-item[1], item[0])):
        found = named.get(name, [])
        cost = found[0].cost if len(found) == 1 else None
        planned = None if cost is None else cost.value
        rows.append(
            JobRow(
                name=name,
                planned="no plan here" if not found else "several plans" if cost is None else cost.text,
                band="" if cost is None else cost.band,
                spent=usd(actual),
                runs=_runs(actual, planned),
                runs_band="" if cost is None or actual <= 0 else _runs_band(actual, cost),
            )
        )
    return tuple(rows)


def _jobs_sentence(jobs: Sequence[JobRow]) -> str:
    held = [job for job in jobs if job.runs]
    if not jobs:
        return ""
    if not held:
        return (
            "Documents name jobs, but none of them is one of these plans, alone and with a known cost, so nothing can "
            "be held against a plan."
        )
    more = f" The {JOBS} dearest of {len(jobs):,} are listed." if len(jobs) > JOBS else ""
    return (
        f"Of {plural(len(jobs), 'job')} that documents name, {len(held):,} {'has' if len(held) == 1 else 'have'} a "
        "plan here. What was spent counts all runs of all months that are known, and no document says how many "
        "those were; a plan expects one. So no job is judged: told is how many runs of its plan the money would pay "
        f"for.{more}"
    )


def _runs(actual: float, planned: float | None) -> str:
    """So many runs of the plan cost what was spent; empty where the plan does not know, or nothing can be divided."""
    if planned is None or planned <= 0 or actual < 0:
        return ""
    runs = actual / planned
    return f"{runs:,.0f}" if runs >= 100 else f"{runs:.1f}" if runs >= 0.1 or not runs else "under 0.1"


def _runs_band(actual: float, cost: Figure) -> str:
    """The same by the ends of the plan's 90 % band of cost."""
    if cost.low is None or cost.high is None or cost.low <= 0 or cost.low == cost.high:
        return ""
    return band_text(_runs(actual, cost.high), _runs(actual, cost.low))


def _sources(spending: Spending) -> tuple[tuple[str, str], ...]:
    found = [(shorten(file, 100), "budgets") for file in spending.policies]
    if spending.documents:
        first, last = spending.documents[0], spending.documents[-1]
        files = _span(shorten(first.file, 80), shorten(last.file, 80))
        told = f"{plural(len(spending.documents), 'month')} of spend, {_span(first.month, last.month)}"
        origins = list(dict.fromkeys(shorten(one.source, 120) for one in spending.documents if one.source))
        more = f" and {len(origins) - ORIGINS:,} more" if len(origins) > ORIGINS else ""
        found.append((files, f"{told}; {', '.join(origins[:ORIGINS])}{more}" if origins else told))
    return tuple(found)


def _span(first: str, last: str) -> str:
    return clean(first) if first == last else f"{clean(first)} to {clean(last)}"
