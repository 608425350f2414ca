"""Large spaces, searched exactly without evaluating every combination: what is proven to change nothing is passed over.

Three proofs, and the plan counts what each passed over: an offer that another offer of the same machine is at least as
good as in every term (`estimate.offer_vector`); a recipe on a machine whose best imaginable offer breaks a limit; and
one whose best imaginable offer a known point beats in every objective. A spread of recipes comes first, so that there
are points to compare with; the rest follow in an order in which neighbours share most of their estimate.
"""

from dataclasses import replace
from math import gcd

import numpy as np

from planner.catalog.rows import Bools, Floats, Ints, Offers
from planner.choose.bounds import judged, ruled_out
from planner.choose.exact import Chunk, Found, Walk, add
from planner.choose.progress import Report
from planner.estimate.joined import ENDLESS, HOST_MEMORY, UNSAVED, Joined, join
from planner.estimate.offer_vector import Asked, Machines, group_offers
from planner.estimate.training import MARGIN, OK
from planner.kinds.evaluate import Block, as_chunk, blocks, recipe_rows
from planner.kinds.problem import Problem

OFFER, LIMIT, MACHINE = (
    "another offer of the same machine is no worse in any term",
    "even the best offer of the machine would break a limit",
    "even the best offer of the machine is beaten by a point of the front",
)
SEEDS = 1_000
"""Recipes that come first, about."""
ROWS = 100_000
"""Combinations joined at a time."""


class PrunedSearch:
    """The search of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        market, rules = problem.space.market, problem.space.rules
        asked = Asked(
            carbon="carbon" in problem.objectives or any(x.name == "constraints.max_carbon" for x in problem.limits),
            shared=problem.space.recipes.shares_runs,
            spreads=any(limit.rests_on_spread for limit in problem.limits),
        )
        marks = np.zeros(len(market.offers), np.int64)
        if rules is not None:
            _, codes = np.unique(rules.grid.offers, axis=1, return_inverse=True)
            marks = codes.reshape(-1)
        self.machines: Machines = group_offers(market.offers, market.shape_of_offer, asked, marks)
        self.offers, self.best = _lean(market.offers), _lean(self.machines.best)
        self.worth = np.diff(self.machines.first)
        self.endless = bool(np.isnan(market.offers.max_run_hours).all())
        self.walk = Walk(len(problem.objectives), {limit.name: limit.upper for limit in problem.limits})
        self.judges = np.empty((0, len(problem.objectives)))

    def run(self, report: Report | None = None) -> Found:
        """Walk through the whole space."""
        total = len(self.problem.space.recipes)
        stride = max(1, total // SEEDS)
        while gcd(stride, total) > 1:  # or the spread would hold the same value of an axis again and again
            stride += 1
        for number, recipes in enumerate(recipe_rows(self.problem.space, in_order=False, stride=stride)):
            for rows, block in blocks(self.problem, recipes):
                self._settle(block, rows, sampled=number == 0)
                if report is not None:
                    report(self.walk.counts.covered, self.walk.front.losses)
        return self.walk.found()

    def _settle(self, block: Block, rows: Ints, *, sampled: bool) -> None:
        """Some recipes with every offer, evaluated or passed over."""
        rules = self.problem.space.rules
        kept: Bools = np.ones((len(rows), len(self.machines)), bool)
        if rules is not None and rules.mixed:
            kept = rules.keeps_of(block.recipes, self.machines.member)
        recipe, machine = np.nonzero(kept)
        shape = self.machines.shape[machine]
        verdict = block.shaped.columns.verdict[recipe, shape]
        size = self.machines.size[machine]
        live = (verdict == OK) | (verdict == MARGIN)
        self._stopped(verdict[~live], size[~live])
        recipe, machine = recipe[live], machine[live]
        left = self._bounded(block, recipe, machine)
        self._evaluate(block, rows, recipe[left], machine[left], sampled=sampled)

    def _stopped(self, codes: Ints, size: Ints) -> None:
        """Count what stops whole machines."""
        counts = np.bincount(codes, weights=size).astype(np.int64)
        self.walk.counts.covered += int(size.sum())
        add(self.walk.counts.stops, {code: n for code, n in enumerate(counts.tolist()) if n})

    def _bounded(self, block: Block, recipe: Ints, machine: Ints) -> Ints:
        """Which of some recipes on machines may matter, going by the best that an offer could be."""
        size, worth = self.machines.size[machine], self.worth[machine]
        columns = block.shaped.columns.at(recipe, self.machines.shape[machine])
        joined = join(columns, self.best.take(machine), np.arange(len(machine)))
        chunk = self._chunk(block, joined, recipe, np.zeros(len(recipe), np.int64))
        # No offer runs where the best does not; but too little memory may hide that one's run is too long as well, and
        # what has no end, or is not saved in time, may be stopped by something else before.
        told = (
            (chunk.stop != 0) & ~np.isin(chunk.stop, (ENDLESS, UNSAVED)) & ((chunk.stop != HOST_MEMORY) | self.endless)
        )
        self._stopped(chunk.stop[told], size[told])
        left = ~told
        self._prune(OFFER, (size - worth)[left])
        if self.walk.counts.feasible:
            for limit in self.problem.limits:
                if not limit.rests_on_spread:
                    cut = left & chunk.broken[limit.name]
                    self._prune(LIMIT, worth[cut])
                    left &= ~cut
        rows = np.flatnonzero(left)
        beaten = ruled_out(chunk.losses[rows], self._fronts())
        self._prune(MACHINE, worth[rows[beaten]])
        rows = rows[~beaten]
        self.judges = chunk.losses[rows] if len(rows) else self.judges
        return rows

    def _fronts(self) -> dict[int, Floats]:
        """The fronts so far; that of known objectives with its most telling points first."""
        fronts = dict(self.walk.known_fronts())
        return fronts | {0: judged(fronts[0], self.judges)}

    def _prune(self, rule: str, counts: Ints) -> None:
        self.walk.counts.covered += int(counts.sum())
        add(self.walk.counts.pruned, {rule: int(counts.sum())})

    def _evaluate(self, block: Block, rows: Ints, recipe: Ints, machine: Ints, *, sampled: bool) -> None:
        """Every offer worth a look of some recipes on machines."""
        step = max(1, ROWS // max(1, int(self.worth.max(initial=1))))
        for start in range(0, len(recipe), step):
            which, offer = self.machines.of(machine[start : start + step])
            r = recipe[start : start + step][which]
            columns = block.shaped.columns.at(r, self.problem.space.market.shape_of_offer[offer])
            joined = join(columns, self.offers.take(offer), np.arange(len(offer)))
            self.walk.take(self._chunk(block, joined, r, rows[r] * self.problem.offers + offer), sampled=sampled)

    def _chunk(self, block: Block, joined: Joined, recipe: Ints, rows: Ints) -> Chunk:
        chunk = as_chunk(
            self.problem, joined, block.quality.q[recipe][None], block.recipes.model[recipe][None], rows[:1]
        )
        return replace(chunk, row=rows)


def _lean(offers: Offers) -> Offers:
    """Offers without the words that no figure depends on: taking rows of them is then cheap."""
    blank = np.zeros(len(offers), "U1")
    return replace(offers, service=blank, instance=blank, region=blank, as_of=blank, country=blank)
