"""One training step to measure: an architecture of the catalog and the settings, as plain numbers and words."""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from planner.catalog.architecture import unlike_llama
from planner.catalog.rows import Model

METHODS: Final = ("full", "lora", "qlora")
CHECKPOINTING: Final = ("none", "selective", "full")
LOSS_KERNELS: Final = ("standard", "fused")
OPTIMIZERS: Final = ("adamw_fused", "adamw_foreach")
PRECISIONS: Final = ("bf16_mixed", "bf16_pure")
TARGETS: Final = ("all-linear", "attention", "qv")
QUANTISERS: Final = ("own", "bitsandbytes")

ADAPTED: Final = {
    "all-linear": frozenset({"q", "k", "v", "o", "gate", "up", "down"}),
    "attention": frozenset({"q", "k", "v", "o"}),
    "qv": frozenset({"q", "v"}),
}
"""Matrices of a layer that carry an adapter, by what the planner calls the targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A dense causal decoder; widths in elements."""

    model: str
    n_layers: int
    n_layers_of_model: int
    """More than `n_layers` where the model is cut."""
    hidden: int
    n_heads: int
    n_kv_heads: int
    head_dim: int
    ffn: int
    gated: bool
    vocab: int
    tied: bool
    attention_bias: bool

    @property
    def label(self) -> str:
        """The model's name, and how much of it is left."""
        cut = self.n_layers < self.n_layers_of_model
        return f"{self.model} ({self.n_layers} of {self.n_layers_of_model} layers)" if cut else self.model

    @property
    def parameters(self) -> int:
        """Parameters of the model as it is built here."""
        wide, narrow = self.n_heads * self.head_dim, self.n_kv_heads * self.head_dim
        attention = 2 * self.hidden * wide + 2 * self.hidden * narrow
        attention += (wide + 2 * narrow) * self.attention_bias
        mlp = (3 if self.gated else 2) * self.hidden * self.ffn
        embeddings = self.vocab * self.hidden * (1 if self.tied else 2)
        return embeddings + self.n_layers * (attention + mlp + 2 * self.hidden) + self.hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One architecture, trained in one way."""

    architecture: Architecture
    method: str
    rank: int
    targets: str
    precision: str
    """`bf16_mixed`: trained weights in fp32 under autocast; `bf16_pure`: everything in bf16."""
    quantiser: str
    seq_len: int
    micro_batch: int
    grad_accum: int
    checkpointing: str
    loss_kernel: str
    optimizer: str
    warm_up: int
    steps: int
    device: Literal["cuda", "cpu"]

    @property
    def tokens(self) -> int:
        """Tokens of one micro-batch; every sequence is full."""
        return self.seq_len * self.micro_batch

    @property
    def told(self) -> str:
        """The case in one line."""
        words = [
            self.architecture.label, self.method, f"{self.seq_len} tokens", f"micro-batch {self.micro_batch}",
            f"checkpointing {self.checkpointing}", f"{self.loss_kernel} loss",
        ]  # fmt: skip
        return ", ".join(words)

    def as_json(self) -> str:
        """For the worker's standard input."""
        return json.dumps(asdict(self))


def case_from_json(text: str) -> Case:
    """What `Case.as_json` wrote."""
    fields: dict[str, Any] = json.loads(text)
    return Case(**fields | {"architecture": Architecture(**fields["architecture"])})


def architecture_of(model: Model) -> Architecture:
    """A model of the catalog; ValueError where its blocks are not the ones that are built here."""
    if why := unlike_llama(model):
        message = f"{model.id} cannot be measured: {why}"
        raise ValueError(message)
    return Architecture(
        model=model.name,
        n_layers=model.n_layers,
        n_layers_of_model=model.n_layers,
        hidden=model.hidden_size,
        n_heads=model.n_heads,
        n_kv_heads=model.n_kv_heads,
        head_dim=model.head_dim,
        ffn=model.ffn_hidden,
        gated=model.n_ffn_matrices == 3,
        vocab=model.vocab_size,
        tied=model.tied_embeddings,
        attention_bias=model.attention_bias,
    )


def depth(written: str, layers: int) -> int:
    """Layers that `--layers` asks for: a number of them, or a share such as `25%`; ValueError where it is neither."""
    try:
        wanted = float(written[:-1]) / 100 * layers if written.endswith("%") else int(written)
    except ValueError:
        wanted = 0
    if not 0 < wanted <= layers:
        message = f"layers {written!r}: expected a number from 1 to {layers}, or a share such as 25%"
        raise ValueError(message)
    return max(1, round(wanted))


def grid(first: Case, depths: Sequence[int], **alternatives: Sequence[Any]) -> Iterator[Case]:
    """Every combination of the alternatives laid on `first`, small ones first so that a budget buys most of them."""
    combinations = [
        dict(zip(alternatives, values, strict=True)) for values in itertools.product(*alternatives.values())
    ]
    cases = [
        replace(first, architecture=replace(first.architecture, n_layers=layers), **settings)
        for layers in depths
        for settings in combinations
    ]
    yield from sorted(cases, key=lambda case: case.tokens * case.architecture.n_layers)


def cannot_fit(case: Case, refused: Sequence[Case]) -> bool:
    """Whether a case that ran out of memory had no more tokens and was the same otherwise."""

    def rest(of: Case) -> Case:
        return replace(of, seq_len=0, micro_batch=0)

    return any(
        rest(small) == rest(case) and small.seq_len <= case.seq_len and small.micro_batch <= case.micro_batch
        for small in refused
    )
