"""Throughput of a serving replica: its steps as a sum of what they do, and the KV cache's limit (DOMAIN 9.1).

A step of a saturated engine decodes one token of every sequence; in between, prompts are read. DOMAIN 9.1 prints one
set of constants; here every constant is a column, so that engines, precisions and mixtures have their own
(`planner.estimate.serving.inputs`), and the printed set is one of them.
"""

from dataclasses import dataclass, fields

import numpy as np

from planner.catalog.rows import Floats, Ints


@dataclass(frozen=True, slots=True)
class ServingInputs:
    """Columns; one row per replica of `gpus` cards with tensor parallelism. Rates are those reached, not the peaks."""

    p_active: Floats
    """Matmul parameters that a token uses."""
    weight_bytes: Floats
    """Resident bytes of all weights."""
    idle_bytes: Floats
    """Those that a decode step does not read: the embedding look-up."""
    expert_bytes: Floats
    """Those of experts, of which a step reads the ones that its tokens hit; 0 for a dense model."""
    experts: Floats
    """Experts per layer; 1 for a dense model."""
    used: Floats
    """Experts per layer that one token goes through."""
    kv_bytes: Floats
    """Bytes of keys and values per token."""
    n_layers: Floats
    hidden: Floats
    hq: Floats
    """Width of all query heads together."""
    gpus: Floats
    matmul_flops_s: Floats
    """Of one card, in products with weights."""
    attention_flops_s: Floats
    """Of one card, in products of queries, keys and values."""
    read_bytes_s: Floats
    """Of one card's memory."""
    link_bytes_s: Floats
    """One way between cards, in reductions."""
    memory_bytes: Floats
    """Of one card, for weights and cache."""
    cache_share: Floats
    """Share of what weights leave that the cache may fill."""
    most: Floats
    """Sequences at a time that the engine takes, or gains from, at most."""
    reduction_s: Floats
    """Start-up of one reduction, two of them a layer."""
    step_s: Floats
    """What a decode step costs once."""
    layer_s: Floats
    """What it costs per layer besides: kernels that start, norms, routing."""
    sequence_s: Floats
    """What it costs per sequence: scheduling, sampling, detokenising."""
    norm: Floats
    """How computing and reading join: 1 one after the other, 2 the root of the sum of their squares."""
    speed: Floats
    """Multiplier on tokens per second."""

    def part(self, rows: Ints) -> "ServingInputs":
        """Some of the rows, any of them as often as asked for."""
        return ServingInputs(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


@dataclass(frozen=True, slots=True)
class StepTimes:
    """Seconds of what a replica does; NaN where a rate is not known."""

    decode_s: Floats
    """One token of every sequence."""
    prefill_s: Floats
    """One prompt."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a saturated replica does."""

    sequences: Floats
    """Sequences decoded at a time; below 1 where the weights leave no room for the cache of one."""
    decode_s: Floats
    """One decode step."""
    prefill_s: Floats
    """One prompt."""
    tokens_per_s: Floats
    """Output tokens of the replica; NaN where it does not fit."""


def cache_bytes(x: ServingInputs) -> Floats:
    """Bytes of the replica's KV cache: share*(n*memory - weights); not positive where the weights do not fit."""
    return x.cache_share * (x.gpus * x.memory_bytes - x.weight_bytes)


def most_sequences(x: ServingInputs, input_tokens: Floats, output_tokens: Floats) -> Floats:
    """Sequences that can be decoded at a time: B = min(cache/(KV*(isl + osl)), the engine's most) (DOMAIN 9.1).

    Below 1 where the cache has no room for one, negative where not even the weights fit.
    """
    return np.minimum(cache_bytes(x) / (x.kv_bytes * (input_tokens + output_tokens)), x.most)


def expert_share(x: ServingInputs, batch: Floats) -> Floats:
    """Share of the experts that a step of `batch` tokens reads: 1 - (1 - k/E)^B, tokens routed evenly and apart [R]."""
    return np.where(x.experts > 1, 1.0 - (1.0 - x.used / x.experts) ** batch, 1.0)


def step_times(x: ServingInputs, batch: Floats, context_tokens: Floats, input_tokens: Floats) -> StepTimes:
    """Times at any load: `batch` sequences (at least 1) with `context_tokens` each, and a prompt of `input_tokens`.

    compute = 2*A*B/F_w + 4*L*hq*ctx*B/F_a; memory = (read weights + B*ctx*KV)/BW, each over n cards; decode = norm of
    both + reductions(B) + t_step + L*t_layer + B*t_seq; prefill = 2*A*isl/F_w + 2*L*hq*isl^2/F_a + reductions(isl).
    Form of DOMAIN 9.1, whose norm is 2; times per layer and per sequence were added for the published rows [R].
    """
    compute = 2.0 * x.p_active * batch / (x.gpus * x.matmul_flops_s)
    compute = compute + 4.0 * x.n_layers * x.hq * context_tokens * batch / (x.gpus * x.attention_flops_s)
    read = x.weight_bytes - x.idle_bytes - (1.0 - expert_share(x, batch)) * x.expert_bytes
    memory = (read + batch * context_tokens * x.kv_bytes) / (x.gpus * x.read_bytes_s)
    joined = (compute**x.norm + memory**x.norm) ** (1.0 / x.norm)
    besides = x.step_s + x.n_layers * x.layer_s + batch * x.sequence_s
    prefill = 2.0 * x.p_active * input_tokens / (x.gpus * x.matmul_flops_s)
    prefill = prefill + 2.0 * x.n_layers * x.hq * input_tokens**2 / (x.gpus * x.attention_flops_s)
    return StepTimes(
        (joined + _reductions_s(x, batch) + besides) / x.speed, (prefill + _reductions_s(x, input_tokens)) / x.speed
    )


def saturated(x: ServingInputs, input_tokens: Floats, output_tokens: Floats, most: Floats | float = np.inf) -> Served:
    """Output tokens per second at full load, or with at most so many sequences at a time.

    osl/(t_pre + osl*t_dec/B): every sequence pays for its prompt, at a mean context of isl + osl/2 (DOMAIN 9.1).
    """
    sequences = np.minimum(most_sequences(x, input_tokens, output_tokens), most)
    batch = np.maximum(sequences, 1.0)
    times = step_times(x, batch, input_tokens + output_tokens / 2.0, input_tokens)
    rate = tokens_per_s(times, batch, output_tokens)
    return Served(sequences, times.decode_s, times.prefill_s, np.where(sequences >= 1.0, rate, np.nan))


def tokens_per_s(times: StepTimes, batch: Floats, output_tokens: Floats) -> Floats:
    """Output tokens per second with `batch` sequences always in flight: osl/(t_pre + osl*t_dec/B) (DOMAIN 9.1)."""
    return output_tokens / (times.prefill_s + output_tokens * times.decode_s / batch)


def _reductions_s(x: ServingInputs, tokens: Floats) -> Floats:
    """Seconds of two reductions a layer over the cards of the replica: a ring, 16-bit activations (DOMAIN 9.1)."""
    sent = 2.0 * (x.gpus - 1.0) / x.gpus * tokens * x.hidden * 2.0
    each = sent / x.link_bytes_s + x.reduction_s
    return np.where(x.gpus > 1, x.n_layers * 2.0 * each, 0.0)
