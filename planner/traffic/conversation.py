"""Conversations: how the input of a request grows when every turn carries the turns before it."""

import math
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.traffic.lengths import TokenLengths


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns of a conversation, and what its requests send."""

    turns: float
    """Mean requests in a conversation; 1 where every request stands alone, NaN where nobody knows."""
    turns_p95: float
    effective_input: TokenLengths
    """Tokens that a request sends, history included, over all turns."""
    cached_tokens: float
    """Mean tokens at the start of a request that the turn before it had already: a prefix cache can keep these.
    NaN where nobody knows."""
    new_tokens_per_turn: float
    """Mean tokens of a later turn that are neither history nor shared prefix; NaN where nobody knows."""
    carries_history: bool | None
    """Whether the requests repeat what was said before; None where there are no later turns to tell from."""

    @property
    def cached_share(self) -> float:
        """Share of all input tokens that the turn before had already; NaN where nobody knows."""
        return self.cached_tokens / self.effective_input.mean if self.effective_input.mean else math.nan


def input_at_turn(
    turn: Floats, prompt_tokens: float, answer_tokens: float, shared_prefix_tokens: float = 0.0
) -> Floats:
    """Tokens that the requests of these turns send, (n,), from turn 1 on, history included.

    Turn k sends the shared prefix s once, its own question and those before it, k·u with u = prompt − s, and the
    k−1 answers before it: s + k·u + (k−1)·answer (issue 9: prompt + history of k−1 turns).
    """
    own = prompt_tokens - shared_prefix_tokens
    grown: Floats = prompt_tokens + (turn - 1) * (own + answer_tokens)
    return grown


def alone(lengths: TokenLengths, turns: float = 1.0) -> Conversation:
    """Requests that carry nothing, however many a conversation has."""
    return Conversation(turns, float(math.ceil(turns)), lengths, 0.0, lengths.mean, None if turns == 1 else False)


def told_conversation(
    turns: float, prompt: TokenLengths, answer_tokens: float, shared_prefix_tokens: float = 0.0
) -> Conversation:
    """Conversations of `turns` requests each, where every one repeats those before it.

    All conversations are as long as the mean says: where it is no whole number, as many have one turn more as make
    it the mean. Every question has the lengths of `prompt`; history adds its mean, so that the quantiles of the
    effective input are those of the lognormal question, moved by the history of its turn.
    """
    whole = math.floor(turns)
    longest = whole if whole == turns else whole + 1
    at = np.arange(1, longest + 1, dtype=np.float64)
    # Requests per conversation that are turn k: all conversations reach the whole number, some one turn more.
    weights = np.where(at <= whole, 1.0, turns - whole) / turns
    moved = input_at_turn(at, 0.0, answer_tokens, -(prompt.mean - shared_prefix_tokens))
    sent = _mixture(prompt, moved, weights)
    own = prompt.mean - shared_prefix_tokens
    mean = float(sent.mean)
    cached = float(np.where(at > 1, prompt.mean + moved - own, 0.0) @ weights)
    return Conversation(turns, float(longest), sent, min(cached, mean), own, longest > 1)


def _mixture(prompt: TokenLengths, moved: Floats, weights: Floats) -> TokenLengths:
    """Lengths of a lognormal prompt that turn k moves by `moved[k]` tokens, mixed by the weights of the turns."""
    from scipy.special import ndtri

    levels = (np.arange(1024) + 0.5) / 1024
    sigma = prompt.sigma
    values = prompt.mean * np.exp(sigma * ndtri(levels) - sigma**2 / 2)
    table = (values[None, :] + moved[:, None]).ravel()
    share = np.repeat(weights / levels.size, levels.size)
    order = np.argsort(table)
    sums = np.cumsum(share[order])
    at = np.minimum(np.searchsorted(sums, np.array([0.5, 0.95, 0.99])), sums.size - 1)
    p50, p95, p99 = table[order][at].tolist()
    most = prompt.most + float(moved[-1])
    return TokenLengths(prompt.mean + float(moved @ weights), p50, p95, p99, most)
