"""What trains: stacks, methods, and where which of them runs. NaN means unknown."""

from dataclasses import dataclass


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
