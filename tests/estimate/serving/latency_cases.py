"""Replicas and traffic on which the latency law and the simulation are compared: what bounds each is different."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.serving.latency import Replica


@dataclass(frozen=True, slots=True)
class Case:
    """One replica and how many of them share a router."""

    replica: Replica
    replicas: int = 1


def column(value: float) -> Floats:
    return np.array([value], np.float64)


def step(fixed_s: float, per_sequence_s: float) -> Callable[[Floats], Floats]:
    """Decode step that grows by so much with every sequence."""
    return lambda batch: fixed_s + per_sequence_s * batch


def replica(
    decode_s: Callable[[Floats], Floats],
    slots: float,
    prefill_s: float,
    output_tokens: float,
    spread: tuple[float, float] = (0.8, 0.8),
    *,
    cv2: float = 1.0,
    step_prefill_s: float = np.inf,
    together: float = 1.0,
) -> Replica:
    return Replica(
        decode_s, column(slots), column(prefill_s), column(output_tokens), column(spread[0]), column(spread[1]),
        column(cv2), column(step_prefill_s), column(together),
    )  # fmt: skip


def root_sum(compute_s: float, memory_s: float, per_sequence_s: float, fixed_s: float) -> Callable[[Floats], Floats]:
    """Decode step of DOMAIN 9.1: sqrt(compute^2 + memory^2) + fixed, compute by the sequence."""
    return lambda batch: np.sqrt((compute_s * batch) ** 2 + (memory_s + per_sequence_s * batch) ** 2) + fixed_s


CASES: Final[Mapping[str, Case]] = MappingProxyType({
    "8B chat": Case(replica(step(5e-3, 3e-5), 200, 0.012, 200)),
    "8B chat, equal lengths": Case(replica(step(5e-3, 3e-5), 200, 0.012, 200, (0.0, 0.0))),
    "8B chat, roofline": Case(replica(root_sum(3e-5, 3.2e-3, 2.5e-5, 4e-4), 218, 0.012, 1000, (0.5, 0.5))),
    "8B chat, bursty": Case(replica(step(5e-3, 3e-5), 200, 0.012, 200, cv2=4.0)),
    "few slots": Case(replica(step(12e-3, 1e-4), 16, 0.03, 300, (0.8, 1.0))),
    "four behind a router": Case(replica(step(12e-3, 1e-4), 32, 0.03, 200, together=4.0), 4),
    "ten behind a router": Case(replica(step(20e-3, 2e-4), 64, 0.1, 300, together=10.0), 10),
    "retrieval, two prompts a step": Case(replica(step(12e-3, 1e-4), 64, 0.15, 150, (0.5, 0.8), step_prefill_s=0.3)),
    "classification": Case(replica(step(6e-3, 5e-5), 128, 0.02, 20, (0.5, 0.5))),
    "70B, 5000 in, 300 out": Case(replica(step(18e-3, 4e-4), 50, 0.35, 300, (0.0, 0.3), step_prefill_s=0.55)),
    "long prompts in chunks": Case(replica(step(10e-3, 2e-4), 48, 0.6, 300, (0.7, 0.7), step_prefill_s=0.15)),
})  # fmt: skip
LOADS: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Of the saturated rate."""
