"""Searching a FineTune space: the whole grid, then what continuous axes hold between its values."""

from planner.catalog.architecture import build_architectures
from planner.catalog.rows import Catalog
from planner.choose.exact import Found, search
from planner.choose.progress import Progress, Report, ticking
from planner.choose.storage import Keeping
from planner.estimate.baseline import build_baseline, choose_benchmark
from planner.estimate.eligibility import build_eligibility
from planner.estimate.pairs import build_facts
from planner.kinds.continuous import explore, join
from planner.kinds.dataset import dataset_lengths
from planner.kinds.evaluate import parts
from planner.kinds.limits import scenario_limits
from planner.kinds.problem import Problem
from planner.kinds.pruned import PrunedSearch
from planner.outcome import Search
from planner.scenario.fine_tune import FineTune
from planner.space.resolve import Space

COUNTED = 2_000_000
"""Combinations up to which every one is evaluated, so that a plan counts all that is cut, and by what."""


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
        tax=scenario.tax,
    )


def search_problem(
    problem: Problem, scenario: FineTune, progress: Progress | None = None, keeping: Keeping | None = None
) -> tuple[Problem, Found, Search]:
    """The whole grid, then what continuous axes hold between its values; the problem comes back with those points.

    What is sampled is kept where `keeping` says.
    """
    if not problem.space.walked:  # managed services alone
        nothing = search((), len(problem.objectives), {limit.name: limit.upper for limit in problem.limits})
        return problem, nothing, Search(strategy="exact", covered=0, evaluated=0, pruned=0)
    if problem.space.way == "sampled":
        return explore(problem, scenario.search, None, progress, keeping)
    found = search_grid(problem, ticking(progress, "grid", problem.space.combinations))
    if problem.space.way == "around":
        return explore(problem, scenario.search, found, progress, keeping)
    pruned = sum(found.pruned.values())
    return problem, found, Search(
        strategy="exact", covered=found.covered, evaluated=found.covered - pruned, pruned=pruned,
        pruned_by=dict(found.pruned),
    )  # fmt: skip


def help_search(
    problem: Problem, scenario: FineTune, keeping: Keeping, worker: int, progress: Progress | None = None
) -> tuple[int, str]:
    """Try points for a search that another process leads; how many, and why it ended."""
    grid = None
    if problem.space.way == "around":
        grid = search_grid(problem, ticking(progress, "grid", problem.space.combinations))
    return join(problem, scenario.search, grid, keeping, worker, progress)


def search_grid(problem: Problem, report: Report | None = None) -> Found:
    """The exact front of a grid; of a large one, what is proven to change nothing is not evaluated."""
    if problem.space.combinations > COUNTED:
        return PrunedSearch(problem).run(report)
    chunks = (part.chunk for part in parts(problem, in_order=False))
    return search(chunks, len(problem.objectives), {limit.name: limit.upper for limit in problem.limits}, report)
