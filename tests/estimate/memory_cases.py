"""Inputs of the memory formulas for the models that DOMAIN 3 and the published ablations are about."""

import math
from dataclasses import replace
from typing import Any, Final

import numpy as np

from planner.catalog.constants import Calibration
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Floats
from planner.estimate.activations import layer_activation_bytes
from planner.estimate.layout import layout_of
from planner.estimate.memory import WORKSPACE_GIB, MemoryInputs, MemoryTerms, peak_memory
from planner.estimate.parallel import OFFLOAD, SINGLE, ZERO1, ZERO2
from planner.estimate.states import NF4_BYTES, state_bytes
from planner.units import GIB

P7: Final = 6_738_415_616.0
P_LINEAR7: Final = 6_476_005_376.0
EMBEDDING7: Final = 131_072_000.0


def _priors() -> Calibration:
    fitted = load_catalog().calibration
    return Calibration({n: replace(c, fitted=math.nan, error=math.nan, rows=0) for n, c in fitted.constants.items()})


PRIORS: Final = _priors()
"""Constants as they were believed before any row: what tests stand on, whatever a later fit makes of them."""
BARE: Final = PRIORS.with_values({"memory.loss_hidden": 1e-9, "memory.live_layer": 1e-9})
"""Logits and kept boundaries alone, without what surrounds them."""


def a(*values: float) -> Floats:
    return np.array(values, np.float64)


def llama2_7b(
    *, full: bool = False, quantised: bool = False, mode: int = SINGLE, gpus: float = 1, checkpointing: int = 2,
    pure: bool = False, foreach: bool = False, fp32: bool = False, **other: Any,
) -> MemoryInputs:  # fmt: skip
    """Llama-2-7B under plain Transformers and PEFT; `other` replaces any field."""
    flag = np.array([True])
    x = MemoryInputs(
        p_linear=a(P_LINEAR7), p_expert=a(0), p_other=a(P7 - P_LINEAR7), p_embedding=a(EMBEDDING7),
        p_lora=a(0 if full else 39_976_960), p_trained=a(P7 if full else 0), n_layers=a(32), reach=a(1),
        layer_bytes=layer_activation_bytes(a(4096), a(4096), a(4096), a(11008), a(32), a(3)),
        adapter_input_bytes=a(0), hidden=a(4096), vocab=a(32000), largest_matrix=a(4096 * 11008),
        base_bytes=a(NF4_BYTES if quantised else 2), other_bytes=a(2), kept_factor=a(1.35 if quantised else 1.15),
        boundary_bytes=a(4 if quantised else 2), logits_bytes=a(PRIORS["memory.logits.upcast"]),
        spare_matrices=a(1 if quantised else 0),
        state=state_bytes(flag & pure, flag & foreach, flag & False, flag & fp32),
        adapter_bytes=a(4), adapter_moments=a(8), two_boundaries=flag & False, keeps_gradients=flag & False,
        deepspeed=flag & (mode in (ZERO1, ZERO2, OFFLOAD)), in_backward=flag & False,
        layout=layout_of(np.array([mode]), a(gpus)), checkpointing=np.array([checkpointing]), calibration=PRIORS,
    )  # fmt: skip
    return replace(x, **other)


def mistral_7b(**kind: Any) -> MemoryInputs:
    """Mistral-7B: the same widths, fewer key heads and a wider MLP."""
    total, linear = 7_241_732_096.0, 6_979_321_856.0
    layer = layer_activation_bytes(a(4096), a(4096), a(1024), a(14336), a(32), a(3))
    sizes: dict[str, Any] = {"p_linear": a(linear), "p_other": a(total - linear), "largest_matrix": a(4096 * 14336)}
    trained: dict[str, Any] = {"p_trained": a(total)} if kind.get("full") else {}
    return llama2_7b(**kind, **sizes, **trained, layer_bytes=layer)


def llama3_8b(**kind: Any) -> MemoryInputs:
    """Llama-3-8B: Mistral-7B's layers and four times its vocabulary."""
    other: dict[str, Any] = {
        "p_other": a(2 * 128_256 * 4096 + 266_240),
        "p_embedding": a(128_256 * 4096),
        "vocab": a(128_256),
    }
    return replace(mistral_7b(), **other, **kind)


def states(terms: MemoryTerms) -> float:
    """Weights, adapters, gradients and optimizer states, in GiB."""
    return float((terms.weights + terms.gradients + terms.optimizer + terms.adapters)[0])


def temporary(terms: MemoryTerms) -> float:
    """Bytes that are no state, without what is too small to count."""
    return float((terms.temporary[0] - WORKSPACE_GIB) * GIB)


def per_token(x: MemoryInputs, few: float = 8192, many: float = 16384) -> float:
    """Bytes that the peak grows by with a further token."""
    low, high = (float(peak_memory(x, a(tokens), a(2)).total[0]) for tokens in (few, many))
    return (high - low) * GIB / (many - few)


def part(mode: int, gpus: float = 8, *, tokens: float = 4096, accum: float = 16, **kind: Any) -> MemoryTerms:
    """Llama-2-7B on one GPU of several."""
    return peak_memory(llama2_7b(mode=mode, gpus=gpus, **kind), a(tokens), a(accum))
