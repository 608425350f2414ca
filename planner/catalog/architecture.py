"""Parameter counts of every model by part (DOMAIN 1.1), as columns for the formulas."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Bools, Floats, Model

LATENT_ATTENTION = ("deepseek_v2", "deepseek_v3")
"""Families with multi-head latent attention, whose projections the columns do not describe."""


@dataclass(frozen=True, slots=True)
class Architectures:
    """Columns over `Catalog.models`; widths in elements, counts in parameters."""

    params_total: Floats
    p_mm: Floats
    """All linear weights including the output head, without embedding look-up and norms; all experts."""
    p_mm_active: Floats
    """The same, with the experts that one token uses."""
    p_embedding: Floats
    """One V*h matrix: the input embedding, which a tied head shares."""
    p_linear: Floats
    """Linear weights inside the layers, which is what NF4 quantises: p_mm without the head."""
    n_layers: Floats
    hidden: Floats
    hq: Floats
    """Width of all query heads together."""
    hkv: Floats
    """Width of all key heads together."""
    n_heads: Floats
    ffn: Floats
    """Width of the MLP that one token uses: all its active and shared experts together."""
    n_ffn_matrices: Floats
    vocab: Floats
    max_context: Floats
    tied: Bools
    experts: Floats
    """MLP blocks per layer that all-linear adapters cover: 1, or all routed and shared experts."""
    expert_ffn: Floats
    """Width of one of them."""

    @property
    def p_expert(self) -> Floats:
        """Linear weights that are experts, shared ones included; 0 for a dense model."""
        block = self.n_ffn_matrices * self.hidden * self.expert_ffn
        return np.where(self.experts > 1, self.n_layers * self.experts * block, 0.0)

    @property
    def token_share(self) -> Floats:
        """Share of a micro-batch's tokens that one expert sees; 1 for a dense model."""
        return self.ffn / (self.experts * self.expert_ffn)

    @property
    def product_width(self) -> Floats:
        """Width of the matrix products that take most of the time: the model's, or a narrower expert's."""
        return np.where(self.experts > 1, np.minimum(self.hidden, self.expert_ffn), self.hidden)

    def lora_coefficient(self, targets: str) -> Floats:
        """Sum of d_in + d_out over adapted matrices and layers: adapter parameters per unit of rank.

        `targets` is `all-linear` (attention and MLP, no head or router; all experts of a mix), `attention`
        (q, k, v, o), `attention-fused` (one fused qkv matrix and o, as in MLPerf's LoRA task) or `qv`. Latent
        attention is counted as if its projections were plain, which overstates its part by about a quarter.
        """
        q, kv, out = self.hidden + self.hq, self.hidden + self.hkv, self.hq + self.hidden
        mlp = self.experts * self.n_ffn_matrices * (self.hidden + self.expert_ffn)
        by_target = {
            "all-linear": q + 2.0 * kv + out + mlp,
            "attention": q + 2.0 * kv + out,
            "attention-fused": self.hidden + self.hq + 2.0 * self.hkv + out,
            "qv": q + kv,
        }
        return self.n_layers * by_target[targets]

    def adapted_outputs(self, targets: str) -> Floats:
        """Sum of d_out over adapted matrices and layers: DoRA's magnitudes (DOMAIN 1.1); `targets` as above."""
        attention = self.hq + 2.0 * self.hkv + self.hidden
        mlp = self.experts * ((self.n_ffn_matrices - 1.0) * self.expert_ffn + self.hidden)
        by_target = {"all-linear": attention + mlp, "attention": attention, "attention-fused": attention}
        return self.n_layers * by_target.get(targets, self.hq + self.hkv)


def unlike_llama(model: Model) -> str:
    """Why a model is no dense causal decoder with plain attention; empty where it is one."""
    if not model.decoder:
        return "it is no causal decoder"
    if model.moe_experts:
        return "it is a mixture of experts"
    return "its attention is latent" if model.family in LATENT_ATTENTION else ""


def build_architectures(models: Iterable[Model]) -> Architectures:
    """Columns over these models, in their order."""
    rows = tuple(models)

    def column(name: str) -> Floats:
        return np.array([getattr(model, name) for model in rows], np.float64)

    hidden, layers, vocab = column("hidden_size"), column("n_layers"), column("vocab_size")
    hq = column("n_heads") * column("head_dim")
    hkv = column("n_kv_heads") * column("head_dim")
    matrices, experts = column("n_ffn_matrices"), column("moe_experts")
    mixture = experts > 0
    expert_ffn = np.where(mixture, column("moe_ffn_hidden"), column("ffn_hidden"))
    shared = column("moe_shared_experts")
    blocks = np.where(mixture, experts + shared, 1.0)
    used = np.where(mixture, column("moe_active") + shared, 1.0)

    attention = 2.0 * hidden * hq + 2.0 * hidden * hkv
    block = matrices * hidden * expert_ffn
    router = hidden * experts
    inside = layers * (attention + blocks * block + router)
    latent = np.array([model.family in LATENT_ATTENTION for model in rows], bool)
    # An embedding narrower than the layers (OPT-350M) is what the total leaves beside them.
    embedding = np.minimum(vocab * hidden, np.where(latent, np.inf, column("params_total") - inside))
    p_mm = inside + embedding
    p_mm_active = layers * (attention + used * block + router) + embedding

    tied = np.array([model.tied_embeddings for model in rows], bool)
    beside = layers * column("norm_params_per_layer") + hidden + np.where(tied, 0.0, embedding)
    p_mm = np.where(latent, column("params_total") - beside, p_mm)
    p_mm_active = np.where(latent, column("params_active") - beside, p_mm_active)
    return Architectures(
        params_total=column("params_total"),
        p_mm=p_mm,
        p_mm_active=p_mm_active,
        p_embedding=embedding,
        p_linear=p_mm - embedding,
        n_layers=layers,
        hidden=hidden,
        hq=hq,
        hkv=hkv,
        n_heads=column("n_heads"),
        ffn=used * expert_ffn,
        n_ffn_matrices=matrices,
        vocab=vocab,
        max_context=column("max_context"),
        tied=tied,
        experts=blocks,
        expert_ffn=expert_ffn,
    )
