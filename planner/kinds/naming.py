"""What a row of the space is called: its recipe, its offer, its axis values."""

from typing import Any

from planner.catalog.rows import PLAIN
from planner.kinds.problem import Problem
from planner.space.axes import settings
from planner.space.recipes import Recipes, decode


def recipe_identity(problem: Problem, recipes: Recipes, r: int) -> dict[str, Any]:
    """What identifies a recipe: model, method with options, stack and every setting as written or swept."""
    catalog, space = problem.facts.catalog, problem.space
    choice = space.recipes.methods[recipes.method[r]]
    method: dict[str, Any] = {"name": choice.name}
    train: dict[str, Any] = {}
    for path in settings():
        block, name = path.split(".")
        value = decode(path, float(recipes.columns[path][r]))
        if block == "method":
            if name in choice.options:
                method[name] = value
        else:
            train[name if block == "train" else f"dataset_{name}"] = value
    if "alpha" in method and method["alpha"] is None:
        method["alpha"] = 2 * method["rank"]
    train["dataset_mean_tokens"] = round(problem.lengths.whole_mean, 6)
    train["dataset_p95_tokens"] = round(problem.lengths.p95, 6)
    return {
        "model": catalog.models[recipes.model[r]].id,
        "method": method,
        "stack": catalog.stacks[recipes.stack[r]].id,
        "train": train,
    }


def offer_identity(problem: Problem, o: int) -> dict[str, Any]:
    """What identifies an offer: machine, provider, region, tier and, where it is managed, service (not its price)."""
    offers = problem.space.market.offers
    service = str(offers.service[o])
    return {
        "gpu": problem.facts.catalog.gpus[offers.gpu[o]].id,
        "count": int(offers.gpu_count[o]),
        "provider": offers.providers[offers.provider[o]],
        "instance": str(offers.instance[o]),
        "region": str(offers.region[o]),
        "tier": str(offers.term[o]) or ("spot" if offers.spot[o] else "on_demand"),
    } | ({} if service == PLAIN else {"service": service})


def axis_values(problem: Problem, recipes: Recipes, r: int) -> dict[str, Any]:
    """Value of every axis of the scenario; None where it does not apply."""
    codes = recipes.axis_codes[r]
    values: dict[str, Any] = {}
    for a, axis in enumerate(problem.space.recipes.axes):
        value = axis.values[codes[a]] if codes[a] >= 0 else None
        if value is not None and axis.interval is not None:
            value = decode(axis.path, float(recipes.columns[axis.path][r]))
        values[axis.path] = value
    return values
