"""Training compute per token (DOMAIN 1.2). One multiply-add is two FLOPs."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints

NONE, SELECTIVE, FULL = 0, 1, 2
"""Activation checkpointing: keep all, recompute attention only, recompute every layer."""


def attention_forward_flops(s_eff: Floats, hq: Floats, n_layers: Floats, *, causal: bool) -> Floats:
    """FLOPs per token of attention scores and values over all layers, forward (DOMAIN 1.2).

    `s_eff` is the length a token attends over, hq the width of all query heads. A causal mask halves the work;
    the utilisation law of DOMAIN 2.2 counts the full convention.
    """
    return (2.0 if causal else 4.0) * s_eff * hq * n_layers


@dataclass(frozen=True, slots=True)
class TrainingFlops:
    """FLOPs per token of one training step by part; `executed` includes recomputation, `model` does not."""

    matmul: Floats
    attention: Floats
    model: Floats

    @property
    def executed(self) -> Floats:
        """All FLOPs the card executes per token."""
        return self.matmul + self.attention


def training_flops(
    p_mm: Floats,
    attention: Floats,
    p_lora: Floats,
    trains_weights: Bools,
    checkpointing: Ints,
    reach: Floats | float = 1.0,
    p_head: Floats | float = 0.0,
) -> TrainingFlops:
    """FLOPs per token of forward, backward and recomputation (DOMAIN 1.2).

    Forward costs 2, the input gradient 2 and the weight gradient 2 FLOPs per parameter; frozen weights skip the
    last. Attention has no weights, so its backward is always twice its forward. `attention` is its forward.
    `reach` is the share of the layers, from the top, that are trained: backward and recomputation go through those
    and the head alone, and below 1 the head itself stays frozen.
    """
    inside = reach * (p_mm - p_head)
    full, attended = checkpointing == FULL, checkpointing != NONE
    weight_gradient = np.where(trains_weights, 2.0 * (inside + np.where(np.less(reach, 1.0), 0.0, p_head)), 0.0)
    plain = 2.0 * p_mm + 2.0 * (inside + p_head) + weight_gradient + 6.0 * p_lora
    again = np.where(full, 2.0 * (inside + p_head) + 2.0 * p_lora, 0.0)
    return TrainingFlops(
        matmul=plain + again,
        attention=attention * (1.0 + reach * (2.0 + attended)),
        model=plain + attention * (1.0 + 2.0 * reach),
    )


def megatron_step_flops(batch: float, s: float, n_layers: float, h: float, vocab: float) -> float:
    """FLOPs of one GPT step with full recomputation (Narayanan et al. 2021, arXiv 2104.04473, eq. 3)."""
    return 96 * batch * s * n_layers * h**2 * (1 + s / (6 * h) + vocab / (16 * n_layers * h))


def end_to_end_days(tokens: float, params: float, gpus: float, flops_per_gpu_s: float) -> float:
    """Training time in days with full recomputation, 8TP/(nX) (Narayanan et al. 2021, section 5)."""
    return 8 * tokens * params / (gpus * flops_per_gpu_s) / 86_400
