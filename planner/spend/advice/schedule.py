"""Starting later: past runs moved to the cheapest start within a day, where rates depend on the time of the week."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import numpy as np

from planner.catalog.names import resolve_gpus, resolve_provider
from planner.catalog.rate_plans import FLAT, Weekly
from planner.estimate.rate_plans import weekly_hours
from planner.spend.advice.found import Found
from planner.spend.advice.history import LONGEST_DAYS, RECENT_DAYS, History
from planner.spend.advice.own_rates import Card, card_name, card_words
from planner.spend.advice.past_runs import PastRun, looked_at_from, past_runs, recent, touched
from planner.units import HOURS_PER_WEEK, duration

LONGEST_WAIT_HOURS: Final = 24


def moved(plan: Weekly, since: float, hours: float) -> tuple[float, int]:
    """Cost at the cheapest start over that at `since` hours after Monday 00:00 UTC, and the hours waited for it.

    Starts are whole hours later, up to a day; of equal ones the soonest.
    """
    waits = np.arange(LONGEST_WAIT_HOURS + 1)
    cost = weekly_hours(plan, np.mod(since + waits, HOURS_PER_WEEK), np.full(len(waits), hours))
    best = int(np.flatnonzero(cost <= cost.min() * (1.0 + 1e-9))[0])
    return float(cost[best] / cost[0]), best


def find(history: History) -> Iterator[Found]:
    """One for each provider and card with weekly rates; nothing where every hour costs the same."""
    if not any(isinstance(plan, Weekly) for plan in history.catalog.offers.terms.rates):
        return
    groups: dict[Card, list[tuple[PastRun, Weekly]]] = defaultdict(list)
    for run in past_runs(history, LONGEST_DAYS):
        plan = _plan(history, run) if np.isfinite(run.cost_usd) else None
        if plan is not None and run.finished:
            groups[run.provider, run.gpu].append((run, plan))
    for card, pairs in sorted(groups.items()):
        runs = [run for run, _ in pairs]
        results = [moved(plan, _of_week(run.started), run.hours) for run, plan in pairs]
        saved = np.array([run.cost_usd * (1.0 - share) for run, (share, _) in zip(runs, results, strict=True)])
        if not saved.sum() > 0.0 or not recent(history, runs, RECENT_DAYS):
            continue
        waits = [wait for _, wait in results if wait]
        yield Found(
            kind="schedule",
            about=card_name(card),
            text=f"Start runs on {card_words(card)} when its rates are low, up to a day later.",
            savings_usd=saved,
            first=looked_at_from(history, runs),
            end=history.end,
            steps=(f"Hold runs that no one waits for until the cheaper hours: {pairs[-1][1].words}.",),
            risk=f"{len(waits)} of {len(runs)} runs start later, by {duration(float(np.mean(waits)))} on the mean.",
            basis=(
                f"{len(runs)} runs from {history.day(runs[0].started)} on, each at the cheapest start within "
                f"{LONGEST_WAIT_HOURS} h, under the rates of {pairs[-1][1].source}."
            ),
            touched=touched(runs),
        )


def _of_week(moment: datetime.datetime) -> float:
    """Hours after Monday 00:00."""
    return moment.weekday() * 24.0 + moment.hour + moment.minute / 60.0 + moment.second / 3600.0


def _plan(history: History, run: PastRun) -> Weekly | None:
    """The weekly rates of the offers that the run may have been on, where they all have the same."""
    offers = history.catalog.offers
    provider, cards = resolve_provider(history.catalog, run.provider), resolve_gpus(history.catalog, run.gpu)
    if provider is None or len(cards) != 1:
        return None
    name = history.catalog.providers[provider].id
    mine = (offers.provider == offers.providers.index(name)) & (offers.gpu == cards[0])
    mine &= (offers.tier == run.tier) & ((offers.region == run.region) | (run.region == ""))
    found = set(offers.rate[mine].tolist())
    if len(found) != 1 or FLAT in found:
        return None
    plan = offers.terms.rates[found.pop()]
    return plan if isinstance(plan, Weekly) else None
