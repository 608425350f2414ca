"""One configuration of a scenario: found by what the scenario leaves open, and estimated even where it cannot run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from planner.catalog.names import resolve_gpus, resolve_model, suggest
from planner.catalog.rows import Bools, Catalog, Ints
from planner.errors import ExitCode, InputError, PlannerError
from planner.kinds.assumptions import assumptions, calibration_reference, sources
from planner.kinds.describe import describe
from planner.kinds.estimated import Estimate
from planner.kinds.evaluate import chunk_of, pick, reason
from planner.kinds.fine_tune import Origin
from planner.kinds.problem import Problem
from planner.kinds.searching import build_problem
from planner.outcome import CatalogReference, Metadata, PlannerReference
from planner.scenario.fine_tune import FineTune
from planner.space.recipes import Recipes, RecipeSpace, decode
from planner.space.resolve import Space
from planner.space.rules import Rules

MOST_RECIPES = 1_000_000
"""Recipes that are looked through; a scenario with more is not one configuration."""
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Picks:
    """What is picked among the scenario's alternatives; None leaves it open."""

    model: str | None = None
    method: str | None = None
    stack: str | None = None
    gpu: str | None = None
    count: int | None = None
    provider: str | None = None
    service: str | None = None
    instance: str | None = None
    region: str | None = None
    tier: str | None = None


class CannotRunError(PlannerError):
    """A configuration without any figures to show."""

    exit_code = ExitCode.INFEASIBLE


Labels = NDArray[np.str_]
_RECIPES_AT_ONCE = 4096
"""Recipes that are held against the rules at once, so that no table is as large as the scenario."""


def _left_by_rules(space: Space, rules: Rules, recipes: Ints, offers: Ints) -> Bools:
    """(recipes, offers) which of these combinations the rules keep."""
    taken = space.recipes.take(recipes)
    return rules.keeps(taken, np.arange(len(recipes))[:, None], offers[None, :])


def find_row(space: Space, catalog: Catalog, picks: Picks) -> int:
    """Row of the one combination that the scenario and the picks leave; InputError says what else is open."""
    if len(space.recipes) > MOST_RECIPES:
        message = f"{space.combinations:,} combinations remain; estimate takes one\n{_axes_open(space.recipes)}"
        raise InputError(message)
    recipes = space.recipes.take(np.arange(len(space.recipes)))
    ours, theirs = _recipe_labels(space, catalog, recipes), _offer_labels(space, catalog)
    kept_recipes = _kept(ours, picks, catalog, len(recipes))
    kept_offers = _kept(theirs, picks, catalog, len(space.market.offers))
    r, o = np.flatnonzero(kept_recipes), np.flatnonzero(kept_offers)
    if space.rules is not None and len(r) * len(o):
        batches = np.array_split(r, -(-len(r) // _RECIPES_AT_ONCE))
        some = np.concatenate([_left_by_rules(space, space.rules, batch, o) for batch in batches])
        r, o = r[some.any(axis=1)], o[some.any(axis=0)]
        n = int(some.sum())
    else:
        n = len(r) * len(o)
    if n == 1:
        return int(r[0]) * len(space.market.offers) + int(o[0])
    if n == 0:
        message = "no combination of the scenario is all of that; pick less, and see what is left"
        raise InputError(message)
    lines = [
        *(_open(f"--{name}", labels[r]) for name, labels in ours.items() if not name.count(".")),
        *(_open(f"--{name}", labels[o]) for name, labels in theirs.items()),
        *(_open(f"--set axes.{name}=[…]", labels[r]) for name, labels in ours.items() if name.count(".")),
    ]
    told = "\n".join(line for line in lines if line)
    message = f"{n:,} combinations remain; estimate takes one. Still open:\n{told}"
    raise InputError(message)


def estimate_fine_tune(
    scenario: FineTune, space: Space, catalog: Catalog, origin: Origin, warnings: list[str], picks: Picks
) -> Estimate:
    """The one configuration that scenario and picks leave; the same figures and id as in the scenario's plan."""
    row = find_row(space, catalog, picks)
    problem = build_problem(scenario, space, catalog)
    stopped, broken = verdict(problem, row)
    (configuration,) = describe(problem, np.array([row]))
    own_scenario, own_problem = _narrowed(scenario, problem, row)
    return Estimate(
        api_version="planner/v1",
        kind="FineTune",
        metadata=Metadata(**scenario.metadata.model_dump()),
        scenario=origin.reference(),
        catalog=CatalogReference(as_of=catalog.as_of, digest=catalog.digest),
        planner=PlannerReference(version=origin.version),
        calibration=calibration_reference(problem),
        configuration=configuration,
        stopped_by=stopped,
        broken=broken,
        assumptions=assumptions(own_scenario, own_problem, [configuration]),
        warnings=warnings,
        sources=sources(problem),
    )


def _narrowed(scenario: FineTune, problem: Problem, row: int) -> tuple[FineTune, Problem]:
    """Scenario and problem with this combination alone, so that nothing is assumed for others."""
    space = problem.space
    r, o = divmod(row, len(space.market.offers))
    recipe = space.recipes.take(np.array([r]))
    method = space.recipes.methods[int(recipe.method[0])]
    recipes = replace(space.recipes, models=recipe.model, stacks=recipe.stack, methods=(method,))
    market = space.market.restricted(np.arange(len(space.market.offers)) == o)
    narrow = replace(problem, space=replace(space, recipes=recipes, market=market, rules=None))
    return scenario.model_copy(update={"methods": [method.name]}), narrow


def verdict(problem: Problem, row: int) -> tuple[str, list[str]]:
    """What keeps a combination from running, empty if nothing does, and the limits that it breaks.

    Raises CannotRunError where there is not even an attempt whose figures could be shown.
    """
    picked = pick(problem, np.array([row]))
    chunk = chunk_of(problem, picked)
    texts = {limit.name: limit.text for limit in problem.limits}
    stopped = reason(int(chunk.stop[0])) if chunk.stop[0] > 0 else ""
    if stopped and not np.isfinite(picked.block.shaped.choice.micro_batch[picked.pair[0]]):
        message = f"this configuration cannot run: {stopped}"
        raise CannotRunError(message)
    return stopped, [f"{name}: {texts[name]}" for name, broken in chunk.broken.items() if broken[0]]


def _recipe_labels(space: Space, catalog: Catalog, recipes: Recipes) -> dict[str, Labels]:
    names = [choice.name for choice in space.recipes.methods]
    methods = [
        choice.name
        if names.count(choice.name) == 1
        else f"{choice.name}({', '.join(f'{key} {value}' for key, value in choice.options.items())})"
        for choice in space.recipes.methods
    ]
    found = {
        "model": np.array([model.id for model in catalog.models])[recipes.model],
        "method": np.array(methods)[recipes.method],
        "stack": np.array([stack.id for stack in catalog.stacks])[recipes.stack],
    }
    for a, axis in enumerate(space.recipes.axes):
        column = recipes.columns[axis.path]
        unique, inverse = np.unique(column, return_inverse=True)
        words = np.array([str(decode(axis.path, value)) for value in unique.tolist()])
        found[axis.path] = np.where(recipes.axis_codes[:, a] >= 0, words[inverse], "")
    return found


def _offer_labels(space: Space, catalog: Catalog) -> dict[str, Labels]:
    offers = space.market.offers
    return {
        "gpu": np.array([gpu.id for gpu in catalog.gpus])[offers.gpu],
        "count": offers.gpu_count.astype(str),
        "provider": np.array(offers.providers)[offers.provider],
        "service": offers.service.astype(str),
        "instance": offers.instance.astype(str),
        "region": offers.region.astype(str),
        "tier": offers.tier,
    }


def _kept(labels: Mapping[str, Labels], picks: Picks, catalog: Catalog, n: int) -> Bools:
    """Rows that are all that was picked; a name that is nowhere among them is refused."""
    kept = np.ones(n, bool)
    for field in fields(picks):
        wanted = getattr(picks, field.name)
        if wanted is None or field.name not in labels:
            continue
        mine = np.isin(labels[field.name], list(_meant(field.name, str(wanted), catalog)))
        if not mine.any():
            known = np.unique(labels[field.name]).tolist()
            near = suggest(str(wanted), known)
            hint = f"did you mean {near!r}?" if near else f"it has {_listed(known)}"
            message = f"--{field.name} {wanted}: not in the scenario; {hint}"
            raise InputError(message)
        kept &= mine
    return kept


def _meant(dimension: str, name: str, catalog: Catalog) -> Iterable[str]:
    """The labels that a name stands for."""
    if dimension == "model":
        index = resolve_model(catalog, name)
        return [name] if index is None else [catalog.models[index].id]
    if dimension == "gpu":
        return [catalog.gpus[index].id for index in resolve_gpus(catalog, name)]
    return [name.replace("-", "_")] if dimension == "tier" else [name]


def _open(flag: str, labels: Labels) -> str:
    """A line for what has several values left; empty for what has one."""
    values = list(dict.fromkeys(labels.tolist()))
    return f"  {flag}  {len(values):,} of them: {_listed(values)}" if len(values) > 1 else ""


def _axes_open(recipes: RecipeSpace) -> str:
    return "\n".join(f"  --set axes.{axis.path}=[…]  {len(axis.values):,} values" for axis in recipes.axes)


def _listed(values: list[str]) -> str:
    shown = ", ".join(values[:_SHOWN])
    return shown if len(values) <= _SHOWN else f"{shown} and {len(values) - _SHOWN:,} more"
