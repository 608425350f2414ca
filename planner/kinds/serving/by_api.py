"""Ways to serve by an API: every model with every set of levers, with what a month costs."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.api_models import ApiModel
from planner.catalog.rows import Floats
from planner.estimate.serving.api import ApiPrices, Usage, api_prices, month_usd, request_usd, tuned_prices
from planner.estimate.serving.api_limits import RateLimit, share_within_budget, share_within_limit
from planner.estimate.serving.conversation import Turns, alike, grown
from planner.kinds.serving.quality import Judged
from planner.kinds.serving.work import Work
from planner.space.serving.api_choice import ApiChoice
from planner.units import SECONDS_PER_HOUR

TOO_LONG: Final = "requests longer than the API's context"
LIMITED: Final = "more requests than the account's rate limits let through"
OVER_BUDGET: Final = "more than the budget of a day for the API"
NO_BATCH: Final = "no batch price is listed for the API"
TOO_SLOW: Final = "an API as slow as measured misses a latency target"
_HOURS_OF_A_DAY: Final = 24


@dataclass(frozen=True, slots=True)
class ApiRow:
    """One model behind an API under one set of levers."""

    choice: ApiChoice
    work: Work
    cost_usd: float
    """Of a month; NaN where a price that it needs is not listed."""
    fixed_usd: float
    """Of it, whatever the traffic: upkeep of levers, and a deployment that must stand by."""
    input_usd: float
    """Of it, for input tokens, embeddings and upkeep left out."""
    output_usd: float
    latency_s: float
    """p95 to the last token; NaN where nobody measured it."""
    ttft_s: float
    itl_s: float
    judged: Judged
    share_within_limits: float
    """In the busiest minute; NaN where no limit is told."""
    reason: str
    """Why it cannot serve the traffic; empty where it can."""


def api_row(choice: ApiChoice, work: Work, judged: Judged) -> ApiRow:
    """A month of this work by this API (DOMAIN 9.4).

    A lever that the API has no price for makes the row infeasible, so that nothing looks saved that is not.
    """
    api = choice.api
    prices = prices_of(choice)
    sent, answer = work.sent.mean, work.answer.mean
    usage = _usage(api, work)
    cost = float(month_usd(prices, request_usd(prices, usage, work.batch_share), work.per_month)[0])
    output_only = float(request_usd(prices, Usage(0.0, answer), work.batch_share)[0]) * work.per_month
    ttft, itl = (math.nan if choice.own is None or t is None else t for t in _measured(choice))
    within = _within(choice, work, sent + answer)
    return ApiRow(
        choice=choice,
        work=work,
        cost_usd=cost + work.embed_usd + work.upkeep_usd,
        fixed_usd=work.upkeep_usd + float(month_usd(prices, np.zeros(1), 0.0)[0]),
        input_usd=cost - output_only,
        output_usd=output_only,
        latency_s=ttft + itl * max(work.answer.p95 - 1.0, 0.0),
        ttft_s=ttft,
        itl_s=itl,
        judged=judged,
        share_within_limits=within,
        reason=_reason(choice, work, cost, within),
    )


def prices_of(choice: ApiChoice) -> ApiPrices:
    """The prices of a model behind an API, or of a variant that was tuned."""
    return api_prices([choice.api]) if choice.tuned is None else tuned_prices([choice.tuned], [choice.api])


def _measured(choice: ApiChoice) -> tuple[float | None, float | None]:
    return (None, None) if choice.own is None else (choice.own.ttft, choice.own.itl)


def _usage(api: ApiModel, work: Work) -> Usage:
    """Tokens of the mean request; a prefix below the provider's minimum is not cached, and writes are paid for.

    Of conversations that were told turn by turn, as history grows; of others by the mean.
    """
    if not work.prefix_hits or not api.caches:
        return Usage(work.sent.mean, work.answer.mean)
    hits, minimum = work.prefix_hits, api.caching.minimum_tokens if api.caching is not None else 0.0
    explicit = api.caching is not None and api.caching.how == "explicit"
    if work.talk is not None:
        turns = talk_turns(work, reuse=hits, minimum_cached_tokens=minimum, explicit=explicit)
        return turns.usage()
    if work.prefix_tokens < minimum:
        return Usage(work.sent.mean, work.answer.mean)
    cached = hits * work.prefix_tokens
    # With caching that is asked for, who does not find the start writes it.
    written = work.prefix_tokens - cached if explicit else 0.0
    billed = work.sent.mean - written
    return Usage(billed, work.answer.mean, cached / billed if billed > 0 else 0.0, written)


def talk_turns(work: Work, *, reuse: float = 0.0, minimum_cached_tokens: float = 0.0, explicit: bool = False) -> Turns:
    """Tokens of every turn of conversations that were told; a hit finds the turn before, or another's shared start."""
    talk = work.talk
    if talk is None:
        message = "requests stand alone"
        raise ValueError(message)
    return grown(
        alike(talk.turns), talk.prefix_tokens, talk.own_tokens, work.answer.mean, reuse=reuse, prefix_reuse=reuse,
        minimum_cached_tokens=minimum_cached_tokens, explicit=explicit,
    )  # fmt: skip


def _within(choice: ApiChoice, work: Work, tokens: float) -> float:
    own = choice.own
    if own is None or (own.requests_per_minute is None and own.tokens_per_minute is None):
        return math.nan
    limit = RateLimit(own.requests_per_minute or math.inf, own.tokens_per_minute or math.inf)
    peak = work.peak_requests_per_s * (1.0 - work.batch_share)
    return float(share_within_limit(np.array([peak]), tokens, limit)[0])


def _reason(choice: ApiChoice, work: Work, cost_usd: float, within: float) -> str:
    api = choice.api
    if work.sent.p99 > api.max_input_tokens or work.answer.p99 > api.max_output_tokens:
        return TOO_LONG
    if work.batch_share > 0 and (choice.tuned is not None or not api.has_batch):
        return NO_BATCH
    if within < 1.0:
        return LIMITED
    budget = None if choice.own is None else choice.own.budget_per_day
    if budget is not None and share_within_budget(usd_by_hour(work, cost_usd).sum(axis=1), budget) < 1.0:
        return OVER_BUDGET
    return ""


def usd_by_hour(work: Work, cost_usd: float) -> Floats:
    """(7, 24) USD of every hour of the week at so much a month; no traffic costs nothing."""
    per_request = cost_usd / work.per_month if work.per_month > 0 else 0.0
    return work.requests_per_s.reshape(-1, _HOURS_OF_A_DAY) * SECONDS_PER_HOUR * per_request
