"""Every combination as a flat table: what lets anyone recompute the front without us (DESIGN, Contract)."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Bools, Floats, Ints
from planner.estimate.parallel import PARALLELISM
from planner.estimate.shaped import Shaped
from planner.kinds.evaluate import Part, Picked, Problem, as_chunk, parts, pick, reason
from planner.kinds.naming import axis_values, offer_identity, recipe_identity
from planner.space.identity import canonical, configuration_id

Columns = dict[str, Any]
"""Column name → array or list, all of one length."""
SAMPLE_BATCH = 20_000


def tables(problem: Problem, sample: int | None = None) -> Iterator[Columns]:
    """The space as tables, some rows at a time; `sample` keeps that many rows, evenly spread."""
    total = problem.space.combinations
    names = _Names(problem)
    if sample is not None and sample < total:
        wanted = np.linspace(0, total - 1, sample).astype(np.int64)
        for start in range(0, sample, SAMPLE_BATCH):
            yield _picked_table(problem, names, pick(problem, wanted[start : start + SAMPLE_BATCH]))
        return
    for part in parts(problem):
        yield _part_table(problem, names, part)


class _Names:
    """What offers are called, made once."""

    def __init__(self, problem: Problem) -> None:
        self.facts = [offer_identity(problem, o) for o in range(problem.offers)]
        self.texts = [canonical(fact) for fact in self.facts]


def _part_table(problem: Problem, names: _Names, part: Part) -> Columns:
    n = part.recipes.stop - part.recipes.start
    r = np.repeat(np.arange(part.recipes.start, part.recipes.stop), problem.offers)
    o = np.tile(np.arange(problem.offers), n)
    shapes = problem.space.market
    pair = r * len(shapes.shapes) + shapes.shape_of_offer[o]
    joined, q = part.joined, part.block.quality.q[part.recipes]
    figures = {
        "cost": joined.cost.total.ravel(),
        "time": joined.hours.ravel(),
        "quality": np.repeat(q, problem.offers),
        "carbon": joined.carbon_kg().ravel(),
        "memory": joined.memory_gib.ravel(),
    }
    return _table(
        problem, names, part.block.shaped, (r, o, pair), figures, _reasons(part.chunk.stop, part.chunk.broken)
    )


def _picked_table(problem: Problem, names: _Names, picked: Picked) -> Columns:
    figures = picked.figures()
    figures["memory"] = picked.joined.memory_gib[0]
    chunk = as_chunk(problem, picked.joined, picked.q, picked.model, 0)
    at = picked.recipe, picked.offer, picked.pair
    return _table(problem, names, picked.block.shaped, at, figures, _reasons(chunk.stop, chunk.broken))


def _table(
    problem: Problem,
    names: _Names,
    shaped: Shaped,
    at: tuple[Ints, Ints, Ints],
    figures: Mapping[str, Floats],
    reasons: NDArray[np.object_],
) -> Columns:
    """Rows as columns; figures are empty (NaN) where nothing can run."""
    r, o, pair = at
    recipes, choice = shaped.recipes, shaped.choice
    used = np.unique(r)
    facts = {i: recipe_identity(problem, recipes, i) for i in used.tolist()}
    texts = {i: canonical(fact) for i, fact in facts.items()}
    axes = {i: axis_values(problem, recipes, i) for i in used.tolist()}
    rows, offers = r.tolist(), o.tolist()
    runs = choice.parallelism[pair] >= 0
    return {
        "id": [configuration_id(texts[i], names.texts[j]) for i, j in zip(rows, offers, strict=True)],
        "model": [facts[i]["model"] for i in rows],
        "method": [facts[i]["method"]["name"] for i in rows],
        "stack": [facts[i]["stack"] for i in rows],
        "gpu": [names.facts[j]["gpu"] for j in offers],
        "gpu_count": [names.facts[j]["count"] for j in offers],
        "nodes": np.ones(len(rows), np.int64),
        "parallelism": np.where(runs, np.array(PARALLELISM)[choice.parallelism[pair]], ""),
        "micro_batch": choice.micro_batch[pair],
        "grad_accum": choice.grad_accum[pair],
        "provider": [names.facts[j]["provider"] for j in offers],
        "instance": [names.facts[j]["instance"] for j in offers],
        "region": [names.facts[j]["region"] for j in offers],
        "tier": [names.facts[j]["tier"] for j in offers],
        "feasible": reasons == "",
        "reason": reasons,
        "cost_usd": figures["cost"],
        "hours": figures["time"],
        "quality": figures["quality"],
        "carbon_kg": figures["carbon"],
        "memory_gib": figures["memory"],
        **{axis.path: [axes[i][axis.path] for i in rows] for axis in problem.space.recipes.axes},
    }


def _reasons(stop: Ints, broken: Mapping[str, Bools]) -> NDArray[np.object_]:
    """The first thing that stops each row, in words; empty where nothing does."""
    words = np.full(len(stop), "", object)
    for name in reversed(list(broken)):
        words[broken[name]] = name
    stopped = stop > 0
    words[stopped] = [reason(int(code)) for code in stop[stopped]]
    return words
