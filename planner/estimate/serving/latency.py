"""Latency of a replica at partial load: the fixed point of DOMAIN 9.2, and what its numbers are without load.

An engine runs step after step. A step decodes one token of every sequence in flight and takes in the prompts that have
come, up to its token budget (decodes first, the rest of a long prompt in later steps: chunked prefill as in
Sarathi-Serve, Agrawal et al., OSDI 2024, and vLLM's scheduler), so prompts stretch the steps of everybody by
1/(1 - rho), rho their share of the time. `latency_spread` gives the quantiles, `latency_targets` the inverse.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.estimate.serving.rising import root_of

MOST_PREFILL_SHARE = 0.85
"""Share of the time in prefill above which the law is not used (DOMAIN 9.2)."""

FLOOR_S = 0.004
"""What a request waits besides its engine, for `latency_spread` with the shipped constants of throughput [R].

The best of 0 to 14 ms on DOMAIN 9.2's 52 online points of TensorRT-LLM: mean TTFT within 10 % on average. The first
token of `partial_load` waits for no decodes, so that form wants the 14 ms of DOMAIN 9.2 (16 %)."""

DecodeStep = Callable[[Floats], Floats]
"""Sequences in flight (columns) → seconds of one decode step; it may not grow faster than they do."""


@dataclass(frozen=True, slots=True)
class Replica:
    """One replica and the requests it serves; columns that broadcast."""

    decode_s: DecodeStep
    slots: Floats
    """Most sequences in flight: the KV cache's limit, the engine's or the latency target's."""
    prefill_s: Floats
    """Mean seconds in which a prompt is read, after hits of the prefix cache (`after_prefix_hits`)."""
    output_tokens: Floats
    """Mean tokens of an answer."""
    prefill_cv: Floats | float = 0.0
    """Coefficient of variation of the prompts' times, as of their tokens."""
    output_cv: Floats | float = 0.0
    """Coefficient of variation of the answers' tokens."""
    arrival_cv2: Floats | float = 1.0
    """Squared coefficient of variation of the times between arrivals; 1 for Poisson."""
    step_prefill_s: Floats | float = np.inf
    """Seconds of prompts that one step takes in at most: the engine's token budget (`step_prefill_s`)."""
    together: Floats | float = 1.0
    """Replicas behind one router that sends each request to the least busy."""
    floor_s: Floats | float = 0.0
    """What every request waits besides: network, tokenizer, HTTP (t_floor; `FLOOR_S`)."""


@dataclass(frozen=True, slots=True)
class PartialLoad:
    """A replica at a request rate; NaN where `carried` is false."""

    batch: Floats
    """Mean sequences in flight."""
    prefill_share: Floats
    """rho: share of the time spent on prompts."""
    itl_s: Floats
    """Mean time between the tokens of an answer."""
    ttft_s: Floats
    """Mean time to the first token."""
    total_s: Floats
    """Mean time to the last token."""
    load: Floats
    """Request rate over the rate at saturation; known even where it is not carried."""
    carried: Bools
    """Not above the prefill bound, and fewer sequences than slots."""


def after_prefix_hits(prefill_s: Floats, hit_share: Floats | float) -> Floats:
    """Prefill seconds when a share of the prompt's tokens is in the prefix cache: t_pre*(1 - hit) (DOMAIN 9.4)."""
    return prefill_s * (1.0 - np.asarray(hit_share))


def step_prefill_s(prefill_s: Floats, input_tokens: Floats, step_tokens: Floats | float) -> Floats:
    """Prompt seconds in one step at a budget of tokens per step (vLLM `max_num_batched_tokens`, 8192 when serving)."""
    return prefill_s / input_tokens * step_tokens


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def saturated_rate_per_s(replica: Replica) -> Floats:
    """Requests per second with every slot busy: 1/(t_pre + osl*t_dec(K)/K) (DOMAIN 9.1); NaN without a slot.

    No more than prompts of C seconds in steps of t_dec(K) + C, where a step takes in C at most.
    """
    slots = np.where(replica.slots >= 1.0, replica.slots, np.nan)
    decode = replica.decode_s(slots)
    most_share = 1.0 / (1.0 + decode / replica.step_prefill_s)
    return np.minimum(
        1.0 / (replica.prefill_s + replica.output_tokens * decode / slots), most_share / replica.prefill_s
    )


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def batch_at(replica: Replica, rate_per_s: Floats, further: Floats | float = 0.0) -> Floats:
    """Mean sequences in flight: the zero of B - q*osl*t_dec(B)/(1 - q*t_pre) - further, by bisection on [0, slots].

    Each further sequence takes a step less than proportionally longer, so t_dec(B)/B falls: B - g(B) is negative at 0
    and changes sign once at most. `slots` where it does not.
    """
    rho = np.minimum(rate_per_s * replica.prefill_s, 1.0 - 1e-9)
    work = rate_per_s * replica.output_tokens / (1.0 - rho)
    low = np.zeros_like(work * replica.slots)
    high = low + np.maximum(replica.slots, 0.0)
    return root_of(lambda batch: batch - work * replica.decode_s(batch) - further, low, high)


@np.errstate(divide="ignore", invalid="ignore", over="ignore")
def partial_load(replica: Replica, rate_per_s: Floats) -> PartialLoad:
    """Mean latencies at `rate_per_s` requests per second and replica (DOMAIN 9.2).

    B = q*osl*ITL; rho = q*t_pre; ITL = t_dec(B)/(1 - rho); TTFT = t_floor + t_pre + ITL/2 + rho*t_pre/(2(1 - rho));
    total = TTFT + (osl - 1)*ITL. Not carried where rho > 0.85 or B exceeds the slots (then the throughput model holds).
    """
    rho = rate_per_s * replica.prefill_s
    load = rate_per_s / saturated_rate_per_s(replica)
    batch = batch_at(replica, rate_per_s)
    carried = (rho <= MOST_PREFILL_SHARE) & (load < 1.0)
    share = np.where(carried, rho, np.nan)
    itl = replica.decode_s(batch) / (1.0 - share)
    ttft = replica.floor_s + replica.prefill_s + itl / 2.0 + share * replica.prefill_s / (2.0 * (1.0 - share))
    total = ttft + np.maximum(replica.output_tokens - 1.0, 0.0) * itl
    return PartialLoad(np.where(carried, batch, np.nan), share, itl, ttft, total, load, carried)
