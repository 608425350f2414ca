"""Conversations of a log: how many turns they have, and what each turn repeats of those before it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.traffic.keyed import Column

CARRIES: Final = 0.75
"""Requests carry history where so many later turns send at least what the turn before them sent. Of lengths that
know nothing of each other half would."""


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """What the conversations of a log are like. NaN where no later turn was seen."""

    conversations: int
    turns: float
    """Mean requests of a conversation."""
    turns_p95: float
    carries_history: bool | None
    cached_tokens: float
    """Mean tokens of a request, over first and later turns, that the turn before it had sent or been answered."""
    new_tokens: float
    """Mean further tokens of a later turn."""


def turns_of(groups: Iterable[Mapping[str, Column]]) -> TurnFigures:
    """Figures of conversations; requests of the same second stay in their order.

    Columns of a group are `key` of the conversation, `time` in seconds, and tokens `sent` and `answered`, (n,) each;
    all requests of a conversation are in one group. A later turn k that carries history sends that of turn k−1 and
    its answer first: min(sent_k, sent_{k−1} + answered_{k−1}) tokens are of that, and a prefix cache has them. What is
    longer is new.
    """
    by_turns = np.zeros(1, dtype=np.int64)
    requests = later = longer = cached = after = 0
    for group in groups:
        if not group["key"].size:
            continue
        order = np.lexsort((group["time"], group["key"]))
        keys = group["key"][order]
        follows = np.flatnonzero(keys[1:] == keys[:-1]) + 1
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
        turns = np.bincount(np.diff(np.r_[starts, keys.size]), minlength=by_turns.size)
        turns[: by_turns.size] += by_turns
        by_turns = turns
        sent, answered = (group[name][order].astype(np.int64) for name in ("sent", "answered"))
        requests += keys.size
        later += follows.size
        longer += int((sent[follows] >= sent[follows - 1]).sum())
        cached += int(np.minimum(sent[follows], sent[follows - 1] + answered[follows - 1]).sum())
        after += int(sent[follows].sum())
    conversations = int(by_turns.sum())
    mean = requests / conversations
    p95 = float(np.searchsorted(np.cumsum(by_turns), math.ceil(0.95 * conversations)))
    if not later:
        return TurnFigures(conversations, mean, p95, None, math.nan, math.nan)
    if longer < CARRIES * later:
        return TurnFigures(conversations, mean, p95, False, 0.0, after / later)
    return TurnFigures(conversations, mean, p95, True, cached / requests, (after - cached) / later)
