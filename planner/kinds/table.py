"""Every combination as a flat table: what lets anyone recompute the front without us (DESIGN, Contract)."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Ints
from planner.choose.exact import Chunk
from planner.estimate.pairs import PARALLELISM
from planner.kinds.evaluate import Evaluated, Problem, chunks, reason
from planner.kinds.naming import axis_values, offer_identity, recipe_identity
from planner.space.identity import canonical, configuration_id

Columns = dict[str, Any]
"""Column name → array or list, all of one length."""


def tables(problem: Problem, sample: int | None = None) -> Iterator[Columns]:
    """The space as tables, a chunk at a time; `sample` keeps that many rows, evenly spread."""
    total = problem.space.combinations
    wanted = None if sample is None or sample >= total else np.linspace(0, total - 1, sample).astype(np.int64)
    for evaluated, chunk in chunks(problem):
        rows = chunk.row if wanted is None else wanted[(wanted >= chunk.row[0]) & (wanted <= chunk.row[-1])]
        if len(rows):
            yield _table(problem, evaluated, chunk, rows - chunk.row[0])


def _table(problem: Problem, evaluated: Evaluated, chunk: Chunk, local: Ints) -> Columns:
    """Some rows of a chunk; figures are empty (NaN) where nothing can run."""
    space, joined, recipes = problem.space, evaluated.joined, evaluated.recipes
    r, o = np.divmod(local, problem.offers)
    pair = r * len(space.market.shapes) + space.market.shape_of_offer[o]
    recipe_facts = [recipe_identity(problem, recipes, i) for i in range(len(recipes))]
    offer_facts = [offer_identity(problem, i) for i in range(problem.offers)]
    recipe_texts = [canonical(fact) for fact in recipe_facts]
    offer_texts = [canonical(fact) for fact in offer_facts]
    axes = [axis_values(problem, recipes, i) for i in range(len(recipes))]

    def of_recipe(name: str) -> list[Any]:
        return [recipe_facts[i][name] for i in r]

    def of_offer(name: str) -> list[Any]:
        return [offer_facts[i][name] for i in o]

    choice = joined.choice
    figures = {name: grid[r, o] for name, grid in evaluated.figures().items()}
    reasons = _reasons(chunk, local)
    runs = choice.parallelism[pair] >= 0
    return {
        "id": [configuration_id(recipe_texts[i], offer_texts[j]) for i, j in zip(r, o, strict=True)],
        "model": of_recipe("model"),
        "method": [fact["name"] for fact in of_recipe("method")],
        "stack": of_recipe("stack"),
        "gpu": of_offer("gpu"),
        "gpu_count": of_offer("count"),
        "nodes": np.ones(len(r), np.int64),
        "parallelism": np.where(runs, np.array(PARALLELISM)[choice.parallelism[pair]], ""),
        "micro_batch": choice.micro_batch[pair],
        "grad_accum": choice.grad_accum[pair],
        "provider": of_offer("provider"),
        "instance": of_offer("instance"),
        "region": of_offer("region"),
        "tier": of_offer("tier"),
        "feasible": reasons == "",
        "reason": reasons,
        "cost_usd": figures["cost"],
        "hours": figures["time"],
        "quality": figures["quality"],
        "carbon_kg": figures["carbon"],
        "memory_gib": joined.memory_gib[r, o],
        **{axis.path: [axes[i][axis.path] for i in r] for axis in space.recipes.axes},
    }


def _reasons(chunk: Chunk, local: Ints) -> NDArray[np.object_]:
    """The first thing that stops each row, in words; empty where it is feasible."""
    words = np.full(len(local), "", object)
    for name in reversed(list(chunk.broken)):
        words[chunk.broken[name][local]] = name
    stopped = chunk.stop[local]
    words[stopped > 0] = [reason(int(code)) for code in stopped[stopped > 0]]
    return words
