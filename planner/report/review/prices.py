"""The section `prices`: what was paid for GPUs and tokens, against list and catalog, and how busy the GPUs were."""

from collections.abc import Sequence
from typing import Final

from planner.card_names import provider_text
from planner.outcome.review import Review
from planner.outcome.review.operations import ApiUse, CardUse
from planner.report.data.review_parts import Cell, ReviewSection, Table
from planner.report.names import shorten
from planner.report.review.words import card_at, cell, columns, count, left_text, name_of, per_unit, sentences, share
from planner.units import usd

SHOWN: Final = 25


def price_section(review: Review) -> ReviewSection:
    """Cards and APIs."""
    cards, apis = review.operations.cards, review.operations.apis
    tables = [*([_cards(cards)] if cards else []), *([_apis(apis)] if apis else [])]
    return ReviewSection("prices", "Prices paid, and how busy GPUs were", price_sentence(review), says=bool(tables),
                         tables=tuple(tables))  # fmt: skip


def price_sentence(review: Review) -> str:
    """What an hour of the card that costs most was paid, against the catalog, and how busy it was."""
    cards = review.operations.cards
    if not cards:
        return "" if review.operations.apis else "No charge is of a GPU, and no request was logged."
    top = max(cards, key=lambda one: (one.effective_usd, one.gpu))
    told = f"An hour of {card_at(top.gpu, top.provider)} cost {per_unit(top.usd_per_gpu_hour)}"
    if top.catalog_usd_per_gpu_hour is not None:
        told += f"; the cheapest on demand in the catalog is {per_unit(top.catalog_usd_per_gpu_hour)}"
    busy = (
        f" Kernels ran {share(top.busy)} of the sampled time ({share(top.sampled_share)} of its hours were sampled)."
        if top.busy is not None
        else " How busy it was is unknown."
    )
    return f"{told}.{busy}"


def _cards(cards: Sequence[CardUse]) -> Table:
    numbers = ("GPU-hours", "Cost", "Per GPU-hour", "List", "Catalog", "Spot", "Committed", "Busy")
    return Table(
        "cards", "GPUs", columns("GPU", *numbers, numbers=numbers), tuple(_card(one) for one in cards[:SHOWN]),
        note=sentences(
            "Per GPU-hour: effective. Catalog: cheapest on-demand price at any provider that it trusts. Busy: share of "
            "the sampled time that a kernel ran.", left_text(len(cards), SHOWN),
        ),
    )  # fmt: skip


def _card(one: CardUse) -> tuple[Cell, ...]:
    sampled = f"{share(one.sampled_share)} sampled" if one.sampled_share is not None else ""
    return (
        cell(card_at(one.gpu, ""), provider_text(shorten(one.provider, 40))), cell(count(one.gpu_hours)),
        cell(usd(one.effective_usd)), cell(per_unit(one.usd_per_gpu_hour)), cell(per_unit(one.list_usd_per_gpu_hour)),
        cell(per_unit(one.catalog_usd_per_gpu_hour)), cell(share(one.spot_share)), cell(share(one.committed_share)),
        cell(share(one.busy), sampled),
    )  # fmt: skip


def _apis(apis: Sequence[ApiUse]) -> Table:
    numbers = (
        "Requests",
        "Tokens in",
        "Tokens out",
        "Cached",
        "Sent before",
        "Cost",
        "Per 1,000 tokens",
        "Dearest day",
    )
    return Table(
        "apis", "Models behind APIs", columns("Model", *numbers, numbers=numbers),
        tuple(_api(one) for one in apis[:SHOWN]),
        note=sentences(
            "Sent before: share of the requests whose prompt had been sent already.", left_text(len(apis), SHOWN)
        ),
    )  # fmt: skip


def _api(one: ApiUse) -> tuple[Cell, ...]:
    return (
        cell(name_of(one.model)), cell(count(one.requests)), cell(count(one.input_tokens)),
        cell(count(one.output_tokens)), cell(count(one.cached_tokens)), cell(share(one.repeats_share)),
        cell(usd(one.cost_usd)), cell(per_unit(one.cost_per_1k_tokens_usd)), cell(usd(one.largest_day_usd)),
    )  # fmt: skip
