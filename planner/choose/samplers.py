"""Samplers of Optuna by name, and what a variable is to them.

Optuna is imported only here and in what samples or stores; and only when a search is sampled.
"""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from planner.choose.variables import MOST_CHOICES, Variable
from planner.errors import SetupError
from planner.space.samplers import SAMPLERS

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler

GENERATION_KEYS = {"nsga2": "NSGAIISampler:generation", "nsga3": "NSGAIIISampler:generation"}
"""Where the genetic samplers keep the generation that a trial belongs to."""


@contextmanager
def quiet() -> Iterator[None]:
    """Optuna without its messages: what matters of them is told in the planner's own words."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        try:
            yield
        finally:
            optuna.logging.set_verbosity(before)


def require(name: str) -> None:
    """Raise SetupError where what a sampler needs is not installed."""
    facts = SAMPLERS[name]
    if facts.package is not None and find_spec(facts.package) is None:
        message = f"the sampler {name} needs {facts.package}: pip install 'finetune-planner[{facts.extra}]'"
        raise SetupError(message)


def make_sampler(name: str, seed: int, population: int | None = None) -> "BaseSampler":
    """The sampler of this name; SetupError where a package it needs is missing."""
    import optuna

    require(name)
    size = population or SAMPLERS[name].batch
    breeding, samplers = optuna.samplers.nsgaii, optuna.samplers
    bred: dict[str, Any] = {
        "population_size": size, "crossover": breeding.SBXCrossover(), "mutation": breeding.PolynomialMutation()
    }  # fmt: skip
    silent = {"warn_independent_sampling": False}
    kinds: dict[str, tuple[Callable[..., BaseSampler], dict[str, Any]]] = {
        "nsga2": (samplers.NSGAIISampler, bred),
        "nsga3": (samplers.NSGAIIISampler, bred),
        "tpe": (samplers.TPESampler, {"multivariate": True, "constant_liar": True}),
        "gp": (samplers.GPSampler, silent | {"deterministic_objective": True}),
        "cmaes": (samplers.CmaEsSampler, silent | {"popsize": size, "with_margin": True}),
        "qmc": (samplers.QMCSampler, silent | {"scramble": True}),
        "random": (samplers.RandomSampler, {}),
    }
    kind, settings = kinds[name]
    return kind(seed=seed, **settings)


def distribution(variable: Variable) -> "BaseDistribution":
    """What a variable is to Optuna."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    low, high = variable.low, variable.high
    if variable.choice and high - low < MOST_CHOICES:
        return CategoricalDistribution(tuple(range(int(low), int(high) + 1)))
    return IntDistribution(int(low), int(high)) if variable.whole else FloatDistribution(low, high)
