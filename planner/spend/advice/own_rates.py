"""What GPU-hours really cost, by provider, card and way to rent: from the bill itself."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from planner.card_names import card_text, provider_text
from planner.spend.advice.history import History
from planner.spend.sums import total

WAY: Final = "CASE lower(pricing_category) WHEN 'standard' THEN 'on_demand' WHEN 'dynamic' THEN 'spot' \
WHEN 'committed' THEN 'committed' ELSE '' END"
"""FOCUS PricingCategory as a way to rent; '' for others and where the bill does not say."""
Card = tuple[str, str]
"""Provider and card."""


@dataclass(frozen=True, slots=True)
class Rate:
    """GPU-hours of one kind over the history."""

    gpu_hours: float
    usd_per_gpu_hour: float
    list_usd_per_gpu_hour: float
    """NaN where the bill has no list price."""


def own_rates(history: History, days: int) -> Mapping[tuple[str, str, str], Rate]:
    """(provider, card, way to rent) → what was paid over the last days; only hours with a known cost count."""
    rows = history.store.rows(
        f"SELECT provider, gpu, {WAY} AS way, {total('gpu_hours')}, {total('effective_usd')}, "
        f"{total('list_usd')} / nullif({total('gpu_hours', 'list_usd IS NOT NULL')}, 0) "
        "FROM gpu_hourly WHERE hour >= ? AND hour < ? AND effective_usd IS NOT NULL AND gpu_hours > 0 "
        "GROUP BY ALL ORDER BY ALL",
        history.window(days),
    )
    return {
        (provider, gpu, way): Rate(hours, usd / hours, math.nan if listed is None else listed)
        for provider, gpu, way, hours, usd, listed in rows
        if hours > 0.0
    }


def card_name(card: Card) -> str:
    """What advice on a card is about, by the ids: `h100-sxm at aws`."""
    provider, gpu = card
    return f"{gpu} at {provider}" if provider else gpu


def card_words(card: Card) -> str:
    """How a sentence names it: `H100 SXM at AWS`."""
    provider, gpu = card
    return f"{card_text(gpu)} at {provider_text(provider)}" if provider else card_text(gpu)


def card_of(name: str) -> Card:
    """The card that `card_name` named."""
    gpu, _, provider = name.partition(" at ")
    return provider, gpu


def card_key(card: Card) -> str:
    """The same, among what a saving touches."""
    return " ".join(card)
