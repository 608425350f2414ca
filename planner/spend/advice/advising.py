"""What is worth telling: the largest saving a month first, with how sure it is and what else touches the same money."""

import datetime
import math
from collections.abc import Sequence
from typing import Final

from planner.catalog.rows import Catalog
from planner.outcome.review.advice import SpendAdvice
from planner.scenario.spend_review import AdviceFrom
from planner.spend.advice.found import Found
from planner.spend.advice.history import History
from planner.spend.advice.spread import band_usd, confidence
from planner.spend.advice.table import FINDERS
from planner.spend.months import Month
from planner.spend.store import Store
from planner.units import DAYS_PER_MONTH

DECIMALS: Final = 6
"""Of what is told: sums of floats in another order differ behind them."""


def advice_of(store: Store, catalog: Catalog, settings: AdviceFrom, month: Month) -> list[SpendAdvice]:
    """Changes that would have saved `settings.least_saving` of a month's spend or more; empty where history shows none.

    Every saving is a backtest on the tables, until the end of the month or `store.as_of`.
    """
    history = History(store, catalog, settings, month)
    spent = history.months_cost_usd()
    if not spent > 0.0:
        return []
    every = [found for find in FINDERS for found in find(history)]
    worth = [found for found in every if per_month_usd(found) >= settings.least_saving * spent]
    worth.sort(key=lambda found: (-per_month_usd(found), found.kind, found.about, found.text))
    return [_told(found, worth) for found in worth]


def per_month_usd(found: Found) -> float:
    """The saving of a month like the days that were looked at."""
    return found.saving_usd * DAYS_PER_MONTH / found.days


def _told(found: Found, every: Sequence[Found]) -> SpendAdvice:
    low, high = band_usd(found.savings_usd)
    others = {one.kind for one in every if one is not found and one.touched.overlaps(found.touched)}
    hours = found.hours_saved
    return SpendAdvice(
        kind=found.kind,
        about=found.about,
        text=found.text,
        saving_usd=round(found.saving_usd, DECIMALS),
        saving_lo_usd=None if low is None else round(low, DECIMALS),
        saving_hi_usd=None if high is None else round(high, DECIMALS),
        per_month_usd=round(per_month_usd(found), DECIMALS),
        hours_saved=None if hours is None or not math.isfinite(hours) else round(hours, DECIMALS),
        confidence=confidence(found.savings_usd, found.at_most),
        steps=list(found.steps),
        risk=found.risk,
        basis=found.basis,
        first_day=found.first.isoformat(),
        last_day=(found.end - datetime.timedelta(days=1)).isoformat(),
        overlaps=sorted(others - {found.kind}),
    )
