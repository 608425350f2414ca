"""What is left for the model to do once levers are pulled: requests by hour, tokens of each, and what levers cost."""

import math
from dataclasses import dataclass

from planner.catalog.rows import Floats
from planner.kinds.serving.waiting import waiting_moved
from planner.scenario.levers import Levers
from planner.space.serving.levers import LeverSet, named
from planner.traffic import TokenLengths, Traffic
from planner.traffic.conversation import Conversation, told_conversation
from planner.units import HOURS_PER_MONTH, SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True)
class Talk:
    """Conversations that were told: every turn repeats those before it."""

    turns: float
    prefix_tokens: float
    """Tokens at the start that all conversations share."""
    own_tokens: float
    """Tokens of a question."""


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """Requests that reach a model under one set of levers."""

    levers: LeverSet
    requests_per_s: Floats
    """(168,) mean requests per second by hour of the week."""
    burst: float
    """The busiest minute over the mean of its hour."""
    sent: TokenLengths
    """Input tokens of a request, history included."""
    answer: TokenLengths
    cached_share: float
    """Share of the input tokens that a prefix cache holds."""
    prefix_hits: float
    """Share of the requests that find their start in a prefix cache; 0 without one."""
    prefix_tokens: float
    """Mean tokens of that start."""
    talk: Talk | None
    """None where requests stand alone, or where conversations were measured."""
    batch_share: float
    """Share of the requests that can wait."""
    embed_usd: float
    """Embeddings of a semantic cache, in USD a month."""
    upkeep_usd: float
    """What the levers cost each month whatever the traffic."""
    upfront_usd: float
    quality_loss: float
    """In q."""
    quality_kept: float
    """Share of q that is left where a smaller model answers first; 1 without one."""

    @property
    def per_month(self) -> float:
        """Requests a month that reach the model."""
        return float(self.requests_per_s.mean()) * SECONDS_PER_HOUR * HOURS_PER_MONTH

    @property
    def peak_requests_per_s(self) -> float:
        """In the busiest minute."""
        return float(self.requests_per_s.max()) * self.burst


def work_of(traffic: Traffic, levers: Levers, chosen: LeverSet, told_retries: float) -> Work:
    """The work under a set of levers.

    Caches answer in turn, the exact one first: a share (1 - h1)*(1 - h2) is left, and of a cascade what the smaller
    model hands on (DOMAIN 9.4). Retries that were told add to the rates; measured ones are part of them.
    """
    pulled = {name: lever for name, lever in named(levers).items() if chosen.has(name)}
    left, embed = 1.0 + told_retries, 0.0
    if levers.exact_cache is not None and "exact_cache" in pulled:
        given = levers.exact_cache.hit_rate
        left *= 1.0 - (traffic.repeat_share_within(levers.exact_cache.ttl) if given is None else given)
    prompt, conversation = _prompts(
        traffic, levers.prompt.input_tokens if "prompt" in pulled and levers.prompt else None
    )
    if levers.semantic_cache is not None and "semantic_cache" in pulled:
        embedded = traffic.requests_per_month * left * prompt.mean / 1e6
        embed = embedded * levers.semantic_cache.embed_per_mtok
        left *= 1.0 - levers.semantic_cache.hit_rate
    if levers.cascade is not None and "cascade" in pulled:
        left *= levers.cascade.escalate
    sent = conversation.effective_input
    hits = levers.prefix_cache.hit_rate if levers.prefix_cache is not None and "prefix_cache" in pulled else 0.0
    prefix = cached_tokens(traffic, conversation)
    batch = levers.batch.share if levers.batch is not None and "batch" in pulled else 0.0
    peak = float(traffic.requests_per_s.max())
    return Work(
        levers=chosen,
        requests_per_s=waiting_moved(traffic.requests_per_s, batch) * left,
        burst=traffic.peak_requests_per_s / peak if peak > 0 else 1.0,
        sent=sent,
        answer=traffic.output_tokens,
        cached_share=min(hits * prefix / sent.mean, 1.0),
        prefix_hits=hits,
        prefix_tokens=prefix,
        talk=_talk(traffic, conversation, prompt),
        batch_share=batch,
        embed_usd=embed,
        upkeep_usd=sum(lever.per_month for lever in pulled.values()),
        upfront_usd=sum(lever.upfront for lever in pulled.values()),
        quality_loss=sum(lever.quality_loss for lever in pulled.values()),
        quality_kept=levers.cascade.quality_kept if levers.cascade is not None and "cascade" in pulled else 1.0,
    )


def cached_tokens(traffic: Traffic, conversation: Conversation) -> float:
    """Mean tokens at the start of a request that a prefix cache can hold: history, and on first turns what all share.

    What is not known counts as nothing: a cache that may save nothing is not to look as if it did.
    """
    history = 0.0 if math.isnan(conversation.cached_tokens) else conversation.cached_tokens
    shared = 0.0 if math.isnan(traffic.shared_prefix_tokens) else traffic.shared_prefix_tokens
    turns = 1.0 if math.isnan(conversation.turns) else max(conversation.turns, 1.0)
    # History of later turns has the shared start in it already.
    return min(history + (shared / turns if history > 0 else shared), conversation.effective_input.mean)


def _talk(traffic: Traffic, conversation: Conversation, prompt: TokenLengths) -> Talk | None:
    if traffic.log is not None or not conversation.carries_history or not conversation.turns > 1:
        return None
    own = conversation.new_tokens_per_turn
    return Talk(conversation.turns, prompt.mean - own, own)


def _prompts(traffic: Traffic, shortened: float | None) -> tuple[TokenLengths, Conversation]:
    """Prompts of a request, and conversations of them; shortened to another mean where one is given."""
    if shortened is None:
        return traffic.input_tokens, traffic.conversation
    factor = shortened / traffic.input_tokens.mean
    prompt = _scaled(traffic.input_tokens, factor)
    talk = traffic.conversation
    if traffic.log is None and talk.turns > 1 and talk.carries_history:
        prefix = 0.0 if math.isnan(traffic.shared_prefix_tokens) else min(traffic.shared_prefix_tokens, prompt.mean)
        return prompt, told_conversation(talk.turns, prompt, traffic.output_tokens.mean, prefix)
    return prompt, Conversation(
        talk.turns, talk.turns_p95, _scaled(talk.effective_input, factor), talk.cached_tokens * factor,
        talk.new_tokens_per_turn * factor, talk.carries_history,
    )  # fmt: skip


def _scaled(lengths: TokenLengths, factor: float) -> TokenLengths:
    return TokenLengths(
        *(factor * value for value in (lengths.mean, lengths.p50, lengths.p95, lengths.p99, lengths.most))
    )
