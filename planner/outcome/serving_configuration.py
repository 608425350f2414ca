"""One way to serve a model's traffic, rented or by an API, with its estimates."""

from typing import Literal

from pydantic import Field

from planner.outcome.configuration import Figure, Frozen, Offer


class ServingMachine(Frozen):
    """The machines that the replicas run on."""

    gpu: str
    gpus_per_machine: int
    tensor_parallel: int
    """GPUs that share one copy of the model."""
    replicas_per_machine: int
    """Copies on one machine."""
    memory_per_gpu_gib: float
    """Marketed memory of one card."""
    weights_gib: float
    """Weights of one copy, over all its GPUs."""
    cache_tokens: Figure
    """Tokens whose keys and values fit beside the weights of one copy."""


class ApiTerms(Frozen):
    """What an API costs, and what it allows."""

    provider: str
    input_usd_per_mtok: Figure
    cached_input_usd_per_mtok: Figure
    output_usd_per_mtok: Figure
    batch_input_usd_per_mtok: Figure
    batch_output_usd_per_mtok: Figure
    max_input_tokens: Figure
    as_of: str
    share_within_limits: Figure = None
    """Share of the requests of the busiest hour that the account's rate limits let through; null where none are
    told."""


class Latencies(Frozen):
    """Latencies in the busiest hour, in seconds; null where unknown."""

    ttft_p50_s: Figure
    ttft_p95_s: Figure
    ttft_p99_s: Figure
    itl_p50_s: Figure
    itl_p95_s: Figure
    itl_p99_s: Figure
    total_p50_s: Figure
    total_p95_s: Figure
    total_p99_s: Figure


class Capacity(Frozen):
    """What one replica does, and how many are needed."""

    requests_per_s: Figure
    """Most that one replica answers within the targets, before headroom."""
    tokens_per_s: Figure
    """Output tokens of one replica at full load, whatever the latency."""
    sequences: Figure
    """Requests that one replica works on at a time in the busiest hour."""
    load: Figure
    """Load of a replica in the busiest hour, as a share of what it can do within the targets."""
    bound_by: str
    """What the capacity ends at: `itl p95`, `ttft p95`, `total p95`, `memory` or `compute`."""
    replicas_peak: int
    replicas_least: int
    replica_hours: Figure
    """Hours of replicas in a month of 730 hours, cold starts among them."""
    machines_peak: int
    utilisation: Figure
    """Requests answered over what the replicas that run could answer, mean of the month."""
    cold_start_share: Figure = None
    """Share of the requests that wait for a cold start; null where nothing scales to zero."""


class ServingCost(Frozen):
    """Where the money of a month goes, in USD; the parts add up to `cost_usd_per_month`."""

    compute: Figure = None
    """Machines; null for an API."""
    tokens: Figure = None
    """Tokens of an API; null for machines alone."""
    first_tier: Figure = None
    """The smaller model of a cascade."""
    levers: Figure = None
    """What levers cost each month: embeddings, upkeep."""
    training: Figure = None
    """Fine-tuning runs of a month, where the scenario has one."""
    tax: Figure = None
    """Tax on the whole, only when the scenario names one; never inside it."""
    upfront: Figure = None
    """What levers cost once; never inside it."""


class UnitCosts(Frozen):
    """The cost of one of something, in USD."""

    per_1k_requests: Figure
    per_mtok_input: Figure
    """Of a million input tokens, prefill seconds charged to these."""
    per_mtok_output: Figure
    per_active_user: Figure = None


class ServingConfiguration(Frozen):
    """One way to serve the traffic, with its estimates."""

    id: str
    """Prefix of the hash of the canonical configuration."""
    way: Literal["rented", "api"]
    model: str
    precision: str = ""
    engine: str = ""
    levers: list[str] = Field(default_factory=list)
    """Levers that are pulled."""
    scaling: str = ""
    """How replicas follow the load: fixed, hourly, to_zero; empty for an API."""
    first_tier: str = ""
    """The smaller model of a cascade and where it runs; empty without one."""
    machine: ServingMachine | None = None
    offer: Offer | None = None
    api: ApiTerms | None = None
    cost_usd_per_month: Figure
    cost_usd_per_month_lo: Figure
    cost_usd_per_month_hi: Figure
    cost_usd_per_month_label: str
    latency_s: Figure
    """p95 time to the last token in the busiest hour."""
    latency_s_lo: Figure
    latency_s_hi: Figure
    latency_s_label: str
    quality: Figure
    quality_lo: Figure
    quality_hi: Figure
    quality_label: str
    carbon_kg_per_month: Figure
    carbon_kg_per_month_lo: Figure
    carbon_kg_per_month_hi: Figure
    carbon_kg_per_month_label: str
    latencies: Latencies
    capacity: Capacity | None = None
    """Null for an API."""
    cost_parts: ServingCost
    unit_costs: UnitCosts
    unknown: list[str] = Field(default_factory=list)
    """Objectives that are unknown, each with the reason."""
