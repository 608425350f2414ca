"""Include and exclude rules of a scenario: names looked up, then counted against the space before it is expanded."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from planner.catalog.rows import Bools, Ints
from planner.space.offers import Market
from planner.space.patterns import Complain, Pattern
from planner.space.recipes import Recipes, RecipeSpace, encode

MAX_SIGNATURES = 50_000
"""Ways in which combinations may differ to the rules; more are not counted."""


class TangledError(ValueError):
    """Too many rules that cut across each other."""


@dataclass(frozen=True, slots=True)
class Grid:
    """What every rule accepts, dimension by dimension: (rules, values) each."""

    models: Bools
    methods: Bools
    """Over the scenario's method choices."""
    stacks: Bools
    axes: Mapping[int, Bools]
    offers: Bools

    def recipes(self, recipes: Recipes) -> Bools:
        """(rules, n) whether a rule accepts the recipe, offers not asked."""
        found = self.models[:, recipes.model] & self.methods[:, recipes.method] & self.stacks[:, recipes.stack]
        for axis, accepted in self.axes.items():
            found &= accepted[:, recipes.axis_codes[:, axis]]
        return found


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a scenario over its market; a combination is kept when an include rule and no exclude rule match."""

    grid: Grid
    includes: int
    """How many of the rules, from the first, are include rules; none keeps everything."""
    kept: int
    """Combinations that the rules leave."""
    cut: int
    """Combinations that the rules take out."""
    mixed: bool
    """Whether a recipe that is left still misses some of the offers."""

    @property
    def turn_off(self) -> str:
        """What to write in the scenario to have everything in."""
        several = len(self.grid.models) > self.includes
        return ", ".join(["include: []"] * (self.includes > 0) + ["exclude: []"] * several)

    def alive(self, recipes: Recipes) -> Bools:
        """Recipes of which the rules leave something."""
        return np.asarray(self._kept(recipes).any(axis=1))

    def mask(self, recipes: Recipes) -> Bools | None:
        """(n, offers) what the rules keep; None when that is all, of recipes that are alive."""
        return self._kept(recipes) if self.mixed else None

    def keeps_of(self, recipes: Recipes, offers: Ints) -> Bools:
        """(n, offers) what the rules keep of some offers."""
        return self._kept(recipes, offers)

    def keeps(self, recipes: Recipes, recipe: Ints, offer: Ints) -> Bools:
        """Whether the rules keep single combinations: rows of `recipes`, and offers."""
        return np.asarray(self._kept(recipes)[recipe, offer])

    def _kept(self, recipes: Recipes, offers: Ints | slice = slice(None)) -> Bools:
        mine = self.grid.recipes(recipes).astype(np.float32)
        theirs = self.grid.offers[:, offers].astype(np.float32)
        n = self.includes
        left: Bools = np.asarray(mine[n:].T @ theirs[n:] == 0)
        wanted: Bools = np.asarray(mine[:n].T @ theirs[:n] > 0)
        return left & wanted if n else left


def apply_rules(
    include: Sequence[Pattern], exclude: Sequence[Pattern], space: RecipeSpace, market: Market, report: Complain,
    warn: Complain,
) -> tuple[Rules | None, Market]:  # fmt: skip
    """The rules over a space, and the market without the offers that no recipe is left for.

    Rules that match nothing are warned about; rules that leave nothing are a problem.
    """
    patterns = [*include, *exclude]
    if not patterns:
        return None, market
    grid = _grid(patterns, space, market)
    offers = Counter(_signatures(grid.offers))
    try:
        recipes = _recipe_signatures(grid, space)
        whole = _meet(recipes, offers)
    except TangledError:
        report(patterns[0].path[:1], "the rules cut across each other in too many ways", "write fewer rules")
        return None, market
    for k, pattern in enumerate(patterns):
        if not any(n for bits, n in whole.items() if bits >> k & 1):
            warn(pattern.path, "this rule matches no combination of the scenario", None)
    includes = len(include)
    kept = sum(n for bits, n in whole.items() if _keeps(bits, includes))
    if not kept:
        wanted = any(bits & (1 << includes) - 1 for bits in whole)
        key = "exclude" if wanted or not includes else "include"
        hint = "exclude rules win over include rules" if includes and exclude else "write other rules"
        report((key,), "the rules leave no combination of the scenario", hint)
        return None, market
    live = np.array([any(_keeps(a & b, includes) for a in recipes) for b in _signatures(grid.offers)])
    kinds = {b for b in offers if any(_keeps(a & b, includes) for a in recipes)}
    mixed = any(len({_keeps(a & b, includes) for b in kinds}) == 2 for a in recipes)
    smaller = market if live.all() else market.restricted(live)
    grid = Grid(grid.models, grid.methods, grid.stacks, grid.axes, grid.offers[:, live])
    return Rules(grid, includes, kept, sum(whole.values()) - kept, mixed), smaller


def narrowed(rules: Rules, space: RecipeSpace, kept: Bools) -> Rules | None:
    """The rules over some of the market's offers; None where they leave no combination with these."""
    grid = replace(rules.grid, offers=rules.grid.offers[:, kept])
    offers, recipes = Counter(_signatures(grid.offers)), _recipe_signatures(grid, space)
    whole = _meet(recipes, offers)
    left = sum(n for bits, n in whole.items() if _keeps(bits, rules.includes))
    if not left:
        return None
    mixed = any(len({_keeps(a & b, rules.includes) for b in offers}) == 2 for a in recipes)
    return Rules(grid, rules.includes, left, sum(whole.values()) - left, mixed)


def _keeps(bits: int, includes: int) -> bool:
    """Whether a combination that matches these rules stays."""
    return not bits >> includes and (not includes or bits > 0)


def _grid(patterns: Sequence[Pattern], space: RecipeSpace, market: Market) -> Grid:
    offers = market.offers
    columns = {"gpu": offers.gpu, "count": offers.gpu_count, "provider": offers.provider, "region": offers.region}
    columns["tier"] = offers.tier
    swept = {axis.path: a for a, axis in enumerate(space.axes)}
    chosen = np.array([method.index for method in space.methods])
    methods = np.array([p.accepts("method", chosen) for p in patterns])
    for k, pattern in enumerate(patterns):
        for path, numbers in pattern.settings.items():
            methods[k] &= [
                _setting_applies(space, m, path) and (path in swept or _fixed(space, m, path) in numbers)
                for m in range(len(space.methods))
            ]
    axes = {
        a: np.array([[encode(path, v) in p.settings[path] if path in p.settings else True for v in space.axes[a].values]
                     for p in patterns])
        for path, a in swept.items() if any(path in p.settings for p in patterns)
    }  # fmt: skip
    most = max(int(space.models.max()), 0) + 1, max(int(space.stacks.max()), 0) + 1
    return Grid(
        models=np.array([p.accepts("model", np.arange(most[0])) for p in patterns]),
        methods=methods,
        stacks=np.array([p.accepts("stack", np.arange(most[1])) for p in patterns]),
        axes=axes,
        offers=np.array(
            [reduce(np.logical_and, [p.accepts(key, column) for key, column in columns.items()]) for p in patterns]
        ),
    )


def _setting_applies(space: RecipeSpace, method: int, path: str) -> bool:
    block, name = path.split(".")
    return block != "method" or name in space.methods[method].options


def _fixed(space: RecipeSpace, method: int, path: str) -> float:
    """The value of a setting that no axis sweeps."""
    block, name = path.split(".")
    return encode(path, space.methods[method].options[name]) if block == "method" else space.defaults[path]


def _signatures(accepted: Bools) -> list[int]:
    """For every value the rules that accept it, as bits of one number."""
    packed = np.packbits(accepted, axis=0, bitorder="little")
    return [int.from_bytes(column.tobytes(), "little") for column in packed.T]


def _recipe_signatures(grid: Grid, space: RecipeSpace) -> dict[int, int]:
    """Rules that accept a recipe → how many recipes; a product of dimensions, so none is expanded."""
    found: Counter[int] = Counter()
    for m, method in enumerate(space.methods):
        counts: dict[int, int] = {_signatures(grid.methods[:, m : m + 1])[0]: 1}
        for dimension in _dimensions(grid, space):
            counts = _meet(counts, Counter(dimension))
        for a, axis in enumerate(space.axes):
            if space.applies(axis, method):
                accepted = grid.axes.get(a)
                if accepted is None:
                    counts = {bits: n * len(axis.values) for bits, n in counts.items()}
                else:
                    counts = _meet(counts, Counter(_signatures(accepted)))
        found.update(counts)
    return found


def _dimensions(grid: Grid, space: RecipeSpace) -> Iterator[list[int]]:
    yield _signatures(grid.models[:, space.models])
    yield _signatures(grid.stacks[:, space.stacks])


def _meet(left: Mapping[int, int], right: Mapping[int, int]) -> dict[int, int]:
    found: Counter[int] = Counter()
    for a, n in left.items():
        for b, k in right.items():
            found[a & b] += n * k
        if len(found) > MAX_SIGNATURES:
            raise TangledError
    return found
