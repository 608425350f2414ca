"""Conversations whose history is sent again with every turn: tokens by turn, what a cache reads, what is too long."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.serving.api import Usage
from planner.traffic.conversation import input_at_turn


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


def grown(
    reached: Floats,
    prefix_tokens: float,
    user_tokens: float,
    output_tokens: float,
    *,
    reuse: float = 0.0,
    prefix_reuse: float = 0.0,
    minimum_cached_tokens: float = 0.0,
    explicit: bool = False,
) -> Turns:
    """Turn k sends the prefix, k-1 turns of history and what the user says now.

    prompt_k = prefix + k*user + (k-1)*output (`input_at_turn`): the total grows with the square of the turns. `reuse`
    is the chance that a turn comes while the cache of the one before lives: then all of its prompt is read.
    `prefix_reuse` is the chance that the prefix of another conversation is still there at the first turn, and at later
    ones that find nothing else. Nothing below `minimum_cached_tokens` is cached. With `explicit` caching what is not
    read is written, each time.
    """
    turn = np.arange(1, len(reached) + 1, dtype=np.float64)
    prompt = input_at_turn(turn, prefix_tokens + user_tokens, output_tokens, prefix_tokens)
    before = np.concatenate([[0.0], prompt[:-1]])
    before = np.where(before >= minimum_cached_tokens, before, 0.0)
    prefix = prefix_tokens if prefix_tokens >= minimum_cached_tokens else 0.0
    alive = np.where(turn > 1, reuse, 0.0)
    cached = alive * before + (1.0 - alive) * prefix_reuse * prefix
    written = np.where(explicit & (prompt >= minimum_cached_tokens), prompt - cached, 0.0)
    return Turns(reached, prompt, cached, written, np.full(len(reached), output_tokens))


def first_too_long(turns: Turns, max_input_tokens: Floats | float) -> Floats:
    """First turn, from 1, with a prompt longer than the limit; infinite where none is, NaN where no limit is known."""
    limit = np.asarray(max_input_tokens, np.float64)[..., None]
    over = turns.prompt_tokens > limit
    found = np.where(over.any(axis=-1), 1.0 + np.argmax(over, axis=-1), np.inf)
    return np.where(np.isnan(limit[..., 0]), np.nan, found)
