"""How cost and time of a decision change with the number of GPUs, everything else kept: its neighbours, estimated."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from planner.catalog.rows import Bools
from planner.estimate.training import MARGIN, OK
from planner.kinds.evaluate import Picked, chunk_of, pick_points, placed, reason
from planner.kinds.problem import Archive, Problem
from planner.outcome import ScalingPoint
from planner.scenario.hardware import Hardware
from planner.space.offers import Market, open_market

ELSEWHERE = "not in the scenario's space"
"""Why a machine that is offered was not a candidate: the scenario names other counts, or a rule took it out."""


def scaling(problem: Problem, hardware: Hardware, decisions: Mapping[str, int]) -> list[ScalingPoint]:
    """The points of every decision, given its combination; counts rise, one point per count that is offered."""
    points: dict[int, list[ScalingPoint]] = {}
    found = []
    for name, row in decisions.items():
        if row not in points:
            points[row] = _points(problem, hardware, row)
        found += [point.model_copy(update={"decision": name}) for point in points[row]]
    return found


def _points(problem: Problem, hardware: Hardware, row: int) -> list[ScalingPoint]:
    place = placed(problem, np.array([row]))
    recipe, own = divmod(int(place.combination[0]), problem.offers)
    market = _machines(problem, hardware, own)
    wide = replace(problem, space=replace(problem.space, market=market, rules=None))
    n = len(market.offers)
    moved = {path: np.repeat(column, n) for path, column in place.values.items()}
    picked = pick_points(wide, Archive(recipe * n + np.arange(n), moved))
    whys = _why_not(wide, picked, _in_space(problem, recipe, market))
    cost, hours = picked.figures()["cost"], picked.figures()["time"]
    offers = problem.space.market.offers
    mine = (market.offers.instance == offers.instance[own]) & (market.offers.region == offers.region[own])
    found = []
    for count in np.unique(market.offers.gpu_count):
        same = np.flatnonzero(market.offers.gpu_count == count)
        stopped = np.array([bool(whys[k]) for k in same])
        order = np.lexsort((same, np.nan_to_num(cost[same], nan=np.inf), stopped, ~mine[same]))
        found.append(_point(problem, picked, int(same[order[0]]), whys, (cost, hours)))
    return found


def _machines(problem: Problem, hardware: Hardware, own: int) -> Market:
    """Every machine with the same card from the same provider at the same tier that the scenario's rules allow."""
    offers, catalog = problem.space.market.offers, problem.facts.catalog
    asked = hardware.model_copy(
        update={
            "counts": "any",
            "gpus": [catalog.gpus[offers.gpu[own]].id],
            "providers": [offers.providers[offers.provider[own]]],
            "tiers": [str(offers.tier[own])],
        }
    )
    market = open_market(asked, catalog, problem.space.market.stale_months)
    return market.restricted(np.asarray(market.offers.service == offers.service[own]))


def _in_space(problem: Problem, recipe: int, market: Market) -> Bools:
    """Which machines the scenario's own space has, for this recipe."""
    mine = _names(problem.space.market)
    theirs = [mine.get(name, -1) for name in _names(market)]
    place = np.array(theirs, np.int64)
    kept = place >= 0
    rules = problem.space.rules
    if rules is not None and kept.any():
        recipes = problem.space.recipes.take(np.array([recipe]))
        kept[kept] = rules.keeps(recipes, np.zeros(int(kept.sum()), np.int64), place[kept])
    return kept


def _names(market: Market) -> dict[tuple[str, ...], int]:
    offers = market.offers
    columns = (offers.provider, offers.service, offers.instance, offers.region, offers.tier, offers.gpu_count)
    return {tuple(str(v) for v in values): k for k, values in enumerate(zip(*columns, strict=True))}


def _why_not(problem: Problem, picked: Picked, kept: Bools) -> list[str]:
    """What stops each combination, the limit it breaks first, or nothing."""
    chunk = chunk_of(problem, picked)
    whys = []
    for k, stop in enumerate(picked.joined.stop[0].tolist()):
        broken = [name for name, column in chunk.broken.items() if column[k]]
        if stop not in (OK, MARGIN):
            whys.append(reason(stop))
        elif not kept[k]:
            whys.append(ELSEWHERE)
        else:
            whys.append(broken[0] if broken else "")
    return whys


def _point(problem: Problem, picked: Picked, k: int, whys: list[str], figures: tuple[np.ndarray, ...]) -> ScalingPoint:
    offers = picked.joined.offers
    runs = int(picked.joined.stop[0, k]) in (OK, MARGIN)
    cost, hours, memory = (float(v) for v in (figures[0][k], figures[1][k], picked.joined.memory_gib[0, k]))
    return ScalingPoint(
        decision="",
        gpu=problem.facts.catalog.gpus[offers.gpu[k]].id,
        count=int(offers.gpu_count[k]),
        provider=offers.providers[offers.provider[k]],
        region=str(offers.region[k]),
        cost_usd=cost if runs and np.isfinite(cost) else None,
        hours=hours if runs and np.isfinite(hours) else None,
        memory_gib=memory if np.isfinite(memory) else None,
        feasible=not whys[k],
        reason=whys[k],
    )
