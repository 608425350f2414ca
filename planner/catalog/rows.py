"""The rows of the catalog: what is known about a model, a card, an offer, a provider, a score.

Every row has a `source`. NaN means unknown, never zero. Ids are lower-case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from planner.catalog.constants import Calibration
from planner.catalog.quoted import Discount, Quote, QuotedRun, Surcharge

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Architecture of a language model; widths in elements, counts in parameters."""

    id: str
    name: str
    hf_id: str
    family: str
    license: str
    params_total: int
    params_active: int
    """Parameters used per token (mixture of experts), embeddings counted."""
    n_layers: int
    hidden_size: int
    n_heads: int
    n_kv_heads: int
    head_dim: int
    ffn_hidden: int
    n_ffn_matrices: int
    """3 for a gated MLP, 2 for a plain one."""
    vocab_size: int
    tied_embeddings: bool
    max_context: int
    attention_bias: bool
    moe_experts: int
    """0 for a dense model."""
    moe_active: int
    moe_ffn_hidden: int
    moe_shared_experts: int
    norm_params_per_layer: int
    released: str
    """Year and month, `2024-07`."""
    decoder: bool
    """A causal decoder; encoders are off unless asked for."""
    source: str
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One accelerator: dense peaks, memory and links, and how much of them a training step reaches."""

    id: str
    name: str
    vendor: str
    arch: str
    mem_gib: float
    """Marketed capacity."""
    usable_gib: float
    """What a process can allocate before the driver refuses."""
    mem_bw_gb_s: float
    fp32_tflops: float
    fp16_tflops: float
    bf16_tflops: float
    fp8_tflops: float
    interconnect: str
    bridge: bool
    """NVLink exists only as a bridge between pairs, so an offer has it only if it says so."""
    nvlink_gb_s: float
    """Total bidirectional scale-up bandwidth."""
    pcie_gb_s: float
    tdp_w: float
    compute_capability: float
    """NVIDIA compute capability; NaN for other vendors."""
    release_year: int
    aliases: tuple[str, ...]
    source: str
    notes: str
    generation: str
    """Whose constants of the utilisation law apply: ampere, hopper, blackwell or other."""
    sustained: float
    """Large matrix products against the reference card of the generation, as shares of their dense peak."""
    attention: float
    """The same for attention kernels."""
    link_gb_s: float
    """Achieved one-way bandwidth per card for large collectives inside the node."""
    link_half_mb: float
    """Message size, in MB, at which half of `link_gb_s` is reached."""
    overlap: float
    """Share of the compute window that hides communication (omega of DOMAIN 2.6)."""
    utilisation_tag: str
    """Evidence tag of the utilisation row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Billing and start-up of one provider; blanks are filled from the row `default`."""

    id: str
    billing_granularity_s: float
    billing_minimum_s: float
    queue_s: float
    boot_s: float
    image_pull_s: float
    weights_gb_per_s: float
    max_run_hours: float
    """NaN: no limit known."""
    spot_notice_s: float
    preemption_per_hour: float
    preemption_known: bool
    """False when the rate is the default prior, not the provider's own."""
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A training stack: how fast it is against the law of DOMAIN 2.2, what it can do, what it does with memory."""

    id: str
    aliases: tuple[str, ...]
    """Other names that rows of runs use for it, or for what is built on it."""
    speed_prior: float
    """Multiplier on achieved speed before any measurement; `Calibration` has the one in use."""
    speed_sd: float
    """Spread of that on ln."""
    layer_overhead_us: float
    """Floor of a micro-batch: host-side time per layer, forward and backward."""
    methods: tuple[str, ...]
    """Methods it trains; one it does not name is taken like the one it is `like`."""
    checkpointing: tuple[str, ...]
    """Activation checkpointing modes it offers, of none, selective, full."""
    parallelism: tuple[str, ...]
    """Of single, ddp, zero1, zero2, fsdp, tp, pp, fsdp_offload."""
    attention: str
    """Kernels on Hopper and later: `current`, or `triton_2023`."""
    loss: str
    """How much is kept of the logits: `upcast`, `plain` or `parallel` (constants memory.logits.*)."""
    fused_loss: bool
    """Whether the loss is computed without materialising all logits by default."""
    adapter_bytes: float
    """Bytes per adapter weight and per gradient of one."""
    trained: str
    """How 16-bit weights are trained: `as_stored`, `master` or `sharded_fp32`."""
    traits: tuple[str, ...]
    """Of `training.TRAITS`."""
    tag: str
    source: str

    def has(self, trait: str) -> bool:
        """Whether it has a trait of `training.TRAITS`."""
        return trait in self.traits


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A fine-tuning method: what is trained, how the base is stored, and what it does to quality."""

    id: str
    trains: str
    """`all` parameters, a low-rank `adapter`, or the top `layers` alone."""
    base_precision: str
    """How frozen or trained base weights are stored: bf16, int8, nf4, fp32 master."""
    base_bytes: float
    """Bytes per linear weight of the layers; embeddings, head and norms stay 16-bit."""
    dequantise_bytes: float
    """Memory traffic per linear weight and pass to get 16-bit weights back; 0 where they are stored so."""
    kept_factor: float
    """Activations kept without full checkpointing, over those of LoRA on the same base."""
    spare_matrices: float
    """16-bit copies of the largest matrix that live for a moment: a de-quantised or a composed weight."""
    adapter_per_output: float
    """Adapter parameters per output of an adapted matrix, beside the low-rank pair (DoRA's magnitudes: 1)."""
    shards_base: bool
    """Whether frameworks can cut the stored base into shards (FSDP, ZeRO-3, tensor and pipeline parallel)."""
    like: str
    """Method whose rows of `stacks.yaml` apply where a stack has none for this one; itself for the first of a kind."""
    step_factor: float
    """Compute time over that of the method it is like."""
    quality_offset: float
    """Logit units against full fine-tuning, all linear layers adapted (DOMAIN 4.2)."""
    quality_sd: float
    attention_only_offset: float
    attention_only_sd: float
    options: tuple[str, ...]
    """Options a scenario may set for it."""
    summary: str
    tag: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """One line of the eligibility table: where a method runs on a stack."""

    vendor: str
    min_cc: float
    max_cc: float
    stack: str
    methods: tuple[str, ...]
    weight_precision: str
    compute_precision: str
    flash_attention: bool
    ok: bool
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A published benchmark score, in the benchmark's own points."""

    model: str
    """Catalog id, or empty when the catalog lacks the model."""
    printed_model: str
    benchmark: str
    points: float
    shots: str
    variant: str
    source: str
    standing: str = "published"
    """`published`, `unconfirmed` (from memory), `claim` (printed by another tool, low confidence) or `user-given`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """How a benchmark's points become q in 0..1, and which settings are comparable."""

    id: str
    chance: float
    ceiling: float
    items: int
    """Number of questions, for the standard error."""
    shots: tuple[str, ...]
    """Shot settings that are compared with each other, the first preferred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A kind of use and the benchmarks that stand for it, best first."""

    id: str
    benchmarks: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """All offers as columns of equal length, one row per instance, region and tier.

    Category columns are codes into the tuples of names. `spot` rows exist only where a spot price is known.
    """

    provider: Ints
    service: NDArray[np.str_]
    """`vm` for a plain machine, else the service it is rented through: sagemaker, vertex, azureml, spaces."""
    instance: NDArray[np.str_]
    gpu: Ints
    """Index into `Catalog.gpus`."""
    gpu_count: Ints
    memory_gib: Floats
    """Host memory; NaN unknown."""
    vcpus: Floats
    region: NDArray[np.str_]
    spot: Bools
    price_usd_per_hour: Floats
    spot_twin_usd_per_hour: Floats
    """Spot price of the same machine, provider and region, where the scenario's filters let it in; NaN elsewhere, and
    in the catalog itself."""
    as_of: NDArray[np.str_]
    age_months: Floats
    """Age at the catalog's date; a partial date counts as its earliest day."""
    marketplace: Bools
    retired: Bools
    confidence: NDArray[np.str_]
    """high, medium, low or quoted (printed by another tool, 2024): of the price that applies to the tier."""
    derived_spot: Bools
    """The spot price was derived from a saving, not listed."""
    granularity_s: Floats
    minimum_s: Floats
    queue_s: Floats
    boot_s: Floats
    image_pull_s: Floats
    weights_gb_per_s: Floats
    max_run_hours: Floats
    preemption_per_hour: Floats
    preemption_cv: Floats
    """Coefficient of variation of that rate after a user's own history; NaN without one."""
    storage_usd_per_gb_month: Floats
    storage_known: Bools
    egress_usd_per_gb: Floats
    egress_known: Bools
    country: NDArray[np.str_]
    """ISO 3166-1 alpha-2 code of the region; empty where unknown."""
    availability: Floats
    """Share of the time that capacity was to be had, as quoted; NaN unknown."""
    grid_kg_per_kwh: Floats
    pue: Floats
    carbon_known: Bools
    providers: tuple[str, ...]

    def __len__(self) -> int:
        """Number of offers."""
        return len(self.provider)

    def take(self, rows: Ints | Bools) -> "Offers":
        """The offers of these rows, in this order."""
        columns = {name: getattr(self, name)[rows] for name in self.__dataclass_fields__ if name != "providers"}
        return Offers(**columns, providers=self.providers)

    def and_also(self, *others: "Offers") -> "Offers":
        """These offers, then others of the same providers."""
        names = [name for name in self.__dataclass_fields__ if name != "providers"]
        columns = {name: np.concatenate([getattr(part, name) for part in (self, *others)]) for name in names}
        return Offers(**columns, providers=self.providers)


PLAIN = "vm"
"""The service of an offer that is just a machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Everything the planner knows, as of one date."""

    as_of: str
    digest: str
    """sha256 over the bytes of all catalog files, so that a plan can name what it rests on."""
    models: tuple[Model, ...]
    gpus: tuple[Gpu, ...]
    offers: Offers
    providers: tuple[Provider, ...]
    stacks: tuple[Stack, ...]
    methods: tuple[Method, ...]
    support: tuple[Support, ...]
    calibration: Calibration
    """Constants of the formulas, and the bands of what is made with them."""
    scores: tuple[Score, ...]
    benchmarks: tuple[Benchmark, ...]
    tasks: tuple[Task, ...]
    unpriced_spot: dict[str, int]
    """Instances without a known spot price, by provider."""
    sources: tuple[tuple[str, str, str], ...]
    """What, source, as of: for the plan's list of sources."""
    claims: tuple[Score, ...] = ()
    """Scores printed by another tool; in use only where a scenario allows it and nothing better exists."""
    quotes: tuple[Quote, ...] = ()
    quoted_runs: tuple[QuotedRun, ...] = ()
    surcharges: tuple[Surcharge, ...] = ()
    discounts: tuple[Discount, ...] = ()
    country_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names such as EU, and the country codes they stand for."""
    user_models: Mapping[str, str] = field(default_factory=dict)
    """Models that a scenario brought along, and where they are described."""
