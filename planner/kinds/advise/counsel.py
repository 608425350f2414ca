"""All advice of a plan: on its decisions, on memory where nothing fits, and what the default decision rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Catalog, Ints
from planner.choose.decide import Decision, Points
from planner.choose.exact import Found
from planner.estimate.training import OUT_OF_MEMORY
from planner.kinds.advise.advice import advise
from planner.kinds.advise.feed import feed_note
from planner.kinds.advise.memory import memory_advice
from planner.kinds.advise.pilot import pilots
from planner.kinds.advise.sensitivity import sensitivity
from planner.kinds.decision_notes import decisions
from planner.kinds.evaluate import placed
from planner.kinds.problem import Problem
from planner.outcome import Configuration
from planner.outcome.advice import Advice
from planner.outcome.sensitivity import Sensitivity
from planner.scenario.fine_tune import FineTune

MARGIN_LIMIT: Final = "constraints.memory_margin"


@dataclass(frozen=True, slots=True)
class Counsel:
    """What a plan says about changing things."""

    advice: tuple[Advice, ...] = ()
    notes: tuple[str, ...] = ()
    """On what no figure stands for, such as the data loader."""
    sensitivity: Sensitivity | None = None


def counsel(
    problem: Problem, scenario: FineTune, catalog: Catalog, front: Ints, points: Points | None,
    configurations: Sequence[Configuration], chosen: Sequence[Decision], *, short_of_memory: bool,
) -> Counsel:  # fmt: skip
    """Advice on a front (its rows, and the same as points and configurations) and what was chosen of it.

    Without a front it is on memory, if something was `short_of_memory`.
    """
    if points is None:
        found, told = memory_advice(problem, scenario, catalog) if short_of_memory else ([], "")
        return Counsel(tuple(found), (told,) if told else ())
    rows = {decision.name: int(front[decision.point]) for decision in chosen}
    at = {decision.name: decision.point for decision in chosen}

    def decide(shown: Points) -> dict[str, int]:
        return {decision.name: decision.point for decision in decisions(shown, scenario)[0]}

    return Counsel(
        advice=(
            *advise(problem, scenario, catalog, rows),
            *(pilots(points, configurations, at) if "quality" in problem.objectives else ()),
        ),
        notes=tuple(_notes(problem, front, configurations, list(dict.fromkeys(at.values())))),
        sensitivity=sensitivity(problem, front, rows, decide),
    )


def ran_short(found: Found) -> bool:
    """Whether a search met combinations that do not fit, or not with the margin."""
    return bool(found.stops.get(OUT_OF_MEMORY) or found.cuts.get(MARGIN_LIMIT))


def _notes(problem: Problem, front: Ints, configurations: Sequence[Configuration], chosen: list[int]) -> list[str]:
    """What to do about the data loader of each configuration that was chosen."""
    offer = placed(problem, front[np.array(chosen, np.int64)]).combination % problem.offers
    found = []
    for point, vcpus in zip(chosen, problem.space.market.offers.vcpus[offer].tolist(), strict=True):
        c = configurations[point]
        note = feed_note(c.work.tokens_per_s_per_gpu * c.hardware.count, vcpus)
        if note:
            found.append(f"{c.id}: {note}")
    return found
