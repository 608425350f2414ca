"""Whether the host can feed the run: tokens that its cores prepare against tokens that its cards take (advice A19).

The estimator lets data be tokenised before the run, so no figure has this in it; where a trainer tokenises as it goes,
or augments, the loader's workers must keep up.
"""

import math
from typing import Final

from planner.estimate.duration import TOKENISE_TOKENS_PER_S_CORE
from planner.units import significant

SLOWEST: Final = 0.4
"""Slow tokenizers reach 0.2 of 0.5 million tokens per second and core (DOMAIN 2.9)."""
PREFETCH: Final = 4
"""Batches that each worker keeps ready where the margin is small [E]."""


def feed_note(consumed_tokens_s: float, vcpus: float) -> str:
    """What to do about the loader; empty where slow cores feed the run twice over, or their number is unknown."""
    if not (math.isfinite(vcpus) and math.isfinite(consumed_tokens_s) and vcpus > 0):
        return ""
    slow = TOKENISE_TOKENS_PER_S_CORE * SLOWEST
    if 2.0 * consumed_tokens_s <= vcpus * slow:
        return ""
    workers = min(math.ceil(consumed_tokens_s / slow), int(vcpus))
    short = consumed_tokens_s > vcpus * slow
    cure = (
        "tokenise before the run and train from the ids"
        if short
        else f"give the loader {workers} workers and let each prefetch {PREFETCH} batches"
    )
    fed, taken = significant(vcpus * slow / 1e6), significant(consumed_tokens_s / 1e6)
    return (
        f"{vcpus:g} cores feed {fed} M tokens/s if texts are tokenised as the run goes, and the run takes {taken} M: "
        f"{cure}"
    )
