"""The types of a plan: what kinds fill in, what plan.json holds, and all that reports, gates and exports read.

A figure is a plain number with its unit in its name; ``_lo`` and ``_hi`` bound its central 90 % band and
``_label`` says how far to trust it. ``null`` means unknown, never zero.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Figure = float | None


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, ser_json_inf_nan="null")


class Hardware(_Frozen):
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


class Offer(_Frozen):
    """Who rents the machine out, and at what price."""

    provider: str
    instance: str
    region: str
    tier: Literal["on_demand", "spot"]
    price_usd_per_hour: Figure
    """Price of the whole instance."""
    as_of: str
    price_confidence: str
    service: str = ""
    """Managed service it is rented through; empty for a plain machine."""
    country: str = ""
    """Country of the region, as a two-letter code; empty where unknown."""
    also_in: list[str] = Field(default_factory=list)
    """Provider and region of other offers of this machine that tie on cost and time."""
    host_memory_gib: Figure = None
    """Memory of the host; null where nobody says, so that only a default check of it was possible."""
    preemption_per_hour: Figure
    preemption_break_even_per_hour: Figure
    """Preemption rate at which this spot offer would cost as much as the same machine on demand."""

    @property
    def seller(self) -> str:
        """Provider, and the managed service where it is rented through one."""
        return f"{self.provider} {self.service}".rstrip()


class Memory(_Frozen):
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


class CostParts(_Frozen):
    """Where the money goes, in USD; the first four add up to `cost_usd`."""

    compute: Figure
    storage: Figure
    egress: Figure
    reruns: Figure
    labour: Figure = None
    """Engineering time, only when the scenario prices it; never inside `cost_usd`."""
    management: Figure = None
    """Management, as a share of `cost_usd` and labour, only when the scenario asks for it; never inside `cost_usd`."""


class HourParts(_Frozen):
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


class Work(_Frozen):
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


class Configuration(_Frozen):
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


class Search(_Frozen):
    """How the space was searched."""

    strategy: str
    covered: int
    """Combinations of model, method, axes, machine and offer that the scenario allows."""
    evaluated: int
    pruned: int
    pruned_by: dict[str, int] = Field(default_factory=dict)
    exact: bool = True
    """Whether the front is proven to be that of the whole space; never with a continuous axis."""
    sampler: str | None = None
    """Sampler of continuous spaces, with the seed that repeats it."""
    seed: int | None = None
    sampled: int = 0
    """Points off the grid that were evaluated by the sampler; part of `evaluated`."""
    polished: int = 0
    """The same by the polish."""
    hypervolume: Figure = None
    """Share of the box between `ideal` and `nadir` that the front dominates."""
    hypervolume_of_grid: Figure = None
    """The same of the coarse grid's front, in the same box: what sampling and polish added to."""
    ideal: list[Figure] = Field(default_factory=list)
    """Best value of each objective on the front, in their order."""
    nadir: list[Figure] = Field(default_factory=list)
    """Worst value of each objective on the front."""


class Removal(_Frozen):
    """Offers or models that were left out before the search."""

    what: str
    count: int
    turn_off: str = ""
    """What to write in the scenario to have them in; empty where nothing can."""


class Constraint(_Frozen):
    """A limit of the scenario and what it cut."""

    name: str
    limit: float
    unit: str
    text: str
    """The limit as a person writes it."""
    cuts: int
    """Combinations that break it."""
    cuts_alone: int
    """Combinations that break it and nothing else."""


class Relaxation(_Frozen):
    """The smallest change of one constraint, or of one closed choice, that makes something feasible."""

    constraint: str
    limit: Figure
    """The number that is to change; null where a choice is to be opened instead."""
    needed: Figure
    unit: str
    change: Figure
    """Relative change of the limit."""
    text: str


class Assumption(_Frozen):
    """Something the scenario left open and the planner filled in."""

    key: str
    value: str
    tag: str
    """Evidence: C read in a source, R recomputed, M from memory, E engineering prior, U the user's own."""
    note: str


class Source(_Frozen):
    """Where facts in this plan come from."""

    what: str
    source: str
    as_of: str


class Reference(_Frozen):
    """The scenario as it was read."""

    path: str
    digest: str
    """SHA-256 of the file; of several files and changes, of their digests in order."""
    extends: list[str] = Field(default_factory=list)
    """Files it builds on, in the order in which they count."""
    changes: list[str] = Field(default_factory=list)
    """What the command line laid on it: `--override cheap`, `--set train.epochs=2`."""


class CatalogReference(_Frozen):
    """The catalog snapshot the plan rests on."""

    as_of: str
    digest: str


class PlannerReference(_Frozen):
    """The planner that made the plan."""

    version: str


class Metadata(_Frozen):
    """Who and what the scenario is for."""

    name: str
    team: str | None = None
    owner: str | None = None
    cost_centre: str | None = None
    labels: dict[str, str] = Field(default_factory=dict)


class DecisionNote(_Frozen):
    """Why a configuration was chosen, and what is too close to call."""

    text: str
    rule: str = ""
    """The rule alone, without the configuration that it chose."""
    within_noise: list[str] = Field(default_factory=list)
    """Ids of front points that the bands cannot tell from this one on the objective that decides."""


class Pairing(_Frozen):
    """How likely one decision beats another on each objective, shared errors cancelled."""

    a: str
    b: str
    probability: dict[str, Figure]


class ScalingPoint(_Frozen):
    """A decision on another number of GPUs: same recipe, card, provider and tier, the cheapest region of that count."""

    decision: str
    gpu: str
    count: int
    provider: str
    region: str
    cost_usd: Figure
    hours: Figure
    memory_gib: Figure
    """Of the fullest GPU; null where nothing fits."""
    feasible: bool
    reason: str
    """What stops it, or the limit that it breaks; empty where it is feasible."""


class Claim(_Frozen):
    """A figure that another tool claims for a job, and our estimate of that job; quoted, never used to calibrate."""

    job: str
    provider: str
    figure: str
    unit: str
    claim: float
    ours: Figure
    ratio: Figure
    """Ours over the claim."""
    note: str
    source: str
    as_of: str


class Plan(_Frozen):
    """A whole plan: the one document that everything downstream reads."""

    api_version: Literal["planner/v1"]
    kind: str
    metadata: Metadata
    scenario: Reference
    catalog: CatalogReference
    planner: PlannerReference
    search: Search
    objectives: list[str]
    front: list[Configuration]
    """Every undominated configuration, cheapest first."""
    beside: list[Configuration]
    """Best configurations among those with an unknown objective."""
    decisions: dict[str, str]
    """`cheapest`, `fastest`, `best`, `knee`: the id of a front point."""
    decision_notes: dict[str, DecisionNote]
    pairings: list[Pairing]
    scaling: list[ScalingPoint] = Field(default_factory=list)
    """How cost and time of each decision change with the number of GPUs, where the provider offers several."""
    reference: list[Claim] = Field(default_factory=list)
    """Claims of another tool about jobs of a method and size that the scenario considers; empty where it has none."""
    reference_assumed: str = ""
    """What our estimates of those jobs fill in where the claims are silent."""
    feasible: int
    """Combinations that nothing stops and no limit cuts, with every objective known."""
    unknown: int = 0
    """The same with an unknown objective; covered = feasible + unknown + all of `infeasible`."""
    infeasible: dict[str, int]
    """Why combinations were cut, by the first reason met."""
    constraints: list[Constraint]
    removed: list[Removal]
    """What was left out before the search, and how to have it in."""
    unpriced_spot: dict[str, int] = Field(default_factory=dict)
    """Offers in play on demand for which no spot price is known, by provider."""
    inactive_axes: list[str]
    """Axes that move no quality estimate, so that their cheapest value wins by construction."""
    relaxations: list[Relaxation]
    assumptions: list[Assumption]
    warnings: list[str]
    sources: list[Source]
    cloud: list[list[Figure]] = Field(default_factory=list)
    """A fixed-size sample of dominated feasible combinations, for charts: values of the objectives in order."""

    def configuration(self, id_: str) -> Configuration | None:
        """The front or beside configuration with this id (or a unique prefix of it)."""
        found = [c for c in (*self.front, *self.beside) if c.id.startswith(id_)]
        return found[0] if len(found) == 1 else None
