"""What a portfolio's plan warns of: parts of the scenario that do nothing, and figures that are not counted."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from planner.kinds.portfolio.places import lies_in
from planner.kinds.portfolio.problem import Problem
from planner.kinds.portfolio.running import failed_spend, states_of
from planner.kinds.portfolio.solving import Solved
from planner.outcome.portfolio import BudgetLine, QuotaUse
from planner.space.time_rates import rate_words
from planner.units import chance_text, usd


def cautions(problem: Problem, answer: Solved | None) -> list[str]:
    """All of them, in the order of the scenario."""
    return [*_idle(problem), *_running(problem), *_short(problem, answer)]


def _idle(problem: Problem) -> Iterator[str]:
    """Quotas and rates that no configuration of any job is under."""
    options = [option for of in problem.options.values() for option in of]
    if not options:
        return
    for of in problem.quotas:
        if not any(option.chosen.gpus and lies_in(of.place, option.chosen) for option in options):
            yield f"the quota {of.pool.name} concerns no configuration of any job"
    rates = problem.rates
    for i, line in enumerate(rates.lines):
        alone = replace(rates, lines=(line,), providers=(rates.providers[i],), gpus=(rates.gpus[i],))
        if not any(alone.curve_of(option) for option in options):
            tiers = ", ".join(line.rate.tiers)
            yield (
                f"time_rates[{i}] ({rate_words(line.rate)}) holds for no configuration of any job; it is for tiers: "
                f"{tiers}"
            )


def _running(problem: Problem) -> Iterator[str]:
    unknown = [
        name for name, past in problem.standing.past.items()
        if past.status != "failed" and (past.option is None or math.isnan(past.option.carbon_kg))
    ]  # fmt: skip
    if unknown and problem.scenario.max_carbon is not None:
        yield f"what {', '.join(unknown)} emitted is unknown, and max_carbon counts nothing for it"
    lost = failed_spend(problem.standing, problem.scenario.jobs)
    if lost:
        yield f"{usd(lost)} went into attempts that failed: it counts in budgets and months, not in the totals"
    started = [name for name, state in states_of(problem.scenario).items() if state.status == "started"]
    now = problem.horizon.now_hours or 0.0
    for name in started:
        past = problem.standing.past.get(name)
        if past is not None and past.end_hours < now:
            yield (
                f"{name} has started, and was to end at {problem.horizon.told(past.end_hours)}: what it holds and "
                "costs after that is not counted; say that it is done or failed, or give a start that fits"
            )
        if name in problem.out:
            yield f"{name} has started, but nothing tells what it runs in: what it holds and costs is not counted"


def exceeded(lines: Sequence[BudgetLine]) -> list[str]:
    """Budgets that what ran and runs exceeds already: nothing else is spent of them."""
    return [
        f"the budget of {line.name} is exceeded by what ran and runs: {usd(line.spent_usd)} of {usd(line.limit_usd)}"
        for line in lines
        if line.spent_usd > line.limit_usd * (1 + 1e-6) + 1e-6
    ]


def overfull(problem: Problem, quotas: Sequence[QuotaUse]) -> list[str]:
    """Quotas of which what runs holds more than there is from now on: nothing else is placed there then."""
    horizon, found = problem.horizon, []
    first = math.floor((horizon.now_hours or 0.0) / horizon.slot_hours)
    for use in quotas:
        slot = next((t for t in range(first, len(use.used)) if use.used[t] > use.units[t]), None)
        if slot is not None:
            since = horizon.told(slot * horizon.slot_hours)
            found.append(
                f"the quota {use.name} is exceeded by what runs: {use.used[slot]:,.0f} of {use.units[slot]:,.0f} GPUs "
                f"from {since} on"
            )
    return found


def _short(problem: Problem, answer: Solved | None) -> Iterator[str]:
    asked = problem.scenario.budget_confidence
    if answer is not None and answer.short and asked is not None:
        names = "; ".join(answer.short)
        yield f"no schedule was found whose budgets all hold with {chance_text(asked)}: not {names}"
