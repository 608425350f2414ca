"""The block `traffic` of a scenario: what is asked of a model, as numbers or as a log."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.scenario.blocks import Block, FileName
from planner.scenario.quantities import Count, Margin, Seconds
from planner.units import HOURS_PER_WEEK

HOURS_OF_A_DAY = 24
Shape = Literal["flat", "daytime", "office_hours"]


class RequestRate(Block):
    """Requests per second over a week."""

    mean: Annotated[float, Field(ge=0, le=1e7)]
    """Mean over the week."""
    peak: Annotated[float, Field(ge=0, le=1e7)] | None = None
    """In the busiest hour; left out, what the shape makes of the mean."""

    @model_validator(mode="after")
    def _in_order(self) -> "RequestRate":
        if self.peak is not None and self.peak < self.mean:
            message = "the peak is below the mean"
            raise ValueError(message)
        return self


class TokensPerRequest(Block):
    """Tokens of one request, as a distribution."""

    mean: Count
    """Mean number of tokens."""
    p95: Count | None = None
    """Number that 95 % of the requests stay under; without it a typical spread is assumed."""

    @model_validator(mode="after")
    def _above_the_mean(self) -> "TokensPerRequest":
        if self.p95 is not None and self.p95 < self.mean:
            message = f"p95 ({self.p95:g}) lies below the mean ({self.mean:g})"
            raise ValueError(message)
        return self


class Turns(Block):
    """Conversations: how many requests each has, and what every request carries of those before it."""

    mean: Annotated[float, Field(ge=1, le=1000)]
    """Mean number of requests in a conversation."""
    carries: Literal["history", "nothing"] = "history"
    """history: every request repeats the questions and answers before it, so that its input grows from turn to turn;
    `input_tokens` is then what is new in a turn. nothing: every request stands alone."""


class Traffic(Block):
    """What is asked of the model: a log, or numbers."""

    log: FileName | None = None
    """Log of real requests, CSV or JSONL: timestamp, input_tokens, output_tokens and, where known, prompt_hash,
    latency_ms, status, model, tenant, user, conversation. Rates, lengths, repeats and bursts are measured from it."""
    requests_per_month: Count | None = None
    """Requests in a month of 730 hours, such as 2M."""
    requests_per_second: RequestRate | Annotated[float, Field(ge=0, le=1e7)] | None = None
    """The same as a rate: one number, the mean, or mean and peak."""
    shape: Shape | Annotated[list[Annotated[float, Field(ge=0, le=1e9)]], Field(min_length=24, max_length=168)] = (
        "daytime"
    )
    """How requests spread over the week: flat, daytime, office_hours, or weights of the 24 hours of a day or of the 168
    hours of a week, from Monday 00:00 UTC."""
    input_tokens: TokensPerRequest | Count | None = None
    """Tokens of a request: instructions, context and question."""
    output_tokens: TokensPerRequest | Count | None = None
    """Tokens of an answer."""
    shared_prefix_tokens: Annotated[float, Field(ge=0, le=1e7)] | None = None
    """Tokens at the start of every request that all of them share, such as instructions; prefix caches keep these."""
    turns: Turns | None = None
    """Conversations; left out, every request stands alone."""
    burstiness: Annotated[float, Field(gt=0, le=1000)] | None = None
    """Squared coefficient of variation of the time between two requests within an hour; 1 is a Poisson stream."""
    retries: Margin | None = None
    """Requests that are sent a second time, as a share of all; they are paid for and are part of the load."""
    active_users: Count | None = None
    """Users in a month, for the cost of one."""

    @model_validator(mode="after")
    def _one_of_two(self) -> "Traffic":
        told = [name for name in ("requests_per_month", "requests_per_second") if getattr(self, name) is not None]
        if self.log is None:
            if len(told) != 1:
                message = "give a log, or one of requests_per_month and requests_per_second"
                raise ValueError(message)
            missing = [name for name in ("input_tokens", "output_tokens") if getattr(self, name) is None]
            if missing:
                message = f"without a log {' and '.join(missing)} must be given"
                raise ValueError(message)
        if not isinstance(self.shape, str) and len(self.shape) not in (HOURS_OF_A_DAY, HOURS_PER_WEEK):
            message = f"a shape has {HOURS_OF_A_DAY} or {HOURS_PER_WEEK} weights, not {len(self.shape)}"
            raise ValueError(message)
        if not isinstance(self.shape, str) and not sum(self.shape):
            message = "every weight of the shape is 0"
            raise ValueError(message)
        return self


class Target(Block):
    """Targets of one latency, by the share of requests that must keep to it."""

    p50: Seconds | None = None
    """Half of the requests."""
    p95: Seconds | None = None
    """95 % of the requests."""
    p99: Seconds | None = None
    """99 % of the requests."""

    @model_validator(mode="after")
    def _some(self) -> "Target":
        told = [value for value in (self.p50, self.p95, self.p99) if value is not None]
        if not told:
            message = "name at least one of p50, p95 and p99"
            raise ValueError(message)
        if told != sorted(told):
            message = "p50, p95 and p99 must not fall"
            raise ValueError(message)
        return self


class Latency(Block):
    """How fast answers must come, in the busiest hour."""

    ttft: Target | Seconds | None = None
    """Time to the first token; one number is its p95."""
    itl: Target | Seconds | None = None
    """Time between two tokens; one number is its p95."""
    total: Target | Seconds | None = None
    """Time to the last token; one number is its p95."""
