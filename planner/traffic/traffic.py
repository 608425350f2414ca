"""`Traffic`: what is asked of a model over a week, whatever it was told or measured by."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from planner.catalog.rows import Floats
from planner.source import Problem
from planner.traffic.conversation import Conversation
from planner.traffic.lengths import TokenLengths
from planner.units import HOURS_PER_MONTH, HOURS_PER_WEEK, SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True)
class Shares:
    """Requests by a name, such as the tenant's: the most frequent names, and all others together."""

    names: tuple[str, ...]
    requests: tuple[float, ...]
    """Share of the requests, by name."""
    tokens: tuple[float, ...]
    """Share of the tokens, input and output together, by name."""
    different: int
    """Different names seen; of more than 10,000 only so many are told apart."""
    others: float = 0.0
    """Share of the requests whose names are not listed, or that have none."""


@dataclass(frozen=True, slots=True)
class Times:
    """A time measured in the log, in seconds."""

    p50_s: float
    p95_s: float
    p99_s: float
    count: int
    """Requests it was written for."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Requests whose prompt another one had within a time before: what an exact cache answers."""

    windows_s: tuple[float, ...]
    """Ascending; the last is infinite. Told shares have that one alone: they hold for whatever time is kept."""
    shares: tuple[float, ...]
    """Share of the requests that repeat one of at most so long before; never falls."""

    def share(self, ttl_s: float = math.inf) -> float:
        """Share of the requests that repeat one of at most `ttl_s` seconds before; between windows by ln time.

        Beyond the longest finite window the infinite one's share is reached only at infinity: what is given is then
        that of the longest finite window, a lower bound.
        """
        if math.isinf(ttl_s) or len(self.windows_s) == 1:
            return self.shares[-1]
        if ttl_s < self.windows_s[0]:
            return self.shares[0] * max(ttl_s, 0.0) / self.windows_s[0]
        return float(np.interp(math.log(ttl_s), np.log(self.windows_s[:-1]), self.shares[:-1]))


@dataclass(frozen=True, slots=True)
class LogFacts:
    """What a log was, beside the traffic in it."""

    file: str
    digest: str
    """SHA-256 of the file's bytes, in hexadecimal."""
    rows: int
    """Rows below the header, blank lines left out."""
    requests: int
    """Rows that count as requests."""
    unusable_rows: int
    zero_token_rows: int
    """Rows that succeeded without input or without output tokens; kept apart, part of no figure."""
    first: dt.datetime
    last: dt.datetime
    hours_seen: tuple[float, ...]
    """(168,) hours of the log that lie in each hour of the week."""
    hour_from: tuple[str, ...]
    """(168,) where each hour's rate is from: `measured`, `other days` (the same hour of other days) or `mean`."""
    longest_gap_hours: float
    sampled: float = 1.0
    """Share of the prompts, conversations and users that repeats, turns and users were counted on."""

    @property
    def hours(self) -> float:
        """Length of the log, in hours."""
        return (self.last - self.first).total_seconds() / SECONDS_PER_HOUR

    @property
    def coverage(self) -> float:
        """Share of the hours of the week of which the log has some."""
        return sum(source == "measured" for source in self.hour_from) / HOURS_PER_WEEK


@dataclass(frozen=True, slots=True, eq=False)
class Traffic:
    """Requests over a week, and what a request is like. NaN is what nobody knows."""

    requests_per_s: Floats
    """(168,) mean requests per second in each hour of the week, Monday 00:00 to 01:00 UTC first."""
    peak_requests_per_s: float
    """As told; of a log, what its busiest minute speaks for (`busiest_rate`); at least the busiest hour of the week."""
    burstiness_cv2: float
    """Squared coefficient of variation of the time between two requests within an hour; 1 is a Poisson stream."""
    input_tokens: TokenLengths
    """Of one request: what is new in a turn where told, what was sent where measured; see `conversation` for what is
    sent either way."""
    output_tokens: TokenLengths
    conversation: Conversation
    shared_prefix_tokens: float = math.nan
    """Mean tokens at the start of a request that other requests share: as told, history apart; of a log without
    conversations, what it calls cached."""
    cached_tokens: float = math.nan
    """Mean tokens of a request that its log calls cached: those that a provider charged less for."""
    repeats: Repeats | None = None
    """None where nobody knows."""
    failed_share: float = math.nan
    """Share of the requests that failed."""
    retries_share: float = math.nan
    """Share of the requests that were sent again because one had failed; they are part of the rates if measured."""
    active_users_per_month: float = math.nan
    tenants: Shares | None = None
    models: Shares | None = None
    latency: Times | None = None
    """From request to last token."""
    ttft: Times | None = None
    """From request to first token."""
    log: LogFacts | None = None
    """None where the traffic was told in numbers."""
    assumptions: tuple[str, ...] = ()
    """What was neither told nor measured, one sentence each."""
    warnings: tuple[Problem, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.requests_per_s.shape != (HOURS_PER_WEEK,):
            message = f"requests_per_s has the shape {self.requests_per_s.shape}, not ({HOURS_PER_WEEK},)"
            raise ValueError(message)
        self.requests_per_s.flags.writeable = False

    @property
    def mean_requests_per_s(self) -> float:
        """Mean over the week."""
        return float(self.requests_per_s.mean())

    @property
    def requests_per_month(self) -> float:
        """Requests in a billing month of 730 hours."""
        return self.mean_requests_per_s * SECONDS_PER_HOUR * HOURS_PER_MONTH

    @property
    def busiest_hour(self) -> int:
        """The hour of the week with the highest mean rate, of those measured; 0 is Monday 00:00 to 01:00 UTC."""
        known = np.ones(HOURS_PER_WEEK, dtype=np.bool_)
        if self.log is not None:
            known = np.array([source == "measured" for source in self.log.hour_from])
        return int(np.where(known, self.requests_per_s, -1.0).argmax())

    @property
    def peak_to_mean(self) -> float:
        """Peak over mean; NaN without traffic."""
        return self.peak_requests_per_s / self.mean_requests_per_s if self.mean_requests_per_s else math.nan

    @property
    def input_tokens_per_month(self) -> float:
        """Tokens sent in a billing month, history included."""
        return _times(self.requests_per_month, self.conversation.effective_input.mean)

    @property
    def output_tokens_per_month(self) -> float:
        """Tokens answered in a billing month."""
        return _times(self.requests_per_month, self.output_tokens.mean)

    @property
    def repeat_share(self) -> float:
        """Share of the requests that repeat an earlier one, however long ago; NaN where nobody knows."""
        return self.repeat_share_within(math.inf)

    def repeat_share_within(self, ttl_s: float) -> float:
        """Share of the requests that repeat one of at most `ttl_s` seconds before; NaN where nobody knows."""
        return math.nan if self.repeats is None else self.repeats.share(ttl_s)

    @property
    def turns(self) -> float:
        """Mean requests of a conversation."""
        return self.conversation.turns


def _times(requests: float, tokens: float) -> float:
    """No requests have no tokens, however long they would be."""
    return requests * tokens if requests else 0.0


def week(rates: Sequence[float] | Floats) -> Floats:
    """Rates of the hours of a week as a column of their own, (168,)."""
    return np.array(rates, dtype=np.float64)
