"""The block `levers` of a scenario: what lowers the cost of serving. Each is tried, and left out, in the same grid."""

from typing import Annotated, Literal

from pydantic import Field

from planner.scenario.blocks import Block, Name
from planner.scenario.quantities import Count, Margin, Seconds, Share, Spent, UnitPrice


class Lever(Block):
    """What every lever may say."""

    upfront: Spent = 0.0
    """What it costs to set up, once, such as $5000; the plan says when it pays back."""
    per_month: Spent = 0.0
    """What it costs to run, each month, whatever the traffic."""
    quality_loss: Margin = 0.0
    """What it costs in quality, in q; 0.01 is one point of a hundred."""
    always: bool = False
    """Plan with it alone, instead of with and without."""


class ExactCache(Lever):
    """Answers of before for requests that repeat word for word."""

    hit_rate: Share | None = None
    """Share of requests that repeat; left out, it is measured from the log."""
    ttl: Seconds = 3600.0
    """How long an answer is kept, such as 1 h; a measured rate counts repeats within it."""


class SemanticCache(Lever):
    """Answers of before for requests that mean the same."""

    hit_rate: Share
    """Share of requests that find an answer: 5 to 40 %, by workload. There is no honest default."""
    embed_per_mtok: UnitPrice = 0.02
    """What embedding a million input tokens costs."""


class PromptShortening(Lever):
    """Shorter prompts; `planner tokens` counts what there is to save."""

    input_tokens: Count
    """Mean input tokens of a request afterwards."""


class BatchWindow(Lever):
    """Requests that can wait go to the batch interface of an API, or fill hours in which machines idle."""

    share: Share
    """Share of the requests that can wait up to a day."""


class Cascade(Lever):
    """A smaller model answers first, and hands on what it is not sure of."""

    first: Name
    """The smaller model: one of the catalog's, rented like the others, or of an API (provider/model)."""
    escalate: Share = 0.4
    """Share of the requests that are handed on: 30 to 50 % where nothing is known."""
    quality_kept: Share = 0.98
    """Quality of the answers of the two together, as a share of the larger model's."""


class Speculative(Lever):
    """A small draft model proposes tokens that the model checks several at a time."""

    acceptance: Share = 0.7
    """Share of the proposed tokens that are right."""
    draft_tokens: Annotated[int, Field(ge=1, le=32)] = 4
    """Tokens proposed at a time."""
    draft_cost: Margin = 0.05
    """Time of one step of the draft, as a share of one of the model."""


class PrefixCache(Lever):
    """Keys and values of the shared start of requests are kept, or the provider's cached price is paid for it."""

    hit_rate: Share = 1.0
    """Share of the requests that find the shared start cached."""


class Adapters(Lever):
    """Several LoRA adapters on one base model, served together."""

    always: bool = True
    """false plans without them too, to see what they cost."""
    count: Annotated[int, Field(ge=1, le=100_000)]
    """Adapters served."""
    rank: Annotated[int, Field(ge=1, le=4096)] = 16
    """Rank of each."""
    overhead: Margin = 0.1
    """Throughput lost to serving them together: 5 to 15 %."""
    merged: bool = False
    """A single adapter merged into the weights costs nothing."""


class Levers(Block):
    """Ways to lower the cost; each named one is planned with and without."""

    exact_cache: ExactCache | None = None
    semantic_cache: SemanticCache | None = None
    prefix_cache: PrefixCache | None = None
    prompt: PromptShortening | None = None
    batch: BatchWindow | None = None
    cascade: Cascade | None = None
    speculative: Speculative | None = None
    adapters: Adapters | None = None


Scaling = Literal["fixed", "hourly", "to_zero"]


class Replicas(Block):
    """How many copies of the model run, and when."""

    min: Annotated[int, Field(ge=0, le=100_000)] = 2
    """Fewest at any time; two, on two machines, so that one may fail."""
    max: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """Most at any time."""
    headroom: Share = 0.7
    """Load that a replica is planned for, as a share of what it can do within the targets."""
    scalings: Annotated[list[Scaling], Field(min_length=1, json_schema_extra={"uniqueItems": True})] = Field(
        default=["fixed", "hourly"]
    )
    """How replicas follow the load: fixed (the peak's number always), hourly (each hour's own number, from `min`),
    to_zero (the same without `min`, and a single replica stops when idle: the next request waits for a cold start)."""
    cold_start: Seconds | None = None
    """From asking for a machine to the first answer; left out, start-up and download by the provider."""
    idle: Seconds = 300.0
    """to_zero only: a single replica stops after so long without a request."""
    spot_share: Share = 0.7
    """Of a spot offer (tiers: [spot]): the part of the machines that is spot. The rest, and what is taken away until
    another is there, is the same machine on demand."""
