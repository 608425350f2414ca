"""Which configuration of which plan a run followed."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from planner.catalog.models import id_of
from planner.outcome import Configuration, Plan
from planner.spend.against_plan import planned
from planner.spend.against_plan.finished import FinishedRun

BY_SCENARIO: Final = "scenario"
BY_MACHINE: Final = "model, method and machine"
LEAST_ID: Final = 6
"""Signs of a configuration's id from which it is one."""
_PARTS: Final = re.compile(r"[/@#:\s]+")
Named = tuple[str, Plan]
"""A plan and the file it is from."""
_Machine = tuple[str, str, str, float]
"""Model, method, card and number of cards."""


@dataclass(frozen=True, slots=True)
class Match:
    """A run's configuration."""

    plan: Plan
    file: str
    configuration: Configuration
    by: str


def configurations(plan: Plan) -> list[Configuration]:
    """All that a plan has figures of: decisions first, then the front, cheapest first."""
    every = [*plan.front, *plan.beside, *plan.alternatives.configurations]
    decided = list(dict.fromkeys(plan.decisions.values()))
    return sorted(every, key=lambda c: decided.index(c.id) if c.id in decided else len(decided))


class Plans:
    """Configurations of all plans, to be found by id, by the name of their plan, or by what they run on."""

    def __init__(self, plans: Sequence[Named]) -> None:
        self._ids: dict[str, list[Match]] = defaultdict(list)
        self._names: dict[str, list[Match]] = defaultdict(list)
        self._machines: dict[_Machine, list[Match]] = defaultdict(list)
        self._known: dict[tuple[object, ...], Match | None] = {}
        for file, plan in plans:
            for c in configurations(plan):
                named = Match(plan, file, c, BY_SCENARIO)
                self._ids[c.id.lower()[:LEAST_ID]].append(named)
                for name in set(_names(file, plan)):
                    self._names[name].append(named)
                machine = (_model(c.model), str(c.method.get("name", "")).lower(), c.hardware.gpu, planned.gpus(c))
                self._machines[machine].append(Match(plan, file, c, BY_MACHINE))

    def match(self, run: FinishedRun) -> Match | None:
        """By what the run says of its scenario: the plan's name or file, a configuration's id, or both.

        Else the closest configuration of the same model, method, card and number of cards; None where there is none.
        """
        told = (run.scenario, run.version, run.model, run.method, run.gpu, run.provider, run.tier, run.region,
                run.stack, repr(run.gpu_count), repr(run.epochs))  # fmt: skip
        if told not in self._known:
            self._known[told] = self._found(run)
        return self._known[told]

    def _found(self, run: FinishedRun) -> Match | None:
        scenario, version = _parts(run.scenario), _parts(run.version)
        found = [
            match
            for part in sorted(scenario | version)
            if len(part) >= LEAST_ID
            for match in self._ids.get(part[:LEAST_ID], ())
            if match.configuration.id.lower().startswith(part)
        ]
        # Only the scenario names a plan: a version such as `main` may be the name of one by chance.
        found = found or [match for part in sorted(scenario) for match in self._names.get(part, ())]
        if not found and run.model and run.method and run.gpu:
            machine = (_model(run.model), run.method.lower(), run.gpu, run.gpu_count)
            found = self._machines.get(machine, [])
        return min(found, key=lambda one: distance(run, one.configuration), default=None)


def _parts(text: str) -> set[str]:
    """What is written, whole and in parts: `support-bot@8aae435d` may name a plan and a configuration."""
    return {part.lower() for part in (text, *_PARTS.split(text)) if part}


def _names(file: str, plan: Plan) -> Iterator[str]:
    """What a plan may be called: its scenario's name, its file, and the folder that it lies in."""
    path = PurePath(file)
    yield from (plan.metadata.name.lower(), path.parent.name.lower())
    if path.stem != "plan":
        yield path.stem.lower()


def _model(name: str) -> str:
    """A name or hub id without its owner."""
    return id_of(name.rpartition("/")[2])


def distance(run: FinishedRun, c: Configuration) -> float:
    """How far a run is from a configuration in what both tell; what moves the cost most counts most."""
    told = (
        (8.0, bool(run.model) and _model(run.model) != _model(c.model)),
        (4.0, bool(run.method) and run.method.lower() != str(c.method.get("name", "")).lower()),
        (4.0, bool(run.gpu) and run.gpu != c.hardware.gpu),
        (1.0, bool(run.provider) and run.provider != c.offer.provider),
        (1.0, bool(run.tier) and run.tier != c.offer.tier),
        (0.5, bool(run.region) and run.region != c.offer.region),
        (0.5, bool(run.stack) and run.stack != c.stack),
    )
    counts = ((run.gpu_count, planned.gpus(c)), (run.epochs, planned.epochs(c)))
    apart = sum(abs(math.log2(a / b)) for a, b in counts if a > 0.0 and b > 0.0)
    return sum(weight for weight, differs in told if differs) + apart
