"""The figures that a rule may limit: of the plan's decision, and of the change."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Final

from planner.outcome import FIGURES, SERVING_FIGURES, Configuration, Delta, ManagedJob, ScenarioDifference, Side
from planner.outcome.serving_configuration import ServingConfiguration
from planner.policy.serving_figures import (
    FURTHER,
    NO_JOB,
    NOT_SERVED,
    ONLY,
    SHARED,
    TOPICS,
    UNITS,
    WORDS,
    served,
)
from planner.policy.units import Unit

PARTS: Final = ("planner", "prices", "scenario")
"""What the change of a figure is split into."""
ADDITIVE: Final = frozenset({"cost_usd", "hours", "carbon_kg", "cost_usd_per_month", "carbon_kg_per_month"})
"""Figures of which a new scenario adds all it has."""
_MAIN: Final = (*FIGURES, *ONLY)
_WORDS: Final = {"cost_usd": "cost", "hours": "time", "quality": "quality", "carbon_kg": "CO2e", **WORDS}
UNCOUNTED: Final = "; fees that a managed service does not state are not counted"
"""Said of a cost that is a lower bound, and keeps to its limit."""
_UNITS: Final[Mapping[str, Unit]] = {
    "cost_usd": "money", "hours": "time", "quality": "quality", "carbon_kg": "mass", **UNITS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What a figure is for one scenario."""

    value: float | None
    """None is unknown."""
    applies: bool = True
    """Whether the figure means anything here; a change means nothing without two sides."""
    why: str = ""
    """Why it is unknown or does not apply, in words."""
    within_noise: bool = False
    """Of a change: whether the bands cannot tell the two sides apart."""
    least: bool = False
    """Whether it is a lower bound (`at_least`)."""


@dataclass(frozen=True, slots=True)
class FigureKind:
    """A figure by its name in policies."""

    name: str
    words: str
    """What it is called in a sentence."""
    unit: Unit
    topic: str
    """What drives it: cost, hours, quality, carbon, memory, monthly, latency."""
    read: Callable[[ScenarioDifference], Reading]
    change: bool = False
    """Whether it is a change between base and head."""


def figure_kind(name: str) -> FigureKind:
    """The figure of this name; KeyError where there is none."""
    return figures()[name]


@cache
def figures() -> Mapping[str, FigureKind]:
    """All figures by name, in the order in which they are listed to people."""
    return MappingProxyType({kind.name: kind for kind in (*_of_plans(), *_of_changes())})


def _of_plans() -> Iterator[FigureKind]:
    for name in _MAIN:
        for end, words in (("", ""), ("_lo", "low end of "), ("_hi", "high end of ")):
            yield _plain(name + end, f"{words}{_WORDS[name]}", _UNITS[name], _topic(name))
    for name, words, unit, topic in _FURTHER:
        yield _plain(name, words, unit, topic)
    for each in FURTHER:
        yield FigureKind(each.name, each.words, each.unit, each.topic, _of_served(served(each.name)))
    yield FigureKind("gpu_hours", "GPU-hours", "count", "hours", _of_configuration("gpu_hours", _gpu_hours))
    yield FigureKind("gpu_count", "number of GPUs", "count", "cost", _of_configuration("gpu_count", _gpus))
    price = _of_configuration("price_usd_per_gpu_hour", _price_of_gpu)
    yield FigureKind("price_usd_per_gpu_hour", "price of a GPU-hour", "money", "price", price)
    for name in ("epochs", "max_seq_len", "global_batch_size", "spot_share"):
        of_setting: Unit = "share" if name == "spot_share" else "number"
        read = _of_configuration(f"train.{name}", _setting(name))
        yield FigureKind(f"train.{name}", name.replace("_", " "), of_setting, "hours", read)
    yield FigureKind("margin", "margin", "share", "choice", _of_side(attrgetter("margin")))
    yield FigureKind("front", "number of points on the front", "count", "choice", _of_side(attrgetter("front")))
    yield FigureKind("feasible", "number of feasible combinations", "count", "choice", _of_side(attrgetter("feasible")))


def _of_changes() -> Iterator[FigureKind]:
    for name in _MAIN:
        words, topic = _WORDS[name], _topic(name)
        for part in ("", *PARTS):
            end, by = (f".{part}", f" by {part}") if part else ("", "")
            yield FigureKind(
                f"delta.{name}{end}", f"change of {words}{by}", _UNITS[name], topic, _change(name, part), change=True
            )
            yield FigureKind(
                f"delta_percent.{name}{end}",
                f"change of {words}{by}",
                "percent",
                topic,
                _percent(name, part),
                change=True,
            )
        yield FigureKind(
            f"chance_higher.{name}", f"chance of higher {words}", "share", topic, _chance(name), change=True
        )


def _plain(name: str, words: str, unit: Unit, topic: str) -> FigureKind:
    if topic in TOPICS.values():
        return FigureKind(name, words, unit, topic, _of_served(served(name)))
    of_service = attrgetter(name) if name in OF_SERVICES else None
    read = _of_configuration(name, attrgetter(_PATHS.get(name, name)), of_service, of_cost=name in _COSTS)
    return FigureKind(name, words, unit, topic, read)


def _topic(name: str) -> str:
    return TOPICS.get(name) or {"cost_usd": "cost", "carbon_kg": "carbon"}.get(name, name)


def _of_side(get: Callable[[Side], Any]) -> Callable[[ScenarioDifference], Reading]:
    def read(scenario: ScenarioDifference) -> Reading:
        return Reading(None if scenario.after is None else known(get(scenario.after)))

    return read


def _of_configuration(
    name: str,
    get: Callable[[Configuration], Any],
    of_service: Callable[[ManagedJob], Any] | None = None,
    *,
    of_cost: bool = False,
) -> Callable[[ScenarioDifference], Reading]:
    """A figure of what is chosen; of a managed service only what `of_service` gets is told, all else is unknown.

    Of what is served it is told where that has the same figure, and unknown elsewhere, so that a rule fails closed.
    """

    def read(scenario: ScenarioDifference) -> Reading:
        chosen = None if scenario.after is None else scenario.after.chosen
        if isinstance(chosen, ServingConfiguration):
            shared = SHARED.get(name)
            return Reading(None, why=NO_JOB) if shared is None else Reading(known(shared(chosen)))
        if isinstance(chosen, ManagedJob):
            value = None if of_service is None else known(of_service(chosen))
            why = "" if value is not None else f"{chosen.provider} does not tell it"
            return Reading(value, why=why, least=of_cost and value is not None and at_least(scenario.after))
        return Reading(None if chosen is None else known(get(chosen)))

    return read


def _of_served(get: Callable[[ServingConfiguration], Any]) -> Callable[[ScenarioDifference], Reading]:
    """A figure of what is served; it means nothing to a job."""

    def read(scenario: ScenarioDifference) -> Reading:
        chosen = None if scenario.after is None else scenario.after.chosen
        if isinstance(chosen, ServingConfiguration):
            return Reading(known(get(chosen)))
        return Reading(None) if chosen is None else Reading(None, applies=False, why=NOT_SERVED)

    return read


def _foreign(scenario: ScenarioDifference, figure: str) -> Reading | None:
    """What a change of a figure of the other kind is: unknown of what is served, nothing to a job; else None."""
    chosen = None if scenario.after is None else scenario.after.chosen
    if isinstance(chosen, ServingConfiguration):
        return None if figure in SERVING_FIGURES else Reading(None, why=NO_JOB)
    return Reading(None, applies=False, why=NOT_SERVED) if chosen is not None and figure in ONLY else None


def _change(figure: str, part: str) -> Callable[[ScenarioDifference], Reading]:
    def read(scenario: ScenarioDifference) -> Reading:
        if (foreign := _foreign(scenario, figure)) is not None:
            return foreign
        if scenario.change == "added":
            if figure not in ADDITIVE or part not in ("", "scenario"):
                return Reading(None, applies=False, why="the scenario is new")
            return Reading(value_of(scenario.after, figure), why="the scenario is new")
        delta = scenario.delta.get(figure)
        if delta is None:
            same = scenario.change == "unchanged"
            return Reading(0.0 if same else None, why="" if same else f"no {_WORDS[figure]} is known on both sides")
        return _reading(delta, known(getattr(delta, part or "total")), part)

    return read


def _percent(figure: str, part: str) -> Callable[[ScenarioDifference], Reading]:
    change = _change(figure, part)

    def read(scenario: ScenarioDifference) -> Reading:
        if scenario.change == "added":
            return Reading(None, applies=False, why="the scenario is new")
        moved, delta = change(scenario), scenario.delta.get(figure)
        if not moved.value or delta is None:
            return moved
        before = known(delta.before)
        if not before:
            return Reading(None, why=f"the base's {_WORDS[figure]} is {'zero' if before == 0 else 'unknown'}")
        return Reading(100.0 * moved.value / abs(before), within_noise=moved.within_noise)

    return read


def _chance(figure: str) -> Callable[[ScenarioDifference], Reading]:
    def read(scenario: ScenarioDifference) -> Reading:
        if (foreign := _foreign(scenario, figure)) is not None:
            return foreign
        if scenario.change in ("added", "unchanged"):
            why = "the scenario is new" if scenario.change == "added" else "the scenario is the same"
            return Reading(None, applies=False, why=why)
        delta = scenario.delta.get(figure)
        return Reading(None) if delta is None else Reading(known(delta.chance_higher), within_noise=delta.within_noise)

    return read


def _reading(delta: Delta, value: float | None, part: str) -> Reading:
    if value is not None:
        return Reading(value, within_noise=delta.within_noise)
    if part == "planner":
        return Reading(None, why="the base has no lock to compare with")
    missing = "before" if known(delta.before) is None else "after" if known(delta.after) is None else ""
    return Reading(None, why=f"the figure {missing} the change is unknown" if missing else "")


def value_of(side: Side | None, figure: str) -> float | None:
    """One of the main figures of what a side chose; None where it is unknown or nothing was chosen.

    Of a side that chooses a machine it is the machine's, also where a managed service is cheaper; where only services
    are there it is that of the cheapest, so that budgets, approvals and rules on cost judge what it would cost.
    """
    chosen = None if side is None else side.chosen
    return None if chosen is None else known(getattr(chosen, figure, None))


def amount_of(side: Side | None) -> float | None:
    """What budgets and approvals count: the cost of a job, or of a month of what is served; None where unknown."""
    served_ = side is not None and side.serving is not None
    return value_of(side, SERVING_FIGURES[0] if served_ else FIGURES[0])


def at_least(side: Side | None) -> bool:
    """Whether the cost of what a side chose is a lower bound: a service does not state all its fees."""
    chosen = None if side is None else side.chosen
    return isinstance(chosen, ManagedJob) and chosen.cost_usd_at_least and known(chosen.cost_usd) is not None


def known(value: Any) -> float | None:  # noqa: ANN401 - numbers of plans that may be hand-made
    """A number, or None where there is none: null, NaN, text."""
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return None
    return float(value)


def _gpus(chosen: Configuration) -> float:
    return float(chosen.hardware.count * chosen.hardware.nodes)


def _gpu_hours(chosen: Configuration) -> float | None:
    hours = known(chosen.hours)
    return None if hours is None else hours * _gpus(chosen)


def _price_of_gpu(chosen: Configuration) -> float | None:
    price = known(chosen.offer.price_usd_per_hour)
    return None if price is None else price / max(1, chosen.hardware.count)


def _setting(name: str) -> Callable[[Configuration], Any]:
    def get(chosen: Configuration) -> Any:  # noqa: ANN401 - whatever the plan holds
        return chosen.train.get(name)

    return get


_COSTS: Final = ("cost_usd", "cost_usd_lo", "cost_usd_hi")
OF_SERVICES: Final = frozenset({
    *_COSTS, "quality", "quality_lo", "quality_hi", "cost_parts.storage", "cost_parts.reruns", "cost_parts.tax",
})  # fmt: skip
"""Figures that a managed service has under the same names."""
_PATHS: Final[Mapping[str, str]] = {
    "price_usd_per_hour": "offer.price_usd_per_hour",
    "preemption_per_hour": "offer.preemption_per_hour",
    "preemption_break_even_per_hour": "offer.preemption_break_even_per_hour",
    "host_memory_gib": "offer.host_memory_gib",
    "nodes": "hardware.nodes",
    "memory_per_gpu_gib": "hardware.memory_per_gpu_gib",
}
"""Figure → where a configuration has it, where that is not its name."""
_FURTHER: Final[tuple[tuple[str, str, Unit, str], ...]] = (
    ("price_usd_per_hour", "hourly price of the machine", "money", "price"),
    ("preemption_per_hour", "preemption rate per hour", "number", "choice"),
    ("preemption_break_even_per_hour", "preemption rate at break-even", "number", "choice"),
    ("nodes", "number of nodes", "count", "cost"),
    ("memory_per_gpu_gib", "usable memory of a GPU", "memory", "memory"),
    ("host_memory_gib", "memory of the host", "memory", "memory"),
    *(
        (f"memory_gib.{name}", f"memory per GPU ({name})", "memory", "memory")
        for name in (
            "total", "total_lo", "total_hi", "weights", "adapters", "gradients", "optimizer", "activations",
            "logits", "temporary", "context", "reserved", "nvidia_smi",
        )
    ),
    *(
        (f"cost_parts.{name}", f"cost of {name}", "money", "cost")
        for name in ("compute", "storage", "egress", "reruns", "labour", "management", "tax")
    ),
    *(
        (f"hour_parts.{name}", f"time of {name}", "time", "hours")
        for name in (
            "queue", "boot", "image", "weights", "data", "warmup", "train", "evaluate", "checkpoints", "preemption",
            "upload",
        )
    ),
    ("work.steps", "optimizer steps", "count", "hours"),
    ("work.tokens", "tokens processed", "count", "hours"),
    ("work.useful_tokens", "useful tokens", "count", "hours"),
    ("work.cut_sample_share", "share of samples cut", "share", "quality"),
    ("work.lost_token_share", "share of tokens lost", "share", "quality"),
    ("work.tokens_per_s_per_gpu", "tokens per second and GPU", "number", "hours"),
    ("work.hfu", "hardware utilisation", "share", "hours"),
    ("work.mfu", "model utilisation", "share", "hours"),
)  # fmt: skip
"""Name, words, unit and topic of the other figures of a configuration."""
