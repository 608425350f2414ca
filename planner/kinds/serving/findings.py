"""What a plan says beside its configurations: levers, latency against load, replicas by hour, reservations, floors."""

import math
from typing import Final

import numpy as np

from planner.estimate.serving.commitment import best_commitment
from planner.estimate.serving.latency_spread import latency_quantile
from planner.kinds.serving.cascades import P95
from planner.kinds.serving.describe import known
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.sized import month_of_ways
from planner.kinds.serving.table import Table
from planner.kinds.serving.targets import target_name
from planner.outcome.serving_findings import Floor, LatencyCurve, ReplicaHours, Reservation
from planner.units import usd

LOADS: Final = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""Loads of a latency curve, as shares of what a replica carries at saturation."""


def latency_curves(problem: Problem, table: Table, decisions: dict[str, int]) -> list[LatencyCurve]:
    """Latency of one replica of each rented decision against its load, as many behind the router as at the peak."""
    found = []
    for decision, row in decisions.items():
        if row >= len(table.rented):
            continue
        kind, peak = int(table.rented.kind[row]), int(table.rented.peak[row])
        many = problem.capacities.replicas.take(np.full(len(LOADS), kind))
        rate = float(problem.capacities.rate_per_s[kind])
        rates = np.array(LOADS) * rate / problem.scenario.replicas.headroom
        latency = latency_quantile(many.replica(float(max(peak, 1))), rates, P95)
        found.append(
            LatencyCurve(
                decision=decision,
                loads=[float(value) for value in rates / rate],
                requests_per_s=rates.tolist(),
                ttft_p95_s=[known(float(value)) for value in latency.ttft_s],
                itl_p95_s=[known(float(value)) for value in latency.itl_s],
                total_p95_s=[known(float(value)) for value in latency.total_s],
            )
        )
    return found


def replica_hours(problem: Problem, table: Table, decisions: dict[str, int]) -> list[ReplicaHours]:
    """Replicas of each rented decision by hour of the week."""
    found = []
    for decision, row in decisions.items():
        if row < len(table.rented):
            month = month_of_ways(problem, table.rented.take(np.array([row])))
            found.append(ReplicaHours(decision=decision, replicas=month.hours.replicas[:, 0].tolist()))
    return found


def reservations(problem: Problem, table: Table, decisions: dict[str, int]) -> list[Reservation]:
    """How many machines of a decision on demand are worth each commitment that its provider sells."""
    market, catalog = problem.space.market, problem.catalog
    known_offers, found = catalog.offers, []
    for decision, row in decisions.items():
        if row >= len(table.rented):
            continue
        o = int(table.rented.offer[row])
        offers = market.offers
        if offers.spot[o] or offers.term[o]:
            continue
        price = float(problem.renting.on_demand_usd[o])
        same = np.flatnonzero(
            (known_offers.term != "") & (known_offers.provider == offers.provider[o])
            & (known_offers.service == offers.service[o])
            & (known_offers.instance == offers.instance[o]) & (known_offers.region == offers.region[o])
        )  # fmt: skip
        month = month_of_ways(problem, table.rented.take(np.array([row])))
        for at in same.tolist():
            paid = float(known_offers.committed_usd_per_hour[at])
            per_hour = paid if math.isfinite(paid) else float(known_offers.price_usd_per_hour[at])
            best = best_commitment(month.machines.astype(np.float64), np.array([per_hour]), np.array([price]))
            number, saving = int(best.replicas[0]), float(best.saved_usd_per_month[0])
            if number and saving > 0:
                tier = str(known_offers.term[at])
                text = f"commit to {number} machines ({tier.replace('_', ' ')}): {usd(saving)} a month less"
                found.append(
                    Reservation(
                        decision=decision, tier=tier, machines=number, saving_usd_per_month=saving, text=text
                    )
                )  # fmt: skip
    return found


def floors(problem: Problem) -> list[Floor]:
    """Targets that no kind of replica can meet even without load, with the least latency there is."""
    capacities, found = problem.capacities, []
    grid = capacities.replicas.grid
    for t, ((figure, level), seconds) in enumerate(problem.targets.items()):
        column = capacities.floor_s[:, t]
        if not np.isfinite(column).any() or np.nanmin(column) <= seconds:
            continue
        best = int(np.nanargmin(column))
        model, gpu = problem.catalog.models[int(grid.model[best])], problem.catalog.gpus[int(grid.gpu[best])]
        precision = problem.space.precisions[int(grid.precision[best])]
        what = f"{model.id} in {precision} on {int(grid.cards[best])} {gpu.id}"
        found.append(Floor(target=target_name(figure, level), target_s=seconds, floor_s=float(column[best]), what=what))
    return found
