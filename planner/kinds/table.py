"""Every combination as a flat table: what lets anyone recompute the front without us (DESIGN, Contract)."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Bools, Floats, Ints
from planner.estimate.parallel import PARALLELISM
from planner.estimate.shaped import Shaped
from planner.kinds.evaluate import Part, Picked, chunk_of, parts, pick, pick_points, reason
from planner.kinds.naming import axis_values, offer_identity, recipe_identity
from planner.kinds.problem import Problem
from planner.space.identity import canonical, configuration_id
from planner.space.resolve import Space

Columns = dict[str, Any]
"""Column name → array or list, all of one length."""
SAMPLE_BATCH = 20_000
POINT_BATCH = 1_000
"""Points off the grid at a time; each is a recipe of its own on every shape that the batch needs."""


def tables(problem: Problem, sample: int | None = None) -> Iterator[Columns]:
    """The space as tables, some rows at a time, then the points off the grid that a search tried.

    `sample` keeps that many rows of the space, evenly spread, and no points.
    """
    names = _Names(problem)
    if sample is not None and sample < problem.space.combinations:
        wanted = _spread(problem.space, sample)
        for start in range(0, len(wanted), SAMPLE_BATCH):
            yield _picked_table(problem, names, pick(problem, wanted[start : start + SAMPLE_BATCH]))
        return
    for part in parts(problem):
        yield _part_table(problem, names, part)
    if problem.archive is not None:
        for points in problem.archive.batches(POINT_BATCH):
            yield _picked_table(problem, names, pick_points(problem, points))


def _spread(space: Space, count: int) -> Ints:
    """At most `count` rows, evenly spread over the space; what rules cut is passed over."""
    if space.rules is None:
        return np.linspace(0, space.walked - 1, count).astype(np.int64)
    offers = len(space.market.offers)
    tried = min(space.walked, -(-count * space.walked // space.combinations))
    found = []
    for start in range(0, tried, SAMPLE_BATCH):
        steps = np.arange(start, min(start + SAMPLE_BATCH, tried), dtype=np.float64)
        rows = (steps * (space.walked - 1) / max(1, tried - 1)).astype(np.int64)
        recipe_rows, offer = np.divmod(rows, offers)
        unique, recipe = np.unique(recipe_rows, return_inverse=True)
        found.append(rows[space.rules.keeps(space.recipes.take(unique), recipe, offer)])
    rows = np.concatenate(found)
    return rows if len(rows) <= count else rows[np.linspace(0, len(rows) - 1, count).astype(np.int64)]


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
    kept = slice(None) if part.kept is None else part.kept
    joined, q = part.joined, part.block.quality.q[part.recipes]
    figures = {
        "cost": joined.cost.total.ravel(),
        "time": joined.hours.ravel(),
        "quality": np.repeat(q, problem.offers),
        "carbon": joined.carbon_kg().ravel(),
        "memory": joined.memory_gib.ravel(),
    }
    at = r[kept], o[kept], pair[kept]
    figures = {name: figure[kept] for name, figure in figures.items()}
    return _table(problem, names, part.block.shaped, at, figures, _reasons(part.chunk.stop, part.chunk.broken))


def _picked_table(problem: Problem, names: _Names, picked: Picked) -> Columns:
    figures = picked.figures()
    figures["memory"] = picked.joined.memory_gib[0]
    chunk = chunk_of(problem, picked)
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
