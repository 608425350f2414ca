"""Samplers by name, and what each one can do: the one table that checks, messages and `planner list samplers` read.

What is true of Optuna 5 is read in its own documentation (the table of its page `optuna.samplers`) and tried against it
in tests/choose/test_samplers.py. Trials are the budgets recommended there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

DEFAULT_EVALUATIONS: Final = 2000
"""Points a sampler tries unless the scenario says otherwise, or fewer where that is all it is good for."""


@dataclass(frozen=True, slots=True)
class SamplerFacts:
    """What a sampler can do with what a scenario asks."""

    name: str
    summary: str
    objectives: int | None
    """Most objectives it takes; None for any number."""
    limits: bool
    """Whether it may be used with limits: it is steered by them, or by no result at all."""
    steered: bool
    """Whether results steer it; one that is not covers the space alike, whatever comes out."""
    choices: bool
    """Whether it picks among choices (models, methods, stacks, words) rather than numbers."""
    trials: int | None
    """Most trials it is good for; None for as many as one likes."""
    batch: int
    """Points asked for at a time."""
    package: str | None = None
    """What it needs beside Optuna."""
    extra: str | None = None
    """The extra of this package that installs it."""
    stored: bool = True
    """Whether a search with it may be kept in a storage."""


SAMPLERS: Final[Mapping[str, SamplerFacts]] = {
    facts.name: facts
    for facts in (
        SamplerFacts("nsga2", "genetic: breeds generations of non-dominated points, by crowding distance",
                     None, limits=True, steered=True, choices=True, trials=10_000, batch=50),
        SamplerFacts("nsga3", "genetic: the same by reference points, for four objectives and more",
                     None, limits=True, steered=True, choices=True, trials=10_000, batch=50),
        SamplerFacts("tpe", "Bayesian: tree-structured Parzen estimators of good and bad points",
                     None, limits=True, steered=True, choices=True, trials=1000, batch=20),
        SamplerFacts("gp", "Bayesian: Gaussian processes and expected hypervolume improvement",
                     None, limits=True, steered=True, choices=True, trials=500, batch=10, package="torch", extra="gp"),
        SamplerFacts("cmaes", "evolution strategy that adapts a covariance matrix, for one objective over numbers",
                     1, limits=False, steered=True, choices=False, trials=10_000, batch=50,
                     package="cmaes", extra="cmaes", stored=False),
        SamplerFacts("qmc", "quasi-random: a Sobol sequence, spread evenly whatever comes out",
                     None, limits=True, steered=False, choices=True, trials=None, batch=50),
        SamplerFacts("random", "random: a baseline to compare the others with",
                     None, limits=True, steered=False, choices=True, trials=None, batch=50),
    )
}  # fmt: skip
"""Name → what is true of it. cmaes keeps its state as a pickle among the trials, and a storage is not to run code."""


def evaluations_of(sampler: str, written: int | None) -> int:
    """Points that a sampler may try: as written, else the default or all it is good for."""
    if written is not None:
        return written
    trials = SAMPLERS[sampler].trials
    return DEFAULT_EVALUATIONS if trials is None else min(DEFAULT_EVALUATIONS, trials)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a scenario asks of its sampler."""

    objectives: tuple[str, ...]
    limits: tuple[str, ...]
    """Dotted paths of the limits it sets."""
    choices: tuple[str, ...]
    """Dotted paths of what is left to choose that is no number."""
    evaluations: int


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a sampler cannot do what is asked."""

    about: str
    """The key of `search` at fault: sampler or evaluations."""
    message: str
    hint: str


def unfit(name: str, asked: Asked) -> list[Unfit]:
    """Everything a sampler cannot do of what is asked, each with the samplers that can."""
    facts, found = SAMPLERS[name], []
    if facts.objectives is not None and len(asked.objectives) > facts.objectives:
        message = f"{name} takes one objective; the scenario has {len(asked.objectives)}: {', '.join(asked.objectives)}"
        found.append(Unfit("sampler", message, _others("several objectives", asked)))
    if not facts.limits and asked.limits:
        message = f"{name} takes no constraints; the scenario sets {', '.join(asked.limits)}"
        found.append(Unfit("sampler", message, _others("constraints", asked)))
    if not facts.choices and asked.choices:
        message = f"{name} searches numbers alone; the scenario leaves {', '.join(asked.choices)} to choose"
        found.append(Unfit("sampler", message, _others("choices", asked)))
    if facts.trials is not None and asked.evaluations > facts.trials:
        message = f"{name} is good for {facts.trials:,} trials at most; {asked.evaluations:,} are asked for"
        found.append(Unfit("evaluations", message, _others("that many", asked)))
    return found


def _others(what: str, asked: Asked) -> str:
    able = [name for name in SAMPLERS if _able(SAMPLERS[name], asked)]
    return f"samplers for {what}: {', '.join(able)}"


def _able(facts: SamplerFacts, asked: Asked) -> bool:
    return (
        (facts.objectives is None or len(asked.objectives) <= facts.objectives)
        and (facts.limits or not asked.limits)
        and (facts.choices or not asked.choices)
        and (facts.trials is None or asked.evaluations <= facts.trials)
    )
