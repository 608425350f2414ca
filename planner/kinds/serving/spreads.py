"""How far cost and latency of ways may be off."""

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.bands import PRICE_SD, TOKENS_SD, combined
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.table import Table


def size_sd(problem: Problem, table: Table) -> Floats:
    """Spread on ln of what one replica carries against what is asked, of rented ways: engine's speed and tokens."""
    return combined(problem.capacities.replicas.speed_sd[table.rented.kind], tokens_sd(problem))


def tokens_sd(problem: Problem) -> float:
    """Spread of token counts that were told; those of a log are counted."""
    return 0.0 if problem.space.traffic.log is not None else TOKENS_SD


def price_sd(problem: Problem, table: Table) -> Floats:
    """Spread of the price of rented ways, by its confidence."""
    words = problem.space.market.offers.confidence.tolist()
    return np.array([PRICE_SD.get(word, PRICE_SD["low"]) for word in words], np.float64)[table.rented.offer]


def spreads(problem: Problem, table: Table) -> tuple[Floats, Floats]:
    """Spread of cost and of latency of every way, on ln.

    Where the fewest replicas are more than the load needs, a slower engine costs nothing more: only the price counts.
    """
    size, least = size_sd(problem, table), max(problem.scenario.replicas.min, 1)
    cost = np.where(table.rented.peak > least, np.hypot(size, price_sd(problem, table)), price_sd(problem, table))
    tokens, apis = tokens_sd(problem), len(table.apis)
    by_api = np.full(apis, float(combined(PRICE_SD["medium"], tokens)))
    return np.concatenate([cost, by_api]), np.concatenate([size, np.full(apis, tokens)])
