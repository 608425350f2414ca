"""What a plan says beside its configurations: levers, latency against load, replicas by hour, reservations, floors."""

import math
from typing import Final

import numpy as np

from planner.estimate.serving.commitment import best_commitment
from planner.estimate.serving.latency_spread import latency_quantile
from planner.estimate.serving.levers import payback_months
from planner.kinds.serving.cascades import P95
from planner.kinds.serving.describe import known
from planner.kinds.serving.hours import Month
from planner.kinds.serving.levered import with_lever
from planner.kinds.serving.machines import Renting
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.rented import month_on
from planner.kinds.serving.table import Table
from planner.kinds.serving.targets import target_name
from planner.outcome.serving_findings import Floor, LatencyCurve, LeverEffect, ReplicaHours, Reservation
from planner.space.serving.levers import named
from planner.units import usd

LOADS: Final = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""Loads of a latency curve, as shares of what a replica carries at saturation."""


def lever_effects(problem: Problem, table: Table, ids: dict[int, str], decisions: dict[str, int]) -> list[LeverEffect]:
    """What each lever does to each decision: the same way with it and without it, both of the table.

    `ids` by row; a neighbour that has none gets one from `ids_of` by the caller.
    """
    ways, found = table.ways, []
    for decision, row in decisions.items():
        for lever, block in named(problem.scenario.levers).items():
            pair = with_lever(problem, table, row, lever)
            if pair is None:
                continue
            with_row, without_row = pair
            saving = float(ways.cost_usd[without_row] - ways.cost_usd[with_row])
            payback = float(payback_months(np.array(block.upfront), np.array(saving))) if block.upfront else math.nan
            payback = payback if math.isfinite(payback) else math.nan
            found.append(
                LeverEffect(
                    decision=decision,
                    lever=lever,
                    with_id=ids[with_row],
                    without_id=ids[without_row],
                    pulled=with_row == row,
                    saving_usd_per_month=known(saving),
                    latency_change_s=known(float(ways.latency_s[with_row] - ways.latency_s[without_row])),
                    quality_change=known(float(ways.quality[with_row] - ways.quality[without_row])),
                    upfront_usd=block.upfront or None,
                    payback_months=known(payback),
                    text=_lever_text(lever, saving, block.upfront, payback),
                )
            )
    return found


def _lever_text(lever: str, saving: float, upfront: float, payback: float) -> str:
    name = lever.replace("_", " ")
    if math.isnan(saving):
        return f"{name}: what it saves is unknown"
    told = f"{name} saves {usd(saving)} a month" if saving > 0 else f"{name} costs {usd(-saving)} more a month"
    if saving == 0:
        told = f"{name} saves nothing here"
    if upfront > 0:
        told += f", {usd(upfront)} once" + (
            f": paid back in {payback:.1f} months" if not math.isnan(payback) else ": never paid back"
        )
    return told


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
            month = month_of_row(problem, table, row)
            found.append(ReplicaHours(decision=decision, replicas=month.hours.replicas[:, 0].tolist()))
    return found


def month_of_row(problem: Problem, table: Table, row: int, volume: float = 1.0) -> Month:
    """The month of one rented way; `volume` multiplies the traffic."""
    rented, market = table.rented, problem.space.market
    kind = rented.kind[row : row + 1]
    cards = problem.capacities.replicas.grid.cards[kind]
    per_machine = market.offers.gpu_count[rented.offer[row : row + 1]] // cards
    scaling = problem.scenario.replicas.scalings[int(rented.scaling[row])]
    return month_on(problem.capacities, kind, problem.works, problem.scenario, scaling, per_machine, volume)


def reservations(problem: Problem, table: Table, decisions: dict[str, int]) -> list[Reservation]:
    """How many machines of a decision on demand are worth each commitment that its provider sells."""
    market, catalog = problem.space.market, problem.catalog
    renting = Renting.of(market, catalog, problem.scenario)
    known_offers, found = catalog.offers, []
    for decision, row in decisions.items():
        if row >= len(table.rented):
            continue
        o = int(table.rented.offer[row])
        offers = market.offers
        if offers.spot[o] or offers.term[o]:
            continue
        price = float(renting.on_demand_usd[o])
        same = np.flatnonzero(
            (known_offers.term != "") & (known_offers.provider == offers.provider[o])
            & (known_offers.instance == offers.instance[o]) & (known_offers.region == offers.region[o])
        )  # fmt: skip
        month = month_of_row(problem, table, row)
        for at in same.tolist():
            per_hour = float(known_offers.price_usd_per_hour[at])
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
