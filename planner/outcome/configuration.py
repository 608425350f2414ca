"""One configuration with its estimates: what a plan lists, and what reports and exports read."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from planner.scenario.tiers import Tier

Figure = float | None
"""A number with its unit in its name; None is unknown, never zero."""


class Frozen(BaseModel):
    """What all types of a plan are: frozen, closed, described by their docstrings."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, ser_json_inf_nan="null")


class Hardware(Frozen):
    """The machine a configuration runs on and how the model is spread over it."""

    gpu: str
    count: int
    """GPUs in one node."""
    nodes: int
    parallelism: str
    """`single`, `ddp`, `zero1`, `zero2`, `fsdp` (ZeRO-3), `tp`, `pp` or `fsdp_offload`."""
    memory_per_gpu_gib: float
    """Memory a process can really use on one card, not the marketed capacity."""


BELIEVABLE_PER_HOUR = 3.0
"""No public trace loses machines more often: 1.4 per hour at most (DOMAIN 5.3)."""


class Commitment(Frozen):
    """What a commitment of years costs, and how much of it has to be used."""

    usd_per_committed_hour: float
    """Price of the whole instance for every hour of the term, used or not."""
    utilisation: float
    """Share of the committed hours that is used, as the scenario says."""
    on_demand_usd_per_hour: Figure
    """Price of the same machine in the same region on demand; null where it is not offered so."""
    break_even_utilisation: Figure
    """Share above which the commitment is cheaper than that: 1 less the discount, or more where the machine on demand
    gets cheaper the more of a month it runs, or over the week; above 1 never."""
    derived: bool
    """Whether the price comes from a typical discount, not from a price list."""


class TimedPrice(Frozen):
    """A price that depends on when the run is, and what the start makes of it."""

    plan: str
    """The rates, in words."""
    source: str
    """Who says so."""
    start: str
    """When machines start to be billed: the scenario's `hardware.start`, or the best start for this offer; empty where
    the cost is the mean over all starts."""
    taken: Literal["mean", "best", "given"]
    """What the cost is of: the mean over all starts where the scenario names none, the best start where it asks for
    that, else the start it gives."""
    billed_hours: float
    """Hours on the bill of one run, over all machines of a shared one."""
    share_off: Figure
    """What the rates take off the compute cost at the price of the offer; negative where they add to it."""
    best_start: str
    best_cost_usd: Figure
    """`cost_usd` from the best start."""
    worst_start: str
    worst_cost_usd: Figure
    """`cost_usd` from the worst start."""


class Offer(Frozen):
    """Who rents the machine out, and at what price."""

    provider: str
    instance: str
    region: str
    tier: Tier
    price_usd_per_hour: Figure
    """Price of the whole instance; of a commitment, per hour of use; before `timed`."""
    timed: TimedPrice | None = Field(default=None, exclude_if=lambda found: found is None)
    """What rates that depend on the time do to the price; left out where they change nothing, from whatever start."""
    commitment: Commitment | None = None
    """What is committed to; null on demand and for spot."""
    as_of: str
    price_confidence: str
    private: str = ""
    """How a price of your own came about, and who says so; empty where it is the list's."""
    service: str = ""
    """Managed service it is rented through; empty for a plain machine."""
    country: str = ""
    """Country of the region, as a two-letter code; empty where unknown."""
    spot_twin_usd_per_hour: Figure = None
    """Price of the spot machine that goes first where the run is shared; null where it is not."""
    also_in: list[str] = Field(default_factory=list)
    """Provider and region of other offers of this machine that tie on cost and time."""
    host_memory_gib: Figure = None
    """Memory of the host; null where nobody says, so that only a default check of it was possible."""
    preemption_per_hour: Figure
    preemption_break_even_per_hour: Figure
    """Preemption rate at which this spot offer would cost as much as the same machine on demand."""
    preemption_wait_hours: Figure = None
    """Mean wait for another machine after a preemption; null on demand."""
    preemption_source: str = ""
    """Where rate and wait come from, and how sure they are; empty on demand."""

    @property
    def seller(self) -> str:
        """Provider, and the managed service where it is rented through one."""
        return f"{self.provider} {self.service}".rstrip()


class Memory(Frozen):
    """Peak memory on the fullest GPU, in GiB, term by term (the terms add up to `total`)."""

    total: float
    """What must fit: allocated by PyTorch, plus the CUDA context and communication buffers."""
    total_lo: float
    total_hi: float
    label: str
    metric: str
    """Which memory is meant."""
    phase: str
    """The phase that sets the peak: `backward` or `optimizer step`."""
    usable: float
    weights: float
    adapters: float
    gradients: float
    optimizer: float
    activations: float
    logits: float
    temporary: float
    """De-quantised or gathered layers, and the optimizer's copies."""
    context: float
    """CUDA context and communication buffers."""
    reserved: Figure = None
    """What `torch.cuda.max_memory_reserved` would show: allocated, and what the allocator keeps as cache or loses to
    fragmentation; not needed to run, and given back near the card's limit."""
    nvidia_smi: Figure = None
    """What `nvidia-smi` would show: `reserved` and the CUDA context; medians of published runs (MEMORY.md 4.9)."""


class CostParts(Frozen):
    """Where the money goes, in USD; the first four add up to `cost_usd`."""

    compute: Figure
    storage: Figure
    egress: Figure
    reruns: Figure
    labour: Figure = None
    """Engineering time, only when the scenario prices it; never inside `cost_usd`."""
    management: Figure = None
    """Management, as a share of `cost_usd` and labour, only when the scenario asks for it; never inside `cost_usd`."""
    tax: Figure = None
    """Tax on `cost_usd`, only when the scenario names one; never inside `cost_usd`."""


class HourParts(Frozen):
    """Where the wall-clock time goes, in hours; the parts add up to `hours`."""

    queue: float
    boot: float
    image: float
    weights: float
    data: float
    warmup: float
    train: float
    evaluate: float
    checkpoints: float
    preemption: float
    upload: float


class Work(Frozen):
    """What the training run does, and how fast."""

    steps: float
    tokens: float
    """Tokens processed, padding included."""
    useful_tokens: float
    cut_sample_share: float = 0.0
    """Share of the samples that are longer than the cap and lose their end, often the answer."""
    lost_token_share: float = 0.0
    """Share of the data's tokens that truncation drops."""
    tokens_per_micro_batch: float
    flops_per_token: float
    step_s: float
    tokens_per_s_per_gpu: float
    hfu: float
    """Hardware FLOP/s utilisation: executed FLOPs, full-attention convention, over the dense peak."""
    mfu: float
    """Model FLOP/s utilisation: recomputation not counted."""
    step_parts_s: dict[str, float]
    """Seconds of one optimizer step by cause: matmul, attention, dequantise, communication, optimizer."""


class Configuration(Frozen):
    """One combination of model, method, settings, machine and offer, with its estimates."""

    id: str
    """Prefix of the hash of the canonical configuration."""
    model: str
    method: dict[str, Any]
    """`name` and the options that apply."""
    stack: str
    train: dict[str, Any]
    """Settings in force, the axes among them, and the inner choices (micro_batch, grad_accum, checkpointing)."""
    axes: dict[str, Any]
    """Value of each axis of the scenario, by its dotted path; null where it does not apply."""
    hardware: Hardware
    offer: Offer
    cost_usd: Figure
    cost_usd_lo: Figure
    cost_usd_hi: Figure
    cost_usd_label: str
    hours: Figure
    hours_lo: Figure
    hours_hi: Figure
    hours_label: str
    quality: Figure
    quality_lo: Figure
    quality_hi: Figure
    quality_label: str
    carbon_kg: Figure
    carbon_kg_lo: Figure
    carbon_kg_hi: Figure
    carbon_kg_label: str
    memory_gib: Memory
    cost_parts: CostParts
    hour_parts: HourParts
    work: Work
    quality_parts: dict[str, Figure]
    """Terms of the quality prior, in logits (DOMAIN 4.2)."""
    unknown: list[str] = Field(default_factory=list)
    """Objectives that are unknown, each with the reason."""
