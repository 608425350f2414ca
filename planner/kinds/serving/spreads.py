"""How far cost and latency of ways may be off: 90 % bands, from engines that are slower or faster than thought.

A speed that is off by a factor moves cost in steps, since replicas do, so that ends of bands are worked out anew;
prices scatter on top, independently (DOMAIN 12: spreads on ln add in squares).
"""

from dataclasses import dataclass, replace

import numpy as np

from planner.catalog.rows import Floats, Ints
from planner.estimate.bands import PRICE_SD, TOKENS_SD, band, combined
from planner.kinds.serving.cascades import P95
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.rented import Rented
from planner.kinds.serving.sized import sized_for
from planner.kinds.serving.table import Table
from planner.kinds.serving.waits import latencies_handed_on
from planner.units import Z90


@dataclass(frozen=True, slots=True)
class Bands:
    """Ends of the 90 % bands of cost and latency, (n,); NaN where the figure is unknown."""

    cost_low: Floats
    cost_high: Floats
    latency_low: Floats
    latency_high: Floats

    def cost_sd(self) -> Floats:
        """Half the width of the band of cost as a spread on ln, (n,)."""
        return _sd(self.cost_low, self.cost_high)

    def latency_sd(self) -> Floats:
        """The same of latency."""
        return _sd(self.latency_low, self.latency_high)


def bands_of(problem: Problem, table: Table, rows: Ints) -> Bands:
    """Bands of these rows of the table, in their order."""
    count = len(table.rented)
    cost, latency = table.ways.cost_usd[rows], table.ways.latency_s[rows]
    tokens = tokens_sd(problem)
    fixed = np.array([0.0 if row < count else table.apis[row - count].fixed_usd for row in rows.tolist()])
    by_price = band(cost - fixed, combined(PRICE_SD["medium"], tokens))
    cost_low, cost_high = (end + fixed for end in by_price)
    latency_low, latency_high = (np.array(end) for end in band(latency, tokens))
    mine = np.flatnonzero(rows < count)
    if len(mine):
        ours = _of_rented(problem, table, rows[mine])
        cost_low[mine], cost_high[mine] = ours.cost_low, ours.cost_high
        latency_low[mine], latency_high[mine] = ours.latency_low, ours.latency_high
    return Bands(cost_low, cost_high, latency_low, latency_high)


def tokens_sd(problem: Problem) -> float:
    """Spread of token counts that were told; those of a log are counted."""
    return 0.0 if problem.space.traffic.log is not None else TOKENS_SD


def _of_rented(problem: Problem, table: Table, rows: Ints) -> Bands:
    rented = table.rented.take(rows)
    cost, latency = table.ways.cost_usd[rows], table.ways.latency_s[rows]
    size = combined(problem.capacities.replicas.speed_sd[rented.kind], tokens_sd(problem))
    price = _price_sd(problem, rented)
    usual, alone = sized_for(problem, rented, 1.0), latencies_handed_on(problem, rented, P95).total_s
    ends = []
    for z in (-Z90, Z90):
        slower = np.exp(z * size)
        sized = sized_for(problem, rented, slower)
        more = sized.cost_usd - usual.cost_usd + _tiers_more(table, rows, slower)
        by_size = np.log(np.maximum(cost + more, 1e-12) / cost)
        apart = np.sign(z) * np.hypot(np.where(by_size * z > 0, by_size, 0.0), z * price)
        there = replace(rented, peak=sized.peak)
        # All that takes an engine time takes `slower` times as long, so that it sees as much more traffic.
        took = slower * latencies_handed_on(problem, there, P95, slower).total_s
        ends.append((cost * np.exp(apart), latency * took / alone))
    (cost_low, latency_low), (cost_high, latency_high) = ends
    return Bands(cost_low, cost_high, np.fmin(latency_low, latency), np.fmax(latency_high, latency))


def _tiers_more(table: Table, rows: Ints, volume: Floats) -> Floats:
    """What first tiers cost more at these volumes, (n,); 0 without a cascade."""
    found = np.zeros(len(rows))
    for i, row in enumerate(rows.tolist()):
        tier = table.tiers[row]
        found[i] = 0.0 if tier is None else tier.usd_at(float(volume[i])) - tier.cost_usd
    return found


def _price_sd(problem: Problem, rented: Rented) -> Floats:
    """Spread of the price of rented ways, by its confidence."""
    words = problem.space.market.offers.confidence.tolist()
    return np.array([PRICE_SD.get(word, PRICE_SD["low"]) for word in words], np.float64)[rented.offer]


def _sd(low: Floats, high: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(high / low) / (2.0 * Z90))
