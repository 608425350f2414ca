"""Serving throughput of a saturated engine: prefill and decode as a roofline, and the KV cache's limit (DOMAIN 9.1)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Floats

ETA_COMPUTE: Final = 0.666
"""Share of the dense peak that a decode or prefill step reaches [R]."""
ETA_MEMORY: Final = 0.760
"""Share of the memory bandwidth [R]."""
ETA_LINK: Final = 0.546
"""Share of the nominal one-way link rate that reductions reach [R]."""
KNEE_SEQUENCES: Final = 218.7
"""Sequences at a time beyond which an engine gains nothing: an effective knee, not its batch limit [R]."""
STEP_S: Final = 0.4e-3
"""What every decode step costs besides [R]."""
REDUCTION_S: Final = 15e-6
"""Start-up of one reduction, two of them a layer [R]."""
USED: Final = 0.92 * 0.90
"""Share of a card's memory that weights and cache may fill: usable, times the engine's own limit."""


@dataclass(frozen=True, slots=True)
class ServingInputs:
    """Columns; one row per replica of `gpus` cards with tensor parallelism."""

    p_active: Floats
    """Matmul parameters that a token uses."""
    weight_bytes: Floats
    """Resident bytes of all weights."""
    kv_bytes: Floats
    """Bytes of keys and values per token."""
    n_layers: Floats
    hidden: Floats
    hq: Floats
    gpus: Floats
    peak_flops_s: Floats
    """Dense peak at the precision computed in."""
    bandwidth_bytes_s: Floats
    memory_bytes: Floats
    """Marketed memory of one card."""
    link_bytes_s: Floats
    """Nominal one way between cards."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a saturated replica does."""

    sequences: Floats
    """Sequences decoded at a time; below 1 where the weights leave no room for a cache."""
    decode_s: Floats
    """One decode step."""
    prefill_s: Floats
    """One prompt."""
    tokens_per_s: Floats
    """Output tokens of the replica; NaN where it does not fit."""


def saturated(x: ServingInputs, input_tokens: Floats, output_tokens: Floats, most: Floats | float = np.inf) -> Served:
    """Output tokens per second at full load, or with at most so many sequences at a time.

    B = min(free/(KV*(isl+osl)), knee); decode = sqrt(compute^2 + memory^2) + reductions + a fixed cost; every sequence
    pays for its prefill (DOMAIN 9.1: 240 TensorRT-LLM points of dense models within 7.4 % on average).
    """
    free = x.gpus * (USED * x.memory_bytes - 1e9) - x.weight_bytes
    sequences = np.minimum(np.minimum(free / (x.kv_bytes * (input_tokens + output_tokens)), KNEE_SEQUENCES), most)
    batch = np.maximum(sequences, 1.0)
    context = input_tokens + output_tokens / 2.0
    rate = x.gpus * x.peak_flops_s * ETA_COMPUTE
    compute = (2.0 * x.p_active + 4.0 * x.n_layers * x.hq * context) * batch / rate
    memory = (x.weight_bytes + batch * context * x.kv_bytes) / (x.gpus * x.bandwidth_bytes_s * ETA_MEMORY)
    decode = np.sqrt(compute**2 + memory**2) + _reductions_s(x, batch) + STEP_S
    prompt = (2.0 * x.p_active * input_tokens + 2.0 * x.n_layers * x.hq * input_tokens**2) / rate
    prefill = prompt + _reductions_s(x, input_tokens)
    served = output_tokens / (prefill + output_tokens * decode / batch)
    return Served(sequences, decode, prefill, np.where(sequences >= 1.0, served, np.nan))


def _reductions_s(x: ServingInputs, tokens: Floats) -> Floats:
    """Seconds of two reductions a layer over the cards of the replica."""
    sent = 2.0 * (x.gpus - 1.0) / x.gpus * tokens * x.hidden * 2.0
    each = sent / (x.link_bytes_s * ETA_LINK) + REDUCTION_S
    return np.where(x.gpus > 1, x.n_layers * 2.0 * each, 0.0)
