"""The figures of what is served that a rule may limit, and which figures of jobs it has too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from planner.outcome import FIGURES, SERVING_FIGURES
from planner.outcome.serving_configuration import ServingConfiguration
from planner.policy.units import Unit

ONLY: Final = tuple(name for name in SERVING_FIGURES if name not in FIGURES)
"""Main figures that a job does not have."""
WORDS: Final[Mapping[str, str]] = {
    "cost_usd_per_month": "cost of a month", "latency_s": "p95 latency", "carbon_kg_per_month": "CO2e of a month",
}  # fmt: skip
UNITS: Final[Mapping[str, Unit]] = {
    "cost_usd_per_month": "money", "latency_s": "latency", "carbon_kg_per_month": "mass",
}  # fmt: skip
TOPICS: Final[Mapping[str, str]] = {
    "cost_usd_per_month": "monthly", "latency_s": "latency", "carbon_kg_per_month": "monthly carbon",
}  # fmt: skip
NOT_SERVED: Final = "it tunes a model and serves none"
NO_JOB: Final = f"what is served has {', '.join(ONLY)} instead"
LIMIT_JOBS: Final = "limit a figure of what is served, or keep the rule to jobs with where: {kind: [FineTune]}"
"""What to do about a rule that cannot be held against what is served."""


@dataclass(frozen=True, slots=True)
class Served:
    """A further figure of what is served."""

    name: str
    """Where a configuration has it."""
    words: str
    unit: Unit
    topic: str


FURTHER: Final = (
    *(
        Served(f"latencies.{what}_{share}_s", f"{share} {words}", "latency", "latency")
        for what, words in (("ttft", "time to the first token"), ("itl", "time between tokens"), ("total", "latency"))
        for share in ("p50", "p95", "p99")
    ),
    Served("capacity.replicas_peak", "number of replicas in the busiest hour", "count", "monthly"),
    Served("capacity.machines_peak", "number of machines in the busiest hour", "count", "monthly"),
    Served("capacity.utilisation", "utilisation of the replicas", "share", "monthly"),
    Served("unit_costs.per_1k_requests", "cost of 1,000 requests", "money", "monthly"),
    Served("unit_costs.per_mtok_input", "cost of a million input tokens", "money", "monthly"),
    Served("unit_costs.per_mtok_output", "cost of a million output tokens", "money", "monthly"),
    Served("unit_costs.per_active_user", "cost of an active user", "money", "monthly"),
    Served("cost_parts.upfront", "cost of setting up", "money", "monthly"),
)


def served(name: str) -> Callable[[ServingConfiguration], Any]:
    """The figure of what is served; None where a part that it lies in is not there, as an API has no machine."""
    *blocks, last = _PATHS.get(name, name).split(".")

    def get(chosen: ServingConfiguration) -> Any:  # noqa: ANN401 - numbers of plans that may be hand-made
        found: Any = chosen
        for block in blocks:
            found = getattr(found, block, None)
        return getattr(found, last, None)

    return get


def _gpus(chosen: ServingConfiguration) -> float | None:
    if chosen.machine is None or chosen.capacity is None:
        return None
    return float(chosen.machine.gpus_per_machine * chosen.capacity.machines_peak)


def _price_of_gpu(chosen: ServingConfiguration) -> float | None:
    if chosen.machine is None or chosen.offer is None or chosen.offer.price_usd_per_hour is None:
        return None
    return chosen.offer.price_usd_per_hour / max(1, chosen.machine.gpus_per_machine)


_PATHS: Final[Mapping[str, str]] = {
    "price_usd_per_hour": "offer.price_usd_per_hour",
    "preemption_per_hour": "offer.preemption_per_hour",
    "host_memory_gib": "offer.host_memory_gib",
}
SHARED: Final[Mapping[str, Callable[[ServingConfiguration], Any]]] = {
    **{f"quality{end}": attrgetter(f"quality{end}") for end in ("", "_lo", "_hi")},
    **{name: served(name) for name in _PATHS},
    "cost_parts.tax": served("cost_parts.tax"),
    "gpu_count": _gpus,
    "price_usd_per_gpu_hour": _price_of_gpu,
}
"""Figures of jobs that what is served has too, and how they are read of it."""
