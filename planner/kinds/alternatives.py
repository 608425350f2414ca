"""Near-optimal plans of another kind than the decisions: another provider, tier, card, method or model.

The best of each kind is looked for among all combinations, on the front or not: a plan that another beats by a little
is as good a choice for whoever cannot rent from that provider.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import numpy as np

from planner.catalog.rows import Bools, Ints
from planner.choose.decide import Decision, Points, beats
from planner.choose.exact import Chunk
from planner.choose.nearby import Anchor, Nearest
from planner.kinds.alternative_words import KINDS, LARGEST_LOSS, alternative_text, kinds_text
from planner.kinds.decisions import front_points
from planner.kinds.describe import describe
from planner.kinds.evaluate import chunk_of, parts, pick, placed
from planner.kinds.problem import Problem
from planner.outcome import Alternative, Alternatives, Configuration
from planner.scenario.fine_tune import FineTune
from planner.space.recipes import RecipeSpace

WALKED_WHOLE = 2_000_000
"""Combinations of a space that is walked again as a whole for this; of a larger one a part is looked at."""
CANDIDATES = 100_000
"""Combinations looked at in a larger space."""
BATCH = 20_000
_OBJECTIVE_OF = {"cheapest": "cost", "fastest": "time", "best": "quality", "greenest": "carbon"}


def alternatives(
    problem: Problem, scenario: FineTune, front: Ints, points: Points, chosen: Sequence[Decision],
    configurations: Sequence[Configuration],
) -> Alternatives:  # fmt: skip
    """The best of every kind for every decision, within the scenario's share; `front` are the rows of the front."""
    near = scenario.decide.near
    names = problem.objectives
    anchors = [_anchor(points, decision, names, near, _bounds(scenario, decision, names)) for decision in chosen]
    at = front[[decision.point for decision in chosen]]
    nearest = Nearest(anchors, _Kinds(problem, at).differs)
    chunks, searched, whole = _searched(problem, front, at)
    for chunk in chunks:
        nearest.look(chunk)
    rows, kinds = _merged(nearest, len(chosen))
    place = {int(row): i for i, row in enumerate(front)}
    off = np.array(sorted({row for row in rows if row not in place}), np.int64)
    described = describe(problem, off) if len(off) else []
    known = dict(zip([*place, *off.tolist()], [*configurations, *described], strict=True))
    together = _with(points, front_points(problem, off)) if len(off) else points
    place |= {int(row): len(points) + i for i, row in enumerate(off)}
    found = [
        _alternative(chosen[i], anchors[i], names, known[row], together, place[row], kinds[i, row], len(points))
        for i, row in kinds
    ]
    return Alternatives(near=near, searched=searched, whole=whole, found=found, configurations=described)


def _bounds(scenario: FineTune, decision: Decision, names: Sequence[str]) -> list[float]:
    """The largest losses that an alternative to a decision may have, whatever is near: the bounds that it keeps to."""
    epsilon = scenario.decide.epsilon
    if decision.name != "epsilon" or epsilon is None:
        return [np.inf] * len(names)
    values = epsilon.within.model_dump()
    given = {name: -value if name == "quality" else value for name, value in values.items() if value is not None}
    return [given.get(name, np.inf) for name in names]


def _anchor(points: Points, decision: Decision, names: Sequence[str], near: float, most: list[float]) -> Anchor:
    losses = np.array([points.loss(name)[decision.point] for name in names])
    of = _goes_by(decision)
    return Anchor.within(losses, near, None if of == LARGEST_LOSS else names.index(of), np.array(most))


def _goes_by(decision: Decision) -> str:
    """The objective of a decision that has one; a compromise between several is held against its largest loss."""
    if decision.name == "epsilon":
        return decision.of
    return _OBJECTIVE_OF.get(decision.name, LARGEST_LOSS)


class _Kinds:
    """In what combinations differ from the chosen ones; every row is a recipe times the offers plus an offer."""

    def __init__(self, problem: Problem, at: Ints) -> None:
        self.problem, offers = problem, problem.space.market.offers
        gpus = problem.facts.catalog.gpus
        self.method = np.array([choice.index for choice in problem.space.recipes.methods])
        self.offer_columns = {"provider": offers.provider, "tier": offers.tier, "card": offers.gpu}
        self.year = np.array([gpu.release_year for gpu in gpus])[offers.gpu]
        recipe, self.offer = np.divmod(placed(problem, at).combination, problem.offers)
        self.recipes = problem.space.recipes.take(recipe)

    def differs(self, i: int, rows: Ints) -> Mapping[str, Bools]:
        """Kind → which of these rows differ from the chosen one `i` in it."""
        recipe, offer = np.divmod(placed(self.problem, rows).combination, self.problem.offers)
        unique, inverse = np.unique(recipe, return_inverse=True)
        taken = self.problem.space.recipes.take(unique)
        own = self.offer[i]
        found: dict[str, Bools] = {kind: column[offer] != column[own] for kind, column in self.offer_columns.items()}
        found["older card"] = found["card"] & (self.year[offer] < self.year[own])
        found["method"] = (self.method[taken.method] != self.method[self.recipes.method[i]])[inverse]
        found["model"] = (taken.model != self.recipes.model[i])[inverse]
        return found


def _searched(problem: Problem, front: Ints, at: Ints) -> tuple[Iterator[Chunk], str, bool]:
    """What is looked at, in words, and whether that is everything."""
    size = problem.space.combinations
    off_grid = problem.archive is not None
    if size <= WALKED_WHOLE:
        grid: Iterator[Chunk] = (part.chunk for part in parts(problem))
        told = f"all {size:,} combinations"
    else:
        rows = _candidates(problem, front, at)
        grid = _picked(problem, rows)
        told = (
            f"{len(rows):,} of {size:,} combinations: every offer for the recipes of the decisions, for these by "
            "another method or on another model, and for recipes of the front, as far as there was room"
        )
    if off_grid:
        return chain(_picked(problem, front), grid), f"the points of the front, and of the grid {told}", False
    return grid, told, size <= WALKED_WHOLE


def _candidates(problem: Problem, front: Ints, at: Ints) -> Ints:
    """Every offer for the recipes of decisions, for these by another method or on another model, and for the front's.

    The front has half of the room that the decisions leave, or more.
    """
    space, offers = problem.space, problem.offers
    most = max(1, CANDIDATES // offers)
    own = np.unique(placed(problem, at).combination // offers)
    moved = _moved(space.recipes, own)[: max(0, most - len(own)) // 2]
    others = np.unique(placed(problem, front).combination // offers)
    recipes = list(dict.fromkeys([*own.tolist(), *moved, *others.tolist()]))[:most]
    rows = (np.array(recipes, np.int64)[:, None] * offers + np.arange(offers)).ravel()
    if space.rules is None:
        return rows
    taken = space.recipes.take(np.array(recipes, np.int64))
    recipe, offer = np.divmod(np.arange(len(rows)), offers)
    return np.asarray(rows[space.rules.keeps(taken, recipe, offer)])


def _moved(recipes: RecipeSpace, own: Ints) -> list[int]:
    """These recipes by every other method, then on every other model; of each one variant after the other."""
    model, method, _, _ = recipes.split(own)
    methods = [
        int(recipes.with_choice(row[None], m, k)[0])
        for m in range(len(recipes.methods))
        for row, k in zip(own, model.tolist(), strict=True)
    ]
    models = [
        int(recipes.with_choice(row[None], m, k)[0])
        for k in range(len(recipes.models))
        for row, m in zip(own, method.tolist(), strict=True)
    ]
    here = set(own.tolist())
    return [row for row in dict.fromkeys([*methods, *models]) if row not in here]


def _picked(problem: Problem, rows: Ints) -> Iterator[Chunk]:
    for start in range(0, len(rows), BATCH):
        some = rows[start : start + BATCH]
        yield chunk_of(problem, pick(problem, some), some)


def _merged(nearest: Nearest, decisions: int) -> tuple[list[int], dict[tuple[int, int], list[str]]]:
    """Rows found, and (decision, row) → the kinds that it is the best of, nearest first."""
    kinds: dict[tuple[int, int], list[str]] = {}
    for i in range(decisions):
        mine = [(nearest.best[i, kind], kind) for kind in KINDS if (i, kind) in nearest.best]
        for (*_, row), kind in sorted(mine, key=lambda item: item[0]):
            kinds.setdefault((i, row), []).append(kind)
    return [row for _, row in kinds], kinds


def _with(points: Points, more: Points) -> Points:
    return Points(**{
        name: np.concatenate([getattr(points, name), getattr(more, name)]) for name in Points.__dataclass_fields__
    })  # fmt: skip


def _alternative(
    decision: Decision, anchor: Anchor, names: Sequence[str], c: Configuration, points: Points, at: int,
    kinds: list[str], front: int,
) -> Alternative:  # fmt: skip
    of = _goes_by(decision)
    mine = np.array([points.loss(name)[at] for name in names])
    shares = anchor.worse(mine)
    losses = dict(zip(names, shares.tolist(), strict=True))
    largest = float(shares.max())
    regret = largest if of == LARGEST_LOSS else float(mine[names.index(of)] - anchor.losses[names.index(of)])
    sure = None if of == LARGEST_LOSS else round(float(beats(points, decision.point, np.array([at]), of)[0]), 4)
    share = largest if of == LARGEST_LOSS else losses[of]
    text = alternative_text(c, of, regret, losses, points.quality[decision.point] - points.quality[at], sure)
    return Alternative(
        decision=decision.name,
        kinds=kinds,
        id=c.id,
        on_front=at < front,
        of=of,
        regret=round(regret, 6),
        regret_share=round(share, 6),
        losses={name: round(value, 6) for name, value in losses.items()},
        decision_better=sure,
        text=f"{kinds_text(kinds)}: {text}",
    )
