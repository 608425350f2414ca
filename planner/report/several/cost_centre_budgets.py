"""Budgets against what is spent and planned: variance, share used, levels reached, who is over."""

import math
from collections.abc import Sequence
from typing import Final

from planner.outcome.service_words import cost_text
from planner.outcome.spending import SharedBudget
from planner.outcome.verdict import BudgetState
from planner.report.data.cost_centre import BudgetRow
from planner.report.names import plural, shorten
from planner.units import share_text, usd

ALERTS: Final = 12
"""Alerts that are told in sentences; all stand in the table."""
_WHO: Final = {"job": "job ", "team": "team ", "cost_centre": "cost centre ", "everyone": ""}
_LEAST: Final = 0.001
"""Share that is worth telling."""
_NOBODY: Final = {"team": "no team", "cost_centre": "no cost centre", "everyone": "everyone", "job": "a job"}


def share_used(budget: SharedBudget) -> float:
    """(spent + planned) / amount, of what is known: the least it can be."""
    state = budget.state
    if state.share is not None:
        return state.share
    known = max((state.spent_usd or 0.0) + (state.planned_usd or 0.0), 0.0) / state.limit_usd
    # A level that is reached says more than the parts, where a part of what is planned is unknown.
    return max([known, *state.reached])


def used_text(budget: SharedBudget) -> str:
    """The share of a budget that is used: `94 %`, `at least 6 %` where a part of it is unknown."""
    share, state = share_used(budget), budget.state
    known = state.share is not None or (budget.per == "job" and state.planned_usd is not None)
    if known and not state.planned_at_least:
        return share_text(share)
    # What is at least so much is never rounded up.
    decimals = 0 if share >= 0.01 else 1
    floor = math.floor(100 * share * 10**decimals + 1e-9) / 10**decimals / 100
    return f"at least {share_text(floor, decimals)}" if share >= _LEAST else "unknown"


def budget_rows(budgets: Sequence[SharedBudget]) -> tuple[BudgetRow, ...]:
    """All budgets, the fullest first."""
    return tuple(_row(budget) for budget in _fullest(budgets))


def alert_sentences(budgets: Sequence[SharedBudget]) -> tuple[str, ...]:
    """Those that reach a level, the fullest first."""
    reached = [budget for budget in _fullest(budgets) if budget.state.reached]
    told = [_sentence(budget) for budget in reached[:ALERTS]]
    more = len(reached) - ALERTS
    return (
        *told,
        *(
            [f"{plural(more, 'more budget')} {'reaches' if more == 1 else 'reach'} a level; see the table."]
            if more > 0
            else []
        ),
    )


def standing_text(rows: Sequence[BudgetRow]) -> str:
    """How many budgets are over, of those of which it can be said."""
    if not rows:
        return "no policy names a budget"
    over = sum(row.state == "over" for row in rows)
    judged = sum(row.state == "over" or row.share_value is not None for row in rows)
    if not judged:
        spent = all(row.spent == "unknown" for row in rows)
        return f"no budget can be judged: what {'was spent' if spent else 'counts towards it'} is unknown"
    verb = "are" if over > 1 else "is"
    if judged == len(rows):
        return f"{over:,} of {plural(judged, 'budget')} {verb} over" if over else "no budget is over"
    open_ = len(rows) - judged
    each = f"{plural(judged, 'budget')} that can be judged"
    return f"{over or 'none'} of {each} {verb} over; of {open_:,} it is unknown"


def budgets_sentence(rows: Sequence[BudgetRow], month: str, *, jobs: bool) -> str:
    """How many budgets are over, near a level, within, or of unknown standing."""
    if not rows:
        return "No budget holds for these plans: no policy names one."
    counts = {state: sum(row.state == state for row in rows) for state in ("over", "alert", "within", "unknown")}
    words = {"over": "over", "alert": "at an alert level", "within": "below every level", "unknown": "not known"}
    told = ", ".join(f"{counts[state]:,} {word}" for state, word in words.items() if counts[state])
    own = " Of budgets that every job has for itself those that reach a level are listed." if jobs else ""
    return f"Of {plural(len(rows), 'budget')} at {month}: {told}. Spent and planned costs are added up.{own}"


def _fullest(budgets: Sequence[SharedBudget]) -> list[SharedBudget]:
    return sorted(budgets, key=lambda one: (-share_used(one), one.state.policy, one.state.budget, one.key or ""))


def _row(budget: SharedBudget) -> BudgetRow:
    state = budget.state
    # What a single job may cost is held against its plan; what it spent before is told where it is known.
    known = state.planned_usd is not None and (state.spent_usd is not None or budget.per == "job")
    exact = known and not state.planned_at_least
    together = math.fsum([state.spent_usd or 0.0, state.planned_usd or 0.0])
    share = share_used(budget)
    return BudgetRow(
        who=_who(budget),
        budget=shorten(state.budget),
        policy=shorten(state.policy),
        period=state.month or "in all",
        limit=usd(state.limit_usd),
        spent=usd(state.spent_usd),
        counted=state.spent_as_of,
        planned=cost_text(state.planned_usd, least=state.planned_at_least),
        left=_left(state, together) if known else "unknown",
        share=used_text(budget),
        share_value=share if exact else None,
        level=_level(budget),
        state="over" if share > 1.0 else "alert" if state.reached else "within" if exact else "unknown",
        place=f"{shorten(state.place.file, 100)}:{state.place.line}",
    )


def _left(state: BudgetState, together: float) -> str:
    """What is left of a budget, at most where what is planned is a lower bound."""
    return f"{'at most ' if state.planned_at_least else ''}{usd(state.limit_usd - together)}"


def _sentence(budget: SharedBudget) -> str:
    row = _row(budget)
    crossed = budget.state.crossed
    planned = f"{row.planned} planned" if budget.state.planned_usd is not None else "an unknown amount planned"
    if budget.state.spent_usd is not None:
        used = f"{row.spent} spent to {row.counted} and {planned} are {row.share}"
    else:
        used = f"{planned} alone is {row.share}"
    over = " It is over." if row.state == "over" else ""
    if (state := budget.state).spent_usd is not None and state.spent_usd > state.limit_usd:
        over = " It was over before these plans."
    adds = f" The planned runs cross {share_text(max(crossed))}." if crossed else ""
    period = f" in {row.period}" if budget.state.month else ""
    return f"{row.who[0].upper()}{row.who[1:]} ({row.budget}): {used} of {row.limit}{period}.{over}{adds}"


def _level(budget: SharedBudget) -> str:
    """The highest level that is reached, and that none is above where that is passed."""
    reached = max(budget.state.reached, default=None)
    if reached is None:
        return ""
    passed = budget.highest is not None and reached >= budget.highest and share_used(budget) > reached
    return f"over the highest, {share_text(reached)}" if passed else share_text(reached)


def _who(budget: SharedBudget) -> str:
    name = shorten(budget.key or "", 60)
    return f"{_WHO.get(budget.per, '')}{name}" if name else _NOBODY.get(budget.per, budget.per)
