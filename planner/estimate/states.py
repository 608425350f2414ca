"""Bytes of weights, gradients and optimizer states per parameter (DOMAIN 3; MEMORY.md 4.1 to 4.5)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Floats

ADAPTER_BYTES: Final = 4.0
"""Adapter weights, and their gradients, are fp32 (PEFT's default), whatever the base."""
NF4_BYTES: Final = 4.127 / 8
"""NF4 with double quantisation: 4 bit + 8/64 + 32/(64*256) per weight (QLoRA, arXiv 2305.14314)."""
PINNED: Final = 1.1
"""Host memory over the states it holds: pinned copies in transit (DOMAIN 2.7 names them without a size) [E]."""


@dataclass(frozen=True, slots=True)
class StateBytes:
    """Bytes per trained parameter: weight, gradient, optimizer state, the step's own copy, 16-bit casts."""

    weight: Floats
    gradient: Floats
    optimizer: Floats
    step_copy: Floats
    cast: Floats
    """16-bit copies of fp32 weights that autocast keeps through a pass."""


def state_bytes(pure_bf16: Bools, foreach: Bools, eight_bit: Bools, fp32_weights: Bools) -> StateBytes:
    """Bytes per parameter that training its weights keeps (DOMAIN 3; MEMORY.md 4.1, 4.5).

    Mixed precision: 2 B weight, 2 B gradient, 4 B fp32 master and 8 B moments, 16 B in all. Pure bf16: moments in
    bf16 too, 8 B in all. Cards without bf16 train fp16 against weights and gradients stored in fp32, 16 B in all and
    2 B of casts. 8-bit AdamW keeps 2 B of moments. A foreach optimizer copies the weights once while it steps; the
    fused one does not.
    """
    moments = np.where(eight_bit, 2.0, np.where(pure_bf16, 4.0, 8.0))
    master = np.where(pure_bf16 | fp32_weights, 0.0, 4.0)
    stored = np.where(fp32_weights, 4.0, 2.0)
    copy = np.where(foreach, np.where(pure_bf16, 2.0, 4.0), 0.0)
    return StateBytes(stored, stored, moments + master, copy, np.where(fp32_weights, 2.0, 0.0))


def base_bytes(
    p_linear: Floats, p_other: Floats, per_linear: Floats | float, per_other: Floats | float = 2.0
) -> Floats:
    """Bytes of stored weights: linear layers at `per_linear`; embeddings, head and norms stay 16-bit (DOMAIN 3).

    PEFT's preparation for k-bit training keeps the latter in fp32 (MEMORY.md 4.2): `per_other` is then 4.
    """
    return per_linear * p_linear + per_other * p_other


def quantised_base_bytes(p_linear: Floats, p_total: Floats) -> Floats:
    """Bytes of a base whose linear layers are NF4."""
    return base_bytes(p_linear, p_total - p_linear, NF4_BYTES)


def host_state_bytes(base: Floats, p_trained: Floats, state: StateBytes, p_lora: Floats) -> Floats:
    """Host memory, in bytes per node, that ZeRO-3 with full offload fills: 16 B per fully trained parameter (2.7)."""
    kept = base + (state.weight - 2.0 + state.gradient + state.optimizer) * p_trained
    return PINNED * (kept + (2.0 * ADAPTER_BYTES + 8.0) * p_lora)
