"""Conversations whose history is sent again with every turn: tokens by turn, what a cache reads, what is too long."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.serving.api import Usage


@dataclass(frozen=True, slots=True)
class Turns:
    """Tokens of every turn of a conversation, (turns,) each."""

    reached: Floats
    """Share of the conversations that have this turn."""
    prompt_tokens: Floats
    """All input of the turn: instructions, history, what the user says."""
    cached_tokens: Floats
    """Of these, read from the cache."""
    written_tokens: Floats
    """Of these, put into the cache."""
    output_tokens: Floats

    @property
    def mean_turns(self) -> float:
        """Requests per conversation."""
        return float(self.reached.sum())

    def usage(self) -> Usage:
        """Tokens of the mean request."""
        prompt, cached, written, output = (
            float(self.reached @ column) / self.mean_turns
            for column in (self.prompt_tokens, self.cached_tokens, self.written_tokens, self.output_tokens)
        )
        billed = prompt - written
        return Usage(billed, output, min(1.0, cached / billed) if billed > 0 else 0.0, written)


def alike(mean_turns: float) -> Floats:
    """Share of conversations that reach each turn where all are about as long; a fraction is a last turn of some."""
    whole = int(np.floor(mean_turns))
    rest = mean_turns - whole
    return np.array([1.0] * whole + ([rest] if rest > 0 else []), np.float64)


def trailing_off(mean_turns: float, most_turns: int) -> Floats:
    """The same where every turn is the last with the same chance: (1-1/mean)^(k-1), cut at `most_turns` [E]."""
    return np.asarray((1.0 - 1.0 / mean_turns) ** np.arange(most_turns), np.float64)


def grown(
    reached: Floats,
    prefix_tokens: float,
    user_tokens: float,
    output_tokens: float,
    *,
    keep_turns: int | None = None,
    reuse: float = 0.0,
    prefix_reuse: float = 0.0,
    minimum_cached_tokens: float = 0.0,
    explicit: bool = False,
) -> Turns:
    """Turn k sends the prefix, k-1 turns of history (at most the last `keep_turns`) and what the user says now.

    prompt_k = prefix + min(k-1, keep)*(user + output) + user: the total grows with the square of the turns.
    `reuse` is the chance that a turn comes while the cache of the one before lives: then all of its prompt is read,
    or where history is trimmed, which moves its start, the prefix alone. `prefix_reuse` is the chance that the prefix
    of another conversation is still there at the first turn, and at later ones that find nothing else. Nothing below
    `minimum_cached_tokens` is cached. With `explicit` caching what is not read is written, each time: the whole prompt,
    or where history is trimmed, the prefix.
    """
    turn = np.arange(len(reached), dtype=np.float64)
    kept = turn if keep_turns is None else np.minimum(turn, keep_turns)
    prompt = prefix_tokens + kept * (user_tokens + output_tokens) + user_tokens
    moved = kept < turn
    before = np.where(moved, prefix_tokens, np.concatenate([[0.0], prompt[:-1]]))
    before = np.where(before >= minimum_cached_tokens, before, 0.0)
    prefix = prefix_tokens if prefix_tokens >= minimum_cached_tokens else 0.0
    alive = np.where(turn > 0, reuse, 0.0)
    cached = alive * before + (1.0 - alive) * prefix_reuse * prefix
    lasting = np.where(moved, prefix_tokens, prompt)
    written = np.where(explicit & (lasting >= minimum_cached_tokens), lasting - cached, 0.0)
    return Turns(reached, prompt, cached, written, np.full(len(reached), output_tokens))


def first_too_long(turns: Turns, max_input_tokens: Floats | float) -> Floats:
    """First turn, from 1, with a prompt longer than the limit; infinite where none is, NaN where no limit is known."""
    limit = np.asarray(max_input_tokens, np.float64)[..., None]
    over = turns.prompt_tokens > limit
    found = np.where(over.any(axis=-1), 1.0 + np.argmax(over, axis=-1), np.inf)
    return np.where(np.isnan(limit[..., 0]), np.nan, found)


def too_long_share(turns: Turns, max_input_tokens: Floats | float) -> Floats:
    """Share of the requests whose prompt is longer than the limit; NaN where no limit is known."""
    limit = np.asarray(max_input_tokens, np.float64)[..., None]
    share = np.where(turns.prompt_tokens > limit, turns.reached, 0.0).sum(axis=-1) / turns.mean_turns
    return np.where(np.isnan(limit[..., 0]), np.nan, share)
