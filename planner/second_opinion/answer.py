"""Two estimates of the same replica."""

from dataclasses import dataclass

import numpy as np

from planner.estimate.serving.unit_cost import usd_per_million_output
from planner.second_opinion.question import Question


@dataclass(frozen=True, slots=True)
class Figures:
    """What one estimator says of a replica with a number of requests in flight; NaN where it does not."""

    tokens_per_s: float
    """Output tokens of the replica."""
    first_token_s: float
    next_token_s: float
    """Mean time from one output token of a request to the next."""

    def usd_per_mtok(self, usd_per_hour: float) -> float:
        """USD per million output tokens of a replica that is busy all the time (DOMAIN 9.4); NaN without a rate."""
        rate = self.tokens_per_s if self.tokens_per_s > 0 else np.nan
        return float(usd_per_million_output(np.array(usd_per_hour), np.array(rate), 1.0))


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was asked, and both answers."""

    question: Question
    sequences: float
    """Requests in flight, on both sides."""
    ours: Figures
    theirs: Figures | None
    """None where they do not answer."""
    reason: str
    """Why they do not; empty where they do."""
    notes: tuple[str, ...] = ()
    """What they warn of, and what their figures rest on."""
    version: str = ""
    """Of aiconfigurator, and of the engine whose measurements it has."""
