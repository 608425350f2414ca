"""General optimisers on our spaces, as their users write them: plain Optuna, pymoo, and chance."""

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.catalog.rows import Ints
from planner.kinds.problem import Problem
from tests.benchmarks.search_curve import Recorder
from tests.benchmarks.search_points import Encoding, Estimate, Estimated

Rival = Callable[["Question", int], None]
"""Searches with a seed until the recorder of the question says that it is over."""

FIRST_BATCH: Final = 64
"""Random combinations estimated first; every batch is twice the one before."""
BATCHES: Final = (4096, 65536)
"""Most random combinations estimated at a time: the larger number where that many still share their recipes."""
FEW_PAIRS: Final = 400_000
"""Pairs of recipe and machine up to which all of them are estimated at a time."""
GENERATION: Final = 100
"""Points of a generation of pymoo's, its default."""


@dataclass(frozen=True, slots=True)
class Question:
    """A space as an optimiser sees it: what it may ask for, and what is taken down."""

    problem: Problem
    recorder: Recorder
    estimate: Estimate

    def ask(self, rows: Ints) -> Estimated:
        """Estimate combinations and have them taken down."""
        start = time.perf_counter()
        found = self.estimate(rows)
        self.recorder.estimating_s += time.perf_counter() - start
        self.recorder.add(found.losses[found.passes], len(rows))
        return found


def optuna_nsga2(asked: Question, seed: int) -> None:
    """`study.optimize` with an objective that estimates one combination, and Optuna's defaults for NSGA-II."""
    import optuna

    encoding = Encoding(asked.problem)

    def objective(trial: optuna.Trial) -> tuple[float, ...]:
        point = [_suggest(trial, name, size) for name, size in encoding.sizes.items()]
        found = asked.ask(encoding.rows(np.array([point])))
        for i, violation in enumerate(found.violations[0].tolist()):
            trial.set_constraint(str(i), violation)
        return tuple(found.finite[0].tolist())

    def stop(study: optuna.Study, _: optuna.trial.FrozenTrial) -> None:
        if asked.recorder.over:
            study.stop()

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.NSGAIISampler(seed=seed)
        study = optuna.create_study(sampler=sampler, directions=["minimize"] * len(asked.problem.objectives))
        study.optimize(objective, callbacks=[stop])


def _suggest(trial: Any, name: str, size: int) -> int:
    """A number of a variable's values; offers of a machine are many and stand in no order that matters."""
    if name == "offer":
        return int(trial.suggest_int(name, 0, size - 1))
    return int(trial.suggest_categorical(name, range(size)))


def pymoo_nsga2(asked: Question, seed: int) -> None:
    """pymoo's NSGA-II with its own operators for whole numbers; a generation is estimated as arrays."""
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.evaluator import Evaluator
    from pymoo.core.problem import Problem as Task
    from pymoo.core.termination import NoTermination
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.repair.rounding import RoundingRepair
    from pymoo.operators.sampling.rnd import IntegerRandomSampling
    from pymoo.problems.static import StaticProblem

    encoding = Encoding(asked.problem)
    task = Task(
        n_var=len(encoding.sizes),
        n_obj=len(asked.problem.objectives),
        n_ieq_constr=asked.estimate(np.zeros(1, np.int64)).violations.shape[1],
        xl=0,
        xu=np.array(list(encoding.sizes.values())) - 1,
        vtype=int,
    )
    algorithm = NSGA2(
        pop_size=GENERATION,
        sampling=IntegerRandomSampling(),
        crossover=SBX(prob=1.0, eta=3.0, vtype=float, repair=RoundingRepair()),
        mutation=PM(prob=1.0, eta=3.0, vtype=float, repair=RoundingRepair()),
        eliminate_duplicates=True,
    )
    algorithm.setup(task, termination=NoTermination(), seed=seed, verbose=False)
    while algorithm.has_next() and not asked.recorder.over:
        generation = algorithm.ask()
        if generation is None or not len(generation):
            break  # no offspring that is new: a space this small is used up
        found = asked.ask(encoding.rows(generation.get("X").astype(np.int64)))
        Evaluator().eval(StaticProblem(task, F=found.finite, G=found.violations), generation)
        algorithm.tell(infills=generation)


def random_choice(asked: Question, seed: int) -> None:
    """Combinations drawn evenly, with replacement, and estimated as arrays."""
    numbers, space = np.random.default_rng(seed), asked.problem.space
    most, batch = BATCHES[len(space.recipes) * len(space.market.shapes) <= FEW_PAIRS], FIRST_BATCH
    while not asked.recorder.over:
        asked.ask(numbers.integers(0, space.walked, batch))
        batch = min(2 * batch, most)


RIVALS: Final[Mapping[str, Rival]] = {
    "Optuna NSGA-II": optuna_nsga2,
    "pymoo NSGA-II": pymoo_nsga2,
    "random": random_choice,
}
"""Name as printed → search."""
