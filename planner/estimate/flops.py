"""Training compute per token (DOMAIN 1.2). One multiply-add is two FLOPs."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints

NONE, SELECTIVE, FULL = 0, 1, 2
"""Activation checkpointing: keep all, recompute attention only, recompute every layer."""

_TRAINS_ALL: Final = np.array([[6.0, 3.0, 0.0], [6.0, 4.0, 0.0], [8.0, 4.0, 0.0]])
_ADAPTER: Final = np.array([[4.0, 3.0, 6.0], [4.0, 4.0, 6.0], [6.0, 4.0, 8.0]])


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
    p_mm: Floats, attention: Floats, p_lora: Floats, trains_all: Bools, checkpointing: Ints
) -> TrainingFlops:
    """FLOPs per token of forward, backward and recomputation (DOMAIN 1.2).

    Forward costs 2, the input gradient 2 and the weight gradient 2 FLOPs per parameter; frozen weights skip the
    last. Attention has no weights, so its backward is always twice its forward. `attention` is its forward.
    """
    factors = np.where(trains_all[..., None], _TRAINS_ALL[checkpointing], _ADAPTER[checkpointing])
    plain = np.where(trains_all[..., None], _TRAINS_ALL[NONE], _ADAPTER[NONE])
    matmul = factors[..., 0] * p_mm + factors[..., 2] * p_lora
    return TrainingFlops(
        matmul=matmul,
        attention=factors[..., 1] * attention,
        model=plain[..., 0] * p_mm + plain[..., 1] * attention + plain[..., 2] * p_lora,
    )


def megatron_step_flops(batch: float, s: float, n_layers: float, h: float, vocab: float) -> float:
    """FLOPs of one GPT step with full recomputation (Narayanan et al. 2021, arXiv 2104.04473, eq. 3)."""
    return 96 * batch * s * n_layers * h**2 * (1 + s / (6 * h) + vocab / (16 * n_layers * h))


def end_to_end_days(tokens: float, params: float, gpus: float, flops_per_gpu_s: float) -> float:
    """Training time in days with full recomputation, 8TP/(nX) (Narayanan et al. 2021, section 5)."""
    return 8 * tokens * params / (gpus * flops_per_gpu_s) / 86_400
