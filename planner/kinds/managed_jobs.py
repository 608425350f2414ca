"""Jobs at managed services: every price on every model and setting that matters to it, as columns.

What a service does is told by its price alone: no machine, no parallelism, no hours. Quality is the same prior as that
of a rented run of the same model, method and data; a service's own model has one only where a score is known.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planner.catalog.quoted import TuningPrice
from planner.catalog.rows import Bools, Floats, Ints
from planner.choose.decide import Points
from planner.estimate import bands
from planner.estimate.managed_cost import billed_tokens, job_usd
from planner.estimate.pairs import Workload, build_workload
from planner.estimate.prior import quality_terms
from planner.estimate.quality import BASE_SD, QualityTerms, base_logit, normalised
from planner.kinds.problem import Problem
from planner.space.matching import matching_recipes
from planner.space.patterns import Pattern
from planner.space.recipes import MethodChoice, Recipes, RecipeSpace
from planner.space.tuning_market import model_prices

MATTERS: Final = frozenset({
    "dataset.samples", "dataset.share", "dataset.validation_share", "dataset.completion_share", "train.epochs",
    "train.evaluations_per_epoch", "train.expected_reruns", "train.max_seq_len", "method.rank", "method.targets",
})  # fmt: skip
"""Settings that change what a service bills, or the quality."""
MOST: Final = 500_000
"""Settings that are priced per price and method at most; of more, so many, evenly spread."""
UNDISCLOSED: Final = "undisclosed"
UNDISCLOSED_SD: Final = 0.15
"""Spread, in logits, of what a method that nobody tells does to quality, as wide as the widest known one [E]."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs of one price by one method; all columns have one row per job."""

    price: TuningPrice
    models: tuple[str, ...]
    """Id of the model, per row."""
    method: MethodChoice
    """Without options where the service does not say how it trains."""
    recipes: Recipes
    work: Workload
    quality: QualityTerms
    tokens: Floats
    tokens_sd: float
    space: RecipeSpace
    """What `recipes` are rows of."""
    whole: bool
    """Whether all settings are there."""

    def __len__(self) -> int:
        """Number of jobs."""
        return len(self.tokens)

    def cost_usd(self, z: float = 0.0) -> Floats:
        """Cost, or its quantile at `z` standard deviations; NaN where hours are billed."""
        return job_usd(self.price, self.tokens, self.recipes.number("train.expected_reruns"), self.tokens_sd, z)


def managed_jobs(problem: Problem) -> Iterator[Jobs]:
    """All jobs of the prices in play, those on models of the catalog first."""
    space = problem.space
    for price, models in model_prices(space.tuning, problem.facts.catalog, space.recipes.models):
        for choice in _methods(price, space.recipes):
            yield from _priced(problem, price, choice, np.array(models))
    for price in space.tuning.prices:
        if price.model:
            yield from _priced(problem, price, _methods(price, space.recipes)[0], None)


def _methods(price: TuningPrice, recipes: RecipeSpace) -> list[MethodChoice]:
    """The scenario's choices that a price is for; options of a method that is not disclosed are nobody's to set."""
    if price.method:
        return [choice for choice in recipes.methods if choice.name == price.method]
    return [MethodChoice(recipes.methods[0].index, UNDISCLOSED, {})]


def _priced(problem: Problem, price: TuningPrice, choice: MethodChoice, models: Ints | None) -> Iterator[Jobs]:
    """Jobs of one price by one method; `models` is None for the model of the service's own."""
    axes = tuple(axis for axis in problem.space.recipes.axes if axis.path in MATTERS)
    mine = np.zeros(1, np.int64) if models is None else models
    space = RecipeSpace(mine, (choice,), np.zeros(1, np.int64), axes, problem.space.recipes.defaults)
    rows = np.arange(len(space)) if len(space) <= MOST else np.linspace(0, len(space) - 1, MOST).astype(np.int64)
    recipes = space.take(rows)
    if models is None:
        recipes = replace(recipes, model=np.full(len(rows), -1))
    recipes = recipes.take(np.flatnonzero(_kept(problem, recipes, choice)))
    if not len(recipes):
        return
    work = build_workload(recipes, problem.lengths)
    names = [price.model] if models is None else [problem.facts.catalog.models[m].id for m in models]
    place = recipes.model if models is None else np.searchsorted(models, recipes.model)
    yield Jobs(
        price=price,
        models=tuple(names[i] for i in (np.zeros(len(recipes), np.int64) if models is None else place).tolist()),
        method=choice,
        recipes=recipes,
        work=work,
        quality=_quality(problem, price, choice, recipes, work),
        tokens=billed_tokens(price, work),
        tokens_sd=problem.lengths.sd,
        space=space,
        whole=len(rows) == len(space),
    )


def _kept(problem: Problem, recipes: Recipes, choice: MethodChoice) -> Bools:
    """What the scenario's rules leave; a rule that asks for a stack, machine, place or provider matches no job."""
    tuning = problem.space.tuning

    def matched(rules: Sequence[Pattern]) -> Bools:
        found = np.zeros(len(recipes), bool)
        for rule in rules:
            if not set(rule.codes) - {"model", "method"} and not (
                choice.name == UNDISCLOSED and "method" in rule.codes
            ):
                found |= matching_recipes(rule, recipes, (choice,))
        return found

    left = ~matched(tuning.exclude)
    return left & matched(tuning.include) if tuning.include else left


def _quality(
    problem: Problem, price: TuningPrice, choice: MethodChoice, recipes: Recipes, work: Workload
) -> QualityTerms:
    """The prior of the jobs; NaN where the model has no score."""
    own = bool(price.model)
    known = replace(recipes, model=np.zeros(len(recipes), np.int64)) if own else recipes
    terms = quality_terms(known, work, problem.baseline, (choice,), problem.facts)
    nothing = np.zeros(len(recipes))
    if choice.name == UNDISCLOSED:
        terms = replace(terms, method=nothing, method_sd=nothing + UNDISCLOSED_SD, capacity=nothing)
    if own:
        logit = _own_logit(problem, price)
        terms = replace(terms, base=nothing + logit, base_sd=nothing + (BASE_SD if np.isfinite(logit) else np.nan))
    return terms


def _own_logit(problem: Problem, price: TuningPrice) -> float:
    """Starting logit of a service's own model, from a score under its name that is comparable; NaN without one."""
    benchmark, best = problem.baseline.benchmark, (len(problem.baseline.benchmark.shots), np.nan)
    for score in problem.facts.catalog.scores:
        comparable = score.benchmark == benchmark.id and score.variant == "base" and score.shots in benchmark.shots
        if comparable and score.printed_model.lower() in (price.model, price.offered.lower()):
            best = min(best, (benchmark.shots.index(score.shots), score.points))
    points = np.array([best[1]])
    return float(base_logit(normalised(points, benchmark.chance, benchmark.ceiling))[0])


def job_points(problem: Problem, found: Sequence[Jobs], group: Ints, row: Ints, first: int) -> Points:
    """Jobs as columns for decisions; `first` is a code that no machine or offer has, for what jobs share."""
    nothing = np.zeros(len(group))
    index = {model.id: i for i, model in enumerate(problem.facts.catalog.models)}
    own = {name: len(index) + k for k, name in enumerate(problem.space.tuning.models)}
    names = [found[g].models[r] for g, r in zip(group.tolist(), row.tolist(), strict=True)]

    def gather(column: str) -> Floats:
        parts = [getattr(jobs.quality, column) for jobs in found]
        return np.array([parts[g][r] for g, r in zip(group.tolist(), row.tolist(), strict=True)], np.float64)

    costs = [jobs.cost_usd() for jobs in found]
    targets = [jobs.recipes.code("method.targets") for jobs in found]
    return Points(
        cost_usd=np.array([costs[g][r] for g, r in zip(group.tolist(), row.tolist(), strict=True)], np.float64),
        hours=nothing + np.nan,
        quality=gather("q"),
        carbon_kg=nothing + np.nan,
        quality_logit=gather("logit"),
        gain=gather("gain"),
        capacity=gather("capacity"),
        overfit=gather("overfit"),
        base_sd=gather("base_sd"),
        method_sd=gather("method_sd"),
        speed_sd=nothing,
        price_sd=np.array([bands.PRICE_SD[found[g].price.confidence] for g in group.tolist()], np.float64),
        luck_sd=nothing,
        hours_luck_sd=nothing,
        luck_covariance=nothing,
        model=np.array([index.get(name, own.get(name, -1)) for name in names], np.int64),
        method=np.array(
            [
                _method_code(problem, found[g], int(targets[g][r]))
                for g, r in zip(group.tolist(), row.tolist(), strict=True)
            ],
            np.int64,
        ),
        machine=first + group,
        offer=first + group,
    )


def _method_code(problem: Problem, jobs: Jobs, targets: int) -> int:
    """The code that a rented run by the same method has, so that what the two share cancels."""
    choices = problem.space.recipes.methods
    place = choices.index(jobs.method) if jobs.method in choices else len(choices)
    return place * 100 + targets
