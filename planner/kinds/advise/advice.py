"""Advice on decisions: neighbours estimated, the worthwhile ones told, largest saving in dollars first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from planner.catalog.rows import Catalog, Ints
from planner.kinds.advise.machines import Machines, machine_words, machines, other_machines, pinned
from planner.kinds.advise.moves import KEPT_GAIN, Move, all_methods, recipe_moves, unlisted
from planner.kinds.advise.ruled import Ruling, ruling
from planner.kinds.advise.tried import Standing, Tried, stand_on, taken, try_machines, try_moves
from planner.kinds.advise.weigh import LEAST_SAVING, Worth, hopeful, least_that_keeps, worth
from planner.kinds.advise.words import RISKS, change_words, set_words, steps_of
from planner.kinds.problem import Problem
from planner.outcome.advice import Advice
from planner.scenario.fine_tune import FineTune
from planner.space.recipes import MethodChoice
from planner.units import duration, significant

DECIDED_BY: Final[Mapping[str, frozenset[str]]] = {
    "cheapest": frozenset({"cost"}),
    "fastest": frozenset({"time"}),
    "best": frozenset({"quality"}),
    "greenest": frozenset({"carbon"}),
}
"""Decision → the objective it was taken for."""
STAY: Final = Move("", "", None)
"""No change: the combination itself, to compare with."""
_SMALLEST: Final = ("epochs", "dataset")
"""Kinds of which not the cheapest value is told but the smallest that keeps a share of the gain."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one tried neighbour."""

    kind: str
    risk: str
    change: str
    settings: list[str]
    opens: list[str]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whom advice is for, and what it must not do."""

    decisions: list[list[str]]
    """Of each combination that is advised on."""
    wanted: Mapping[str, frozenset[str]]
    """Decision → objectives that must not get worse."""
    rules: Ruling

    def taken_for(self, i: int) -> frozenset[str]:
        """Objectives that combination `i` was decided on for."""
        return frozenset[str]().union(*(self.wanted.get(name, frozenset()) for name in self.decisions[i]))

    def told(self, i: int, value: Worth) -> list[str]:
        """The decisions of combination `i` that a change is advised for: what was taken for its speed is not slowed."""
        return [name for name in self.decisions[i] if not self.wanted.get(name, frozenset()) & value.slips]


def advise(problem: Problem, scenario: FineTune, catalog: Catalog, decisions: Mapping[str, int]) -> list[Advice]:
    """Advice on every decision, given its row of the search; the same configuration is advised on once."""
    rows = list(dict.fromkeys(decisions.values()))
    if not rows:
        return []
    here = stand_on(problem, np.array(rows, np.int64))
    names = [[name for name, row in decisions.items() if row == own] for own in rows]
    whose = Whose(names, taken_for(scenario), ruling(problem, scenario, catalog))
    found = [*_recipes(here, scenario, catalog, whose), *_machines(here, scenario, catalog, whose)]
    found.sort(key=lambda a: (-(a.cost_saved_usd or 0.0), -(a.hours_saved or 0.0), a.configuration, a.kind))
    return found


def taken_for(scenario: FineTune) -> Mapping[str, frozenset[str]]:
    """Decision → objectives that a change must not worsen; those of a compromise may be traded."""
    wanted, block = dict(DECIDED_BY), scenario.decide
    wanted["lexicographic"] = frozenset(name for name, _ in block.order())
    if block.epsilon is not None:
        within = block.epsilon.within.model_dump(exclude_none=True)
        wanted["epsilon"] = frozenset({block.epsilon.objective, *within})
    return wanted


def _recipes(here: Standing, scenario: FineTune, catalog: Catalog, whose: Whose) -> Iterator[Advice]:
    methods = all_methods(here.problem.space.recipes.methods, catalog)
    base, moves = list(range(len(here))), [STAY] * len(here)
    for i in range(len(here)):
        for move in recipe_moves(here.recipes, i, methods, catalog):
            base.append(i)
            moves.append(move)
    tried = try_moves(here, base, moves, methods)
    passes, owner = tried.passes & whose.rules.keeps(tried), np.array(base)
    words = word_lists(methods, catalog)
    for i in range(len(here)):
        kinds: dict[str, list[int]] = {}
        mine = np.flatnonzero((owner == i) & passes)
        hopes = _hopes(tried, i, mine)
        for k in mine.tolist():
            kinds.setdefault(moves[k].kind, []).append(k)
        for kind, rows in kinds.items():
            if not kind:
                continue
            if kind in _SMALLEST:
                values = np.array([float(moves[k].value) for k in rows])
                least = least_that_keeps(tried.points, i, np.array(rows), values, KEPT_GAIN)
                kinds[kind] = [] if least is None else [least]
            best = best_of(tried, i, [k for k in kinds[kind] if k in hopes], whose)
            if best is not None:
                k, value = best
                yield advice_of(
                    tried, i, k, value, recipe_told(here, i, moves[k], scenario, words, methods), whose.told(i, value)
                )


def _machines(here: Standing, scenario: FineTune, catalog: Catalog, whose: Whose) -> Iterator[Advice]:
    reach = machines(here.problem, scenario.hardware, catalog)
    base, offer, kinds = other_machines(here, reach)
    everyone = np.arange(len(here))
    tried = try_machines(here, np.concatenate([everyone, base]), np.concatenate([here.offer, offer]), reach.market)
    passes, owner = tried.passes & whose.rules.keeps(tried), np.concatenate([everyone, base])
    kind_of = np.array([""] * len(here) + kinds)
    outside = tried.picked.offer >= reach.own
    for i in range(len(here)):
        hopes = np.array(sorted(_hopes(tried, i, np.flatnonzero((owner == i) & passes))), np.int64)
        for kind in dict.fromkeys(kind_of[hopes].tolist()):
            dearest = np.inf
            for beyond in (False, True):
                mine = hopes[(kind_of[hopes] == kind) & (outside[hopes] == beyond)]
                # Another list is opened only for what costs less than what the scenario has.
                mine = mine[tried.points.cost_usd[mine] < dearest]
                best = best_of(tried, i, mine.tolist(), whose)
                if best is not None:
                    k, value = best
                    told = machine_told(tried, reach, i, k, kind, catalog)
                    yield advice_of(tried, i, k, value, told, whose.told(i, value))
                    dearest = (1.0 - LEAST_SAVING) * float(tried.points.cost_usd[k])


def _hopes(tried: Tried, own: int, rows: Ints) -> set[int]:
    """Those of the rows that are surely better than the own one on something."""
    others = rows[rows != own]
    return set(others[hopeful(taken(tried.points, np.concatenate([[own], others])))[1:]].tolist())


def best_of(tried: Tried, own: int, rows: Sequence[int], whose: Whose) -> tuple[int, Worth] | None:
    """The neighbour of one kind that is told: the cheapest of those that are worth it."""
    if not rows:
        return None
    points = taken(tried.points, np.array([own, *rows], np.int64))
    hours_sd, cost_sd = tried.spreads()
    spreads = float(hours_sd[own]), float(cost_sd[own])
    for k in np.lexsort((np.array(rows), points.hours[1:], points.cost_usd[1:])).tolist():
        value = worth(points, k + 1, spreads, whose.taken_for(own))
        if value is not None and whose.told(own, value):
            return rows[k], value
    return None


def word_lists(methods: Sequence[MethodChoice], catalog: Catalog) -> dict[str, list[str]]:
    """What methods and stacks are called."""
    return {"method": [m.name for m in methods], "stack": [stack.id for stack in catalog.stacks]}


def recipe_told(
    here: Standing, i: int, move: Move, scenario: FineTune, words: Mapping[str, Sequence[str]],
    methods: Sequence[MethodChoice],
) -> Told:  # fmt: skip
    """What is said of a changed recipe."""
    opens = unlisted(move, here.problem.space.recipes)
    return Told(
        kind=move.kind,
        risk=RISKS[move.kind],
        change=change_words(move, here.recipes, i, words),
        settings=set_words(move, here.recipes, i, scenario, words, methods),
        opens=[opens] if opens else [],
    )


def machine_told(tried: Tried, reach: Machines, own: int, k: int, kind: str, catalog: Catalog) -> Told:
    """What is said of another machine."""
    offers = reach.market.offers
    mine, other = int(tried.picked.offer[own]), int(tried.picked.offer[k])
    change = f"{machine_words(offers, other, catalog)} instead of {machine_words(offers, mine, catalog)}"
    interval = float(tried.picked.joined.timing.interval_hours[0, k])
    if kind == "tier" and offers.spot[other] and np.isfinite(interval):
        change += f"; a checkpoint every {duration(interval)}"
        change += f", {significant(float(offers.preemption_per_hour[other]), 2)} preemptions per hour assumed"
    rented = "committed" if offers.term[other] else "on_demand"
    risk = RISKS[rented if kind == "tier" and not offers.spot[other] else kind]
    return Told(kind, risk, change, pinned(offers, mine, other, catalog), reach.opened_by(other))


def advice_of(tried: Tried, own: int, k: int, value: Worth, told: Told, decided: Sequence[str]) -> Advice:
    """The change from one tried combination to another as a plan tells it."""
    points, memory = tried.points, tried.memory_gib
    return Advice(
        decisions=list(decided),
        configuration=tried.id_of(own),
        kind=told.kind,
        change=told.change,
        settings=told.settings,
        opens=told.opens,
        becomes=tried.id_of(k),
        saves="cost" if value.saves == "cost" else "time" if value.saves == "time" else "quality",
        confidence=round(value.confidence, 4),
        cost_usd=float(points.cost_usd[k]),
        cost_saved_usd=value.cost.gain,
        cost_saved_usd_lo=value.cost.low,
        cost_saved_usd_hi=value.cost.high,
        hours=float(points.hours[k]),
        hours_saved=value.time.gain,
        hours_saved_lo=value.time.low,
        hours_saved_hi=value.time.high,
        quality=float(points.quality[k]),
        quality_change=value.quality.gain,
        quality_change_lo=value.quality.low,
        quality_change_hi=value.quality.high,
        memory_gib=float(memory[k]),
        memory_freed_gib=float(memory[own] - memory[k]),
        trade_offs=list(value.trade_offs),
        steps=steps_of(told.kind, told.settings),
        risk=told.risk,
    )
