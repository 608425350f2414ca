"""Prompts that come again: what an exact cache would answer, and what is sent again because it failed."""

import math
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.traffic.keyed import Column
from planner.traffic.traffic import Repeats

WINDOWS_S: Final = (
    1.0, 10.0, 60.0, 300.0, 900.0, 3600.0, 4 * 3600.0, 86_400.0, 3 * 86_400.0, 7 * 86_400.0, 30 * 86_400.0, math.inf
)  # fmt: skip
RETRY_S: Final = 60.0
"""A prompt that comes again so soon after it failed is the same request sent again [E]."""


def repeats_of(groups: Iterable[Mapping[str, Column]]) -> tuple[Repeats, float]:
    """Repeats within some times, and the share of requests that are retries; NaN where no status is known.

    Columns of a group are `key` of the prompt, `time` in seconds, and `failed`, 1, 0 or -1 for unknown, (n,) each;
    all requests of a prompt are in one group. A request repeats one whose answer there was: the one before it with
    the same prompt, unless that failed.
    """
    total = retries = known = 0
    within = np.zeros(len(WINDOWS_S))
    for group in groups:
        keys, times_s, failed = group["key"], group["time"], group["failed"]
        order = np.lexsort((times_s, keys))
        same = keys[order[1:]] == keys[order[:-1]]
        since: Floats = np.diff(times_s[order].astype(np.float64))
        after_failure = failed[order[:-1]] == 1
        answered = since[same & ~after_failure]
        within += [float((answered <= window).sum()) for window in WINDOWS_S]
        retries += int((same & after_failure & (since <= RETRY_S)).sum())
        known += int((failed >= 0).sum())
        total += keys.size
    return Repeats(WINDOWS_S, tuple((within / total).tolist())), retries / total if known else math.nan
