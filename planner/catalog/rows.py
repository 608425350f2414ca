"""The rows of the catalog: what is known about a model, a card, an offer, a provider, a score.

Every row has a `source`. NaN means unknown, never zero. Ids are lower-case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.catalog.api_models import ApiModel
from planner.catalog.constants import Calibration
from planner.catalog.engines import Engine, EngineSupport
from planner.catalog.exchange import Rate
from planner.catalog.preemption import SpotRate
from planner.catalog.private import OfferKey, Own
from planner.catalog.quoted import Discount, Quote, QuotedRun, Surcharge, TuningPrice
from planner.catalog.stacks import Method, Stack, Support
from planner.catalog.terms import AS_LISTED, Terms
from planner.resources import CATALOG_DATA

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
    fp4_tflops: float
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
    """C, R, M or E as elsewhere; U is a user's own."""


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
    term: NDArray[np.str_]
    """What one commits to: reserved_1y, reserved_3y, savings_1y or savings_3y; empty on demand and for spot."""
    derived_term: Bools
    """The committed price was derived from a discount, not listed; in the catalog itself none is."""
    committed_usd_per_hour: Floats
    """What a committed hour costs, used or not; NaN where nothing is committed to."""
    price_usd_per_hour: Floats
    """What an hour of use costs; of a commitment that is used in part, what is paid for it per hour of use."""
    spot_twin_usd_per_hour: Floats
    """Spot price of the same machine, provider and region, where the scenario's filters let it in; NaN elsewhere, and
    in the catalog itself."""
    rate: Ints
    """Index into `terms.rates`; `rate_plans.FLAT` where an hour costs the same at all times."""
    spot_twin_rate: Ints
    """The same of the spot twin, where there is one."""
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
    """Coefficient of variation of that rate, from `spot_rates.csv` or a user's own history; NaN without either."""
    wait_hours: Floats
    """Mean wait for another spot machine."""
    spot_rate: Ints
    """Index into `Catalog.spot_rates`; -1 where none of them is true of it."""
    storage_usd_per_gb_month: Floats
    storage_known: Bools
    egress_usd_per_gb: Floats
    """(offers, tiers) USD per GB sent to the internet from `terms.egress_from_gb` on; what is given away aside."""
    egress_free_gb: Floats
    """GB of a month that are given away, if the job finds them unused (`terms.egress_sent_gb`)."""
    egress_known: Bools
    country: NDArray[np.str_]
    """ISO 3166-1 alpha-2 code of the region; empty where unknown."""
    availability: Floats
    """Share of the time that capacity was to be had, as quoted; NaN unknown."""
    grid_kg_per_kwh: Floats
    pue: Floats
    carbon_known: Bools
    providers: tuple[str, ...]
    terms: Terms = AS_LISTED

    def __len__(self) -> int:
        """Number of offers."""
        return len(self.provider)

    @property
    def tier(self) -> NDArray[np.str_]:
        """Way to rent, one of `prices.row.TIERS`."""
        return np.where(self.term != "", self.term, np.where(self.spot, "spot", "on_demand"))

    def identities(self) -> list[OfferKey]:
        """What makes each offer the same offer as another."""
        ids = np.array(self.providers, np.str_)[self.provider]
        columns = (ids, self.service, self.instance, self.region, self.tier)
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def take(self, rows: Ints | Bools) -> "Offers":
        """The offers of these rows, in this order."""
        columns = {name: getattr(self, name)[rows] for name in self.columns()}
        return Offers(**columns, providers=self.providers, terms=self.terms)

    def and_also(self, *others: "Offers") -> "Offers":
        """These offers, then others of the same providers."""
        columns = {name: np.concatenate([getattr(part, name) for part in (self, *others)]) for name in self.columns()}
        return Offers(**columns, providers=self.providers, terms=self.terms)

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Names of what has one row per offer."""
        return tuple(name for name in cls.__dataclass_fields__ if name not in ("providers", "terms"))


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
    spot_rates: tuple[SpotRate, ...] = ()
    """What is known of preemptions, by provider, region and card."""
    tuning_prices: tuple[TuningPrice, ...] = ()
    """Managed fine-tuning services; no machine of anybody's is rented there."""
    engines: tuple[Engine, ...] = ()
    """Serving engines by generation."""
    engine_support: tuple[EngineSupport, ...] = ()
    """Which precision they serve on which card."""
    apis: tuple[ApiModel, ...] = ()
    """Models that are served behind an API, one row per provider."""
    discounts: tuple[Discount, ...] = ()
    country_groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names such as EU, and the country codes they stand for."""
    user_models: Mapping[str, str] = field(default_factory=dict)
    """Models that a scenario brought along, and where they are described."""
    currencies: Mapping[str, Rate] = field(default_factory=dict)
    """Currencies in which amounts may be written, by code."""
    own: Own = field(default_factory=Own)
    """What overlays of a user brought along."""
    directory: Path = CATALOG_DATA
    """Where its files lie."""
    doubts: tuple[str, ...] = ()
    """What in a snapshot of prices is hardly so, by file and line; it counts."""
