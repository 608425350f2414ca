"""Searching a FineTune space: the whole grid, then what continuous axes hold between its values."""

from planner.catalog.architecture import build_architectures
from planner.catalog.rows import Catalog
from planner.choose.exact import Found, search
from planner.choose.progress import Progress, ticking
from planner.estimate.baseline import build_baseline, choose_benchmark
from planner.estimate.eligibility import build_eligibility
from planner.estimate.pairs import build_facts
from planner.kinds.continuous import explore, has_intervals
from planner.kinds.dataset import dataset_lengths
from planner.kinds.evaluate import parts
from planner.kinds.limits import scenario_limits
from planner.kinds.problem import Problem
from planner.outcome import Search
from planner.scenario.fine_tune import FineTune
from planner.space.resolve import Space


def build_problem(scenario: FineTune, space: Space, catalog: Catalog) -> Problem:
    """Everything that does not depend on the chunk."""
    benchmark = space.benchmark or choose_benchmark(catalog, space.task, space.recipes.models)
    return Problem(
        space=space,
        facts=build_facts(catalog, build_architectures(catalog.models), build_eligibility(catalog)),
        lengths=dataset_lengths(scenario.dataset, space.measured),
        baseline=build_baseline(catalog, space.task, benchmark, allow_prior=scenario.quality.allow_prior),
        limits=scenario_limits(scenario),
        margin=scenario.constraints.memory_margin,
        objectives=tuple(scenario.objectives),
        labour=scenario.labour,
    )


def search_problem(
    problem: Problem, scenario: FineTune, progress: Progress | None = None
) -> tuple[Problem, Found, Search]:
    """The whole grid, then what continuous axes hold between its values; the problem comes back with those points."""
    found = search(
        (part.chunk for part in parts(problem)),
        len(problem.objectives),
        {limit.name: limit.upper for limit in problem.limits},
        ticking(progress, "grid", problem.space.combinations),
    )
    if has_intervals(problem):
        return explore(problem, found, scenario.search)
    return problem, found, Search(strategy="exact", covered=found.covered, evaluated=found.covered, pruned=0)
