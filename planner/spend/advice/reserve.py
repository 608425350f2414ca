"""Reserving the baseline: the quantile rule, chosen on the first part of the history and judged on the rest.

With demand D in GPUs, hour by hour, a commitment of x costs p_c*x + p_od*E[max(D - x, 0)] an hour. Its slope in x is
p_c - p_od*P(D > x), so that the least cost lies at the quantile u* where P(D > u*) = p_c/p_od (DOMAIN 10; the
newsvendor rule). Demand is what was rented on demand, beside the commitments that there are.
"""

import datetime
import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from planner.card_names import provider_text
from planner.catalog.committing import fitting
from planner.catalog.rows import Floats
from planner.spend.advice.found import TRUSTS, Found, Touched, Trust
from planner.spend.advice.history import LONGEST_DAYS, History
from planner.spend.advice.own_rates import WAY, Card, card_key, card_name, card_words
from planner.spend.sums import total
from planner.units import HOURS_PER_WEEK, share_text, usd

FEWEST_WEEKS: Final = 8
"""Whole weeks of history without which nothing is advised."""
_CHOOSE: Final = 2.0 / 3.0
"""Part of the weeks on which the commitment is chosen."""
_TERMS: Final = {"1y": "one year", "3y": "three years"}
_LATEST_WEEKS: Final = 4
"""The commitment must pay in the last of them alone, too: what is no longer used is not committed to."""


def commitment_of(demand: Floats, price_share: float) -> int:
    """Whole GPUs to commit to for this hourly demand (H,), where a committed hour costs this share of one on demand.

    The cost is convex in the commitment, so that the best whole number is beside the quantile; of equal ones the least.
    """
    if not 0.0 <= price_share < 1.0 or not len(demand):
        return 0
    best = float(np.quantile(demand, 1.0 - price_share, method="inverted_cdf"))
    beside = sorted({math.floor(best), math.ceil(best)})
    return min(beside, key=lambda x: (cost_share(demand, x, price_share), x))


def cost_share(demand: Floats, committed: float, price_share: float) -> float:
    """What all hours cost with a commitment, in hours at the price on demand."""
    return price_share * committed * len(demand) + float(np.maximum(demand - committed, 0.0).sum())


def find(history: History) -> Iterator[Found]:
    """One for each provider and card whose first part of the history makes a commitment that pays in the rest."""
    since, until = history.window(LONGEST_DAYS)
    first, last = history.store.rows(
        "SELECT min(hour), max(hour) FROM gpu_hourly WHERE hour >= ? AND hour < ?", [since, until]
    )[0]
    if first is None:
        return
    hours = int((last - first) / datetime.timedelta(hours=1)) + 1
    weeks = hours // HOURS_PER_WEEK
    if weeks < FEWEST_WEEKS:
        return
    for card, table in _demand(history, first, hours).items():
        found = _commitment(history, card, table, first, int(weeks * _CHOOSE) * HOURS_PER_WEEK)
        if found is not None:
            yield found


def _demand(history: History, first: datetime.datetime, hours: int) -> dict[Card, Floats]:
    """Card → (3, H) GPUs on demand by hour, what they cost and what they cost by list (NaN where that is unknown)."""
    rows = history.store.rows(
        f"SELECT provider, gpu, date_diff('hour', ?, hour) AS at, {total('gpu_hours')}, {total('effective_usd')}, "
        f"CASE WHEN count(list_usd) = count(*) THEN {total('list_usd')} END FROM gpu_hourly "
        f"WHERE hour >= ? AND hour < ? AND {WAY} = 'on_demand' AND gpu_hours > 0 AND effective_usd IS NOT NULL "
        "AND gpu <> '' GROUP BY ALL ORDER BY ALL",
        [first, first, history.store.begin(history.end)],
    )
    found: dict[Card, Floats] = {}
    for provider, gpu, at, gpus, paid, listed in rows:
        table = found.setdefault((provider, gpu), np.zeros((3, hours)))
        table[:, at] = gpus, paid, math.nan if listed is None else listed
    return found


def _discount(history: History, card: Card) -> tuple[str, float, str, Trust] | None:
    """Term, discount, who says so and how sure that is; of several the least, and one year before three."""
    for term in ("1y", "3y"):
        own = history.settings.commitment_discounts.get(term)
        if own is not None:
            return term, own, "the scenario:", "high"
        near = fitting(history.catalog.discounts, *card, term)
        known = [((d.low + d.high) / 2.0, d) for d in near if math.isfinite(d.low)]
        if known:
            share, row = min(known, key=lambda one: one[0])
            sure: Trust = next((word for word in TRUSTS if word == row.confidence), "low")
            return term, share, f"the catalog, {row.plan}, {row.confidence} confidence:", sure
    return None


def _commitment(history: History, card: Card, table: Floats, first: datetime.datetime, chosen_on: int) -> Found | None:
    terms = _discount(history, card)
    gpus, paid, listed = table
    choosing, rest = slice(0, chosen_on), slice(chosen_on, None)
    if terms is None or not gpus[choosing].any() or not gpus[rest].any():
        return None
    term, discount, says, sure = terms
    usd_then = float(paid[choosing].sum() / gpus[choosing].sum())
    by_list = float(listed[choosing].sum() / gpus[choosing].sum())
    committed_usd = (usd_then if math.isnan(by_list) else by_list) * (1.0 - discount)
    number = commitment_of(gpus[choosing], committed_usd / usd_then)
    if not number:
        return None
    # The commitment keeps its price; what it replaces costs what was really paid in those hours.
    price = np.divide(paid[rest], gpus[rest], out=np.zeros_like(paid[rest]), where=gpus[rest] > 0.0)
    saved = price * np.minimum(gpus[rest], number) - committed_usd * number
    starts = np.arange(0, len(saved), HOURS_PER_WEEK)
    by_week = np.add.reduceat(saved, starts)
    if not by_week.sum() > 0.0 or not saved[-_LATEST_WEEKS * HOURS_PER_WEEK :].sum() > 0.0:
        return None
    begin = first + datetime.timedelta(hours=chosen_on)
    end = first + datetime.timedelta(hours=len(gpus))
    used = float(np.minimum(gpus[rest], number).sum()) / (number * len(saved))
    name = card_name(card)
    what = f"{number} GPU{'s' if number > 1 else ''}"
    now, years = commitment_of(gpus, committed_usd / usd_then), _TERMS[term]
    return Found(
        kind="reserve",
        about=name,
        text=f"Commit to {number} × {card_words(card)} for {years}.",
        savings_usd=by_week,
        first=history.day(begin),
        end=history.day(end - datetime.timedelta(microseconds=1)) + datetime.timedelta(days=1),
        steps=(
            f"Ask {provider_text(card[0]) or 'the provider'} to commit {what} for {years}, in whole machines.",
            f"Move what runs without a break onto it; it must be used {share_text(committed_usd / usd_then)} of the "
            "time to pay.",
            "Look at how much of it is used every month.",
        ),
        risk=(
            "It is paid for whether used or not, may be bound to a region, and holds its price while list prices fall, "
            "by 15 to 45 % in single steps so far."
        ),
        basis=(
            f"Quantile rule on hourly use on demand over {chosen_on // HOURS_PER_WEEK} weeks from "
            f"{history.day(first)}; judged on the {len(saved) / 24.0:.0f} days after them, in which "
            f"{share_text(used)} of it would have been used. A committed GPU-hour at {usd(committed_usd)} ({says} "
            f"{share_text(discount)} off for {years}) against {usd(usd_then)}. All of the history together gives {now}."
        ),
        touched=Touched(cards=frozenset({card_key(card)}), whole_cards=True),
        at_most=sure,
    )  # fmt: skip
