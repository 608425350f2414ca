"""Rows that are quotes, terms and surcharges: what others print, and what is derived from it. NaN means unknown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Surcharge:
    """A managed training service, priced over the same provider's own machines on demand."""

    service: str
    provider: str
    prefix: str
    """What its instance types have before the machine's own name."""
    families: tuple[str, ...]
    """How the machines it offers are called, up to their size."""
    low: float
    share: float
    """Surcharge as a share of the machine's price."""
    high: float
    extra_boot_s: float
    max_run_hours: float
    confidence: str
    as_of: str
    derivation: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """What a commitment of one or three years takes off the price on demand."""

    provider: str
    """Provider id, or `any`."""
    gpus: tuple[str, ...]
    """How the ids of the cards begin; empty for all."""
    term: str
    """`1y` or `3y`."""
    kind: str
    """`reserved`: to a machine, or `savings`: to a spend."""
    plan: str
    low: float
    """NaN where only an upper bound is printed."""
    high: float
    confidence: str
    as_of: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A price that another tool prints: a claim of its date, kept for comparison."""

    provider: str
    service: str
    instance: str
    gpu: str
    """Catalog id; empty for a CPU class."""
    gpu_count: int
    vcpus: float
    memory_gib: float
    price_usd_per_hour: float
    availability: float
    max_run_hours: float
    as_of: str
    source: str
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedRun:
    """A benchmark figure that another tool prints: a claim, shown beside our estimate of the same job."""

    table: str
    """`train_time`, `scaling` or `quality`."""
    model_size: str
    method: str
    provider: str
    gpu_config: str
    dataset: str
    hours: float
    cost_usd: float
    samples_per_s: float
    memory_gb: float
    power_w: float
    quality_retention_pct: float
    as_of: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningPrice:
    """What a managed service asks for tuning a model, or any model of a size bracket; NaN means unknown."""

    provider: str
    offered: str
    """Model or size bracket as the provider prints it."""
    model: str
    """Id of a model that only services have, such as gpt-4.1-mini; empty where catalog models are tuned."""
    open_models: tuple[str, ...]
    """Catalog ids of the models it is for; empty for a bracket, and for a model of the service's own."""
    above_params: float
    max_params: float
    """Parameters of a bracket: above_params < total <= max_params; NaN where it is for models by name."""
    aim: str
    """sft, dpo or rft."""
    method: str
    """lora or full; empty where the service does not disclose it."""
    usd_per_mtok: float
    """Price per million tokens trained, epochs counted; NaN where hours are billed."""
    usd_per_hour: float
    """Price per hour of training; NaN where tokens are billed."""
    validation_billed: bool
    """Whether tokens that are evaluated are billed as those that are trained."""
    minimum_usd: float
    storage_usd_per_month: float
    hosting_usd_per_hour: float
    """Of a deployment that serves the tuned model; 0 where serving is billed by token alone."""
    input_usd_per_mtok: float
    output_usd_per_mtok: float
    cached_input_usd_per_mtok: float
    base_input_usd_per_mtok: float
    """What the untuned model asks for the same; the tuned one over it is the uplift."""
    base_output_usd_per_mtok: float
    retired: bool
    as_of: str
    confidence: str
    source: str
    notes: str
