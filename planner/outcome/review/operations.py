"""How things ran: runs and their failures, GPUs and how busy they were, requests, API spend, prices paid."""

from planner.outcome.configuration import Figure, Frozen


class RunCounts(Frozen):
    """Runs of the month, or of a team in it."""

    team: str
    """Empty for all."""
    runs: int
    failed: int
    cost_usd: Figure
    failed_usd: Figure
    gpu_hours: Figure
    failure_rate: Figure
    usual_failure_rate: Figure
    """Of the three months before."""


class CardUse(Frozen):
    """A kind of card in the month."""

    gpu: str
    provider: str
    gpu_hours: float
    effective_usd: float
    usd_per_gpu_hour: Figure
    """Effective."""
    list_usd_per_gpu_hour: Figure
    catalog_usd_per_gpu_hour: Figure
    """Cheapest on-demand price of the catalog for the card, at any provider that it trusts."""
    spot_share: Figure
    committed_share: Figure
    busy: Figure
    """Mean share of the time that a kernel was running, of the hours that were sampled."""
    sampled_share: Figure
    """Share of the billed GPU-hours that samples cover."""


class DeploymentUse(Frozen):
    """A deployment in the month (B2)."""

    deployment: str
    model: str
    team: str
    replicas: Figure
    requests: Figure
    failed: Figure
    cost_usd: Figure
    cost_per_1k_requests_usd: Figure
    latency_p95_ms: Figure


class ApiUse(Frozen):
    """A model behind an API in the month (D9)."""

    model: str
    requests: Figure
    """null where only the bill knows the model."""
    input_tokens: Figure
    output_tokens: Figure
    cached_tokens: Figure
    """Among the input tokens."""
    repeats_share: Figure
    cost_usd: Figure
    cost_per_1k_tokens_usd: Figure
    largest_day_usd: Figure


class TenantUse(Frozen):
    """A tenant in the month against the month before."""

    tenant: str
    requests: Figure
    tokens: Figure
    cost_usd: Figure
    requests_before: Figure
    surge: Figure
    """Requests over those of the month before, of as many days."""


class Operations(Frozen):
    """How things ran in the month."""

    runs: list[RunCounts]
    cards: list[CardUse]
    deployments: list[DeploymentUse]
    apis: list[ApiUse]
    tenants: list[TenantUse]
