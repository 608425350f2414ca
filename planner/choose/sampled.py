"""Sampled search of a mixed space with Optuna: generations are asked for, estimated as arrays, and told back.

Optuna is imported only here and only when a search is sampled.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from planner.catalog.rows import Bools, Floats
from planner.choose.exact import CLOUD_POINTS, Found
from planner.choose.indicators import share_of_box
from planner.choose.pareto import front_rows

Key = TypeVar("Key", int, str)
Evaluate = Callable[[Floats], tuple[Floats, Floats]]
"""(n, variables) points → (n, objectives) losses, NaN where unknown, and (n, limits) violations, above 0 broken."""

POPULATION = 50
"""Points per generation."""
MOST_CHOICES = 1000
"""Choices up to which codes are told to the sampler as such; longer lists as whole numbers."""
_HOPELESS = 1e30
"""Told to the sampler in place of a loss that is unknown."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the search: any number between two ends, a whole one, or the code of a choice."""

    name: str
    low: float
    high: float
    whole: bool = False
    choice: bool = False
    """Whole numbers that stand for choices: nothing lies between two of them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to sample."""

    evaluations: int
    seed: int
    population: int = POPULATION


def sample(
    variables: Sequence[Variable], evaluate: Evaluate, start: Floats, objectives: int, settings: Settings
) -> None:
    """Run NSGA-II from the points of `start` until the evaluations are used up; `evaluate` sees every point.

    Seeded and alone, it asks for the same points every time.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        breeding = optuna.samplers.nsgaii
        sampler = optuna.samplers.NSGAIISampler(
            population_size=settings.population,
            crossover=breeding.SBXCrossover(),
            mutation=breeding.PolynomialMutation(),
            seed=settings.seed,
        )
        study = optuna.create_study(sampler=sampler, directions=["minimize"] * objectives)
        ranges = {v.name: _range(v) for v in variables}
        for point in start[: settings.evaluations]:
            study.enqueue_trial(
                {v.name: int(x) if v.whole else float(x) for v, x in zip(variables, point, strict=True)}
            )
        left = settings.evaluations
        while left > 0:
            trials = [study.ask(ranges) for _ in range(min(left, settings.population))]
            left -= len(trials)
            losses, violations = evaluate(np.array([[trial.params[v.name] for v in variables] for trial in trials]))
            hopeless: Bools = np.asarray(~np.isfinite(losses).all(axis=1))
            losses = np.where(np.isfinite(losses), losses, _HOPELESS)
            violations = np.where(np.isfinite(violations), violations, 0.0)
            violations = np.concatenate([violations, hopeless[:, None].astype(float)], axis=1)
            for trial, loss, violation in zip(trials, losses.tolist(), violations.tolist(), strict=True):
                for limit, excess in enumerate(violation):
                    trial.set_constraint(str(limit), excess)
                study.tell(trial, loss)


def _range(variable: Variable) -> Any:  # noqa: ANN401 - a distribution of Optuna
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    low, high = variable.low, variable.high
    if variable.choice and high - low < MOST_CHOICES:
        return CategoricalDistribution(tuple(range(int(low), int(high) + 1)))
    return IntDistribution(int(low), int(high)) if variable.whole else FloatDistribution(low, high)


@dataclass(frozen=True, slots=True)
class Volume:
    """Share of the box between ideal and nadir that a front dominates."""

    hypervolume: float
    ideal: Floats
    nadir: Floats


def volume(losses: Floats) -> Volume:
    """Hypervolume of a front in its own box."""
    ideal, nadir = losses.min(axis=0), losses.max(axis=0)
    return Volume(share_of_box(losses, ideal, nadir), ideal, nadir)


def merged(first: Found, later: Found, relaxes_upwards: Mapping[str, bool]) -> Found:
    """Two searches of parts of one space as one: counts add up, the front is that of both."""
    rows = np.concatenate([first.front, later.front])
    losses = np.concatenate([first.front_losses, later.front_losses])
    kept = front_rows(losses) if losses.shape[1] else np.arange(min(len(rows), 1))
    relaxed = dict(first.relaxed)
    for name, (value, row) in later.relaxed.items():
        known = relaxed.get(name)
        if known is None or (value < known[0] if relaxes_upwards[name] else value > known[0]):
            relaxed[name] = (value, row)
    clouds = [found.cloud for found in (first, later) if len(found.cloud)]
    return replace(
        first,
        front=rows[kept],
        front_losses=losses[kept],
        covered=first.covered + later.covered,
        feasible=first.feasible + later.feasible,
        unknown=first.unknown + later.unknown,
        stops=_sum(first.stops, later.stops),
        first_broken=_sum(first.first_broken, later.first_broken),
        cuts=_sum(first.cuts, later.cuts),
        cuts_alone=_sum(first.cuts_alone, later.cuts_alone),
        relaxed=relaxed,
        cloud=np.concatenate([cloud[: CLOUD_POINTS // len(clouds)] for cloud in clouds]) if clouds else first.cloud,
    )


def _sum(first: Mapping[Key, int], later: Mapping[Key, int]) -> dict[Key, int]:
    total = dict(first)
    for key, count in later.items():
        total[key] = total.get(key, 0) + count
    return total
