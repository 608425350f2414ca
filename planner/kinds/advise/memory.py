"""What would make something fit, where nothing is feasible for want of memory: the nearest miss, changed."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from planner.catalog.rows import Bools, Catalog, Floats, Ints
from planner.estimate.training import MARGIN, OK, OUT_OF_MEMORY
from planner.kinds.advise.advice import STAY, Told, machine_told, recipe_told, word_lists
from planner.kinds.advise.machines import machine_words, machines, other_machines
from planner.kinds.advise.moves import all_methods, recipe_moves
from planner.kinds.advise.ruled import Ruling, ruling
from planner.kinds.advise.tried import Standing, Tried, stand_on, try_machines, try_moves
from planner.kinds.advise.words import RISKS, steps_of
from planner.kinds.evaluate import parts, reason
from planner.kinds.problem import Problem
from planner.outcome.advice import Advice
from planner.outcome.method_words import method_name
from planner.scenario.fine_tune import FineTune
from planner.units import gib

MOST_COMBINATIONS: Final = 2_000_000
"""Combinations looked through for the nearest miss; larger spaces are told so."""
LEAST_FREED: Final = 0.03
"""Share of the peak that a change frees at least [E]."""
_KINDS: Final = frozenset({
    "checkpointing", "offload", "sharding", "micro_batch", "length", "optimizer", "loss_kernel", "attention", "rank",
    "targets", "precision", "layers", "method", "parallelism",
})  # fmt: skip
"""Kinds of change that memory depends on."""


def memory_advice(problem: Problem, scenario: FineTune, catalog: Catalog) -> tuple[list[Advice], str]:
    """Changes of the combination that misses the card's memory by least, and which that is, or why none was sought.

    Those after which it runs and keeps to every limit come first, the cheapest of them first; then the others, by the
    memory that they free.
    """
    if problem.space.combinations > MOST_COMBINATIONS:
        return [], "not tried for the size of the space: advice on memory"
    row = nearest_miss(problem)
    if row is None:
        return [], ""
    here = stand_on(problem, np.array([row]))
    told = _nearest(here)
    rules = ruling(problem, scenario, catalog)
    found = [*_moves(here, scenario, catalog, rules), *_cards(here, scenario, catalog, rules)]
    found.sort(
        key=lambda a: (not a.fits, (a.cost_usd or np.inf) if a.fits else 0.0, -(a.memory_freed_gib or 0.0), a.change)
    )
    return found, told


def _nearest(here: Standing) -> str:
    """Which combination it is, and by how much it misses."""
    own = try_moves(here, [0], [STAY], here.problem.space.recipes.methods)
    facts, offers, o = here.problem.facts, here.problem.space.market.offers, int(here.offer[0])
    model = facts.catalog.models[int(here.recipes.model[0])].id
    method = method_name(here.problem.space.recipes.methods[int(here.recipes.method[0])].name)
    usable = float(facts.gpu["usable_gib"][offers.gpu[o]])
    machine = machine_words(offers, o, facts.catalog)
    return f"nearest to fitting: {model} by {method} on {machine}, {gib(float(own.memory_gib[0]))} of {gib(usable)}"


def nearest_miss(problem: Problem) -> int | None:
    """Row of the combination out of memory, with or without the margin, whose peak is least over what its card has."""
    found, least = None, np.inf
    usable = problem.facts.gpu["usable_gib"][problem.space.market.offers.gpu]
    kept = {limit.name for limit in problem.limits} - {"constraints.memory_margin"}
    for part in parts(problem):
        chunk, stop = part.chunk, part.joined.stop.ravel()
        over = (part.joined.memory_gib / usable).ravel()
        if part.kept is not None:
            stop, over = stop[part.kept], over[part.kept]
        short = (stop == OUT_OF_MEMORY) | (stop == MARGIN)
        for name in kept:
            # A base model under the floor is no near miss; cost and time are unknown where nothing runs.
            short &= ~chunk.broken[name] | ~np.isfinite(chunk.needed[name])
        over = np.where(short & np.isfinite(over), over, np.inf)
        at = int(np.argmin(over)) if len(over) else 0
        if len(over) and over[at] < least:
            found, least = int(chunk.row[at]), float(over[at])
    return found


def _moves(here: Standing, scenario: FineTune, catalog: Catalog, rules: Ruling) -> Iterator[Advice]:
    methods = all_methods(here.problem.space.recipes.methods, catalog)
    moves = [STAY, *(m for m in recipe_moves(here.recipes, 0, methods, catalog, memory=True) if m.kind in _KINDS)]
    tried = try_moves(here, [0] * len(moves), moves, methods)
    words = word_lists(methods, catalog)
    for k in _telling(tried, [move.kind for move in moves], rules.keeps(tried)):
        yield _advice(tried, 0, k, recipe_told(here, 0, moves[k], scenario, words, methods))


def _cards(here: Standing, scenario: FineTune, catalog: Catalog, rules: Ruling) -> Iterator[Advice]:
    reach = machines(here.problem, scenario.hardware, catalog)
    base, offer, kinds = other_machines(here, reach)
    mine = np.isin(kinds, ["gpu", "count"])
    tried = try_machines(
        here, np.concatenate([[0], base[mine]]), np.concatenate([here.offer, offer[mine]]), reach.market
    )
    named = ["", *(name for name, kept in zip(kinds, mine, strict=True) if kept)]
    passes = tried.passes
    for k in _telling(tried, named, rules.keeps(tried)):
        if passes[k]:
            told = machine_told(tried, reach, 0, k, named[k], catalog)
            yield _advice(tried, 0, k, Told("larger_gpu" if told.kind == "gpu" else told.kind, *_rest(told)))


def _rest(told: Told) -> tuple[str, str, list[str], list[str]]:
    return told.risk, told.change, told.settings, told.opens


def _telling(tried: Tried, kinds: list[str], kept: Bools) -> list[int]:
    """One combination of each kind: the cheapest that fits, else that which frees most memory, if it frees enough.

    `kept` are those that rules leave.
    """
    passes, memory = tried.passes, tried.memory_gib
    usable: Floats = tried.problem.facts.gpu["usable_gib"][tried.picked.joined.offers.gpu]
    freed = memory[0] / usable[0] - memory / usable
    able: Ints = np.flatnonzero(kept & (passes | ((freed >= LEAST_FREED) & np.isfinite(memory))))
    order = able[np.lexsort((-freed[able], np.where(passes[able], tried.points.cost_usd[able], 0.0), ~passes[able]))]
    found: dict[str, int] = {}
    for k in order.tolist():
        if kinds[k]:
            found.setdefault(kinds[k], k)
    return list(found.values())


def _stopped_by(tried: Tried, k: int) -> str:
    if tried.passes[k]:
        return ""
    if tried.stop[k]:
        return reason(int(tried.stop[k]))
    return next((name for name, hit in tried.broken.items() if hit[k]), "an objective that is unknown")


def _advice(tried: Tried, own: int, k: int, told: Told) -> Advice:
    memory, runs = tried.memory_gib, int(tried.stop[k]) in (OK, MARGIN)
    cost, hours, quality = (
        float(column[k]) for column in (tried.points.cost_usd, tried.points.hours, tried.points.quality)
    )
    return Advice(
        decisions=[],
        configuration=tried.id_of(own),
        kind=told.kind,
        change=told.change,
        settings=told.settings,
        opens=told.opens,
        becomes=tried.id_of(k),
        saves="memory",
        confidence=None,
        cost_usd=cost if runs and np.isfinite(cost) else None,
        cost_saved_usd=None,
        cost_saved_usd_lo=None,
        cost_saved_usd_hi=None,
        hours=hours if runs and np.isfinite(hours) else None,
        hours_saved=None,
        hours_saved_lo=None,
        hours_saved_hi=None,
        quality=quality if np.isfinite(quality) else None,
        quality_change=None,
        quality_change_lo=None,
        quality_change_hi=None,
        memory_gib=float(memory[k]),
        memory_freed_gib=float(memory[own] - memory[k]),
        fits=bool(tried.passes[k]),
        stopped_by=_stopped_by(tried, k),
        steps=steps_of(told.kind, told.settings),
        risk=RISKS[told.kind],
    )
