"""The kind `Serving`: from a scenario to its plan."""

import math
from collections.abc import Sequence

import numpy as np

from planner.catalog.rows import Catalog, Ints
from planner.choose.merged import volume
from planner.decision_names import CHEAPEST_API
from planner.kinds.allowed import allowed
from planner.kinds.fine_tune import Origin
from planner.kinds.private import currency_reference, overlay_references
from planner.kinds.serving.api_notes import api_notes
from planner.kinds.serving.assumptions import assumptions, sources
from planner.kinds.serving.choosing import Chosen, Partial, decide_among, front_of, partial_fronts
from planner.kinds.serving.crossovers import crossover
from planner.kinds.serving.describe import describe, known
from planner.kinds.serving.effects import lever_effects
from planner.kinds.serving.findings import floors, latency_curves, replica_hours, reservations
from planner.kinds.serving.levered import pairs_of
from planner.kinds.serving.problem import Problem, build_problem
from planner.kinds.serving.relaxing import relaxations
from planner.kinds.serving.simulated import simulations, with_simulated
from planner.kinds.serving.spreads import bands_of
from planner.kinds.serving.table import Table, build_table
from planner.kinds.serving.targets import target_name
from planner.kinds.serving.traffic_summary import summary
from planner.kinds.serving.worth import PASSED_OVER
from planner.outcome import CatalogReference, Constraint, DecisionNote, Metadata, PlannerReference, Removal, Search
from planner.outcome.serving_findings import Crossover, PartialFront
from planner.outcome.serving_plan import ServingPlan
from planner.scenario.serving import Serving
from planner.space.offers import filter_words, turn_off
from planner.space.serving.resolve import ServingSpace

CLOUD = 1500
"""Dominated ways that charts show."""
MOST_CROSSOVERS = 3
CARRY_NOTHING = "their replicas carry nothing"


def plan_serving(
    scenario: Serving,
    space: ServingSpace,
    catalog: Catalog,
    origin: Origin,
    warnings: list[str],
    *,
    brief: bool = False,
    simulate: bool = False,
) -> ServingPlan:
    """The exact front of all ways to serve, its decisions, and what explains them.

    A brief one is for comparing: the same front and decisions without curves, levers and crossovers. `simulate` runs
    all rented decisions as a simulation, not only those at whose load the law of latency is doubtful.
    """
    problem = build_problem(scenario, space, catalog)
    table = build_table(problem)
    ways, objectives = table.ways, list(scenario.objectives)
    front = front_of(ways, objectives)
    partial = partial_fronts(ways, objectives)
    bands = bands_of(problem, table, front)
    chosen = decide_among(ways, front, objectives, bands.cost_sd(), bands.latency_sd())
    apis = _cheapest_of_each_api(table)
    rows = {one.name: one.row for one in chosen}
    if len(apis) and "cost" in objectives:
        rows[CHEAPEST_API] = int(apis[0])
    near = [] if brief else _neighbours(problem, table, rows)
    others = [row for part in partial for row in part.rows.tolist()] + apis + near
    beside = np.array([row for row in dict.fromkeys(others) if row not in set(front.tolist())], np.int64)
    listed = describe(problem, table, np.concatenate([front, beside]))
    by_row = dict(zip([*front.tolist(), *beside.tolist()], listed, strict=True))
    runs = simulations(problem, table, rows, by_row, all_of=simulate)
    replaced = {by_row[rows[run.decision]].id: run for run in runs}
    listed = [with_simulated(one, replaced) for one in listed]
    ids = {int(row): one.id for row, one in zip([*front.tolist(), *beside.tolist()], listed, strict=True)}
    return ServingPlan(
        api_version="planner/v1",
        kind="Serving",
        metadata=Metadata(**scenario.metadata.model_dump()),
        scenario=origin.reference(),
        catalog=CatalogReference(as_of=catalog.as_of, digest=catalog.digest),
        planner=PlannerReference(version=origin.version),
        overlays=overlay_references(catalog),
        currency=currency_reference(scenario, catalog),
        tax_name="" if scenario.tax is None else scenario.tax.name,
        allowed=allowed(scenario, catalog),
        search=_search(table, front, objectives),
        objectives=objectives,
        traffic=summary(scenario, space.traffic),
        targets={target_name(*key): seconds for key, seconds in problem.targets.items()},
        front=listed[: len(front)],
        beside=listed[len(front) :],
        partial_fronts=[_partial(part, ids) for part in partial],
        decisions={name: ids[row] for name, row in rows.items()},
        decision_notes=_notes(chosen, ids),
        levers=[] if brief else lever_effects(problem, table, ids, rows),
        crossovers=[] if brief else _crossovers(problem, table, rows, apis, ids),
        latency_curves=[] if brief else latency_curves(problem, table, rows),
        simulations=runs,
        replicas=replica_hours(problem, table, rows),
        reservations=[] if brief else reservations(problem, table, rows),
        floors=floors(problem),
        feasible=int((ways.feasible & np.isfinite(ways.loss(objectives)).all(axis=1)).sum()),
        unknown=int((ways.feasible & ~np.isfinite(ways.loss(objectives)).all(axis=1)).sum()),
        infeasible=table.reasons,
        constraints=_constraints(problem, table),
        removed=_removals(space),
        relaxations=[] if len(front) or partial else relaxations(problem, table),
        assumptions=assumptions(problem, listed),
        warnings=list(dict.fromkeys([*warnings, *(w.message for w in space.traffic.warnings), *api_notes(table)])),
        sources=sources(problem, listed),
        cloud=[] if brief else _cloud(table, front, objectives),
    )


def _cheapest_of_each_api(table: Table) -> list[int]:
    """The cheapest feasible way by each API, cheapest first."""
    best: dict[str, int] = {}
    for i, row in enumerate(table.apis):
        at = len(table.rented) + i
        if table.ways.feasible[at] and not math.isnan(row.cost_usd):
            name = row.choice.api.id
            if name not in best or row.cost_usd < table.ways.cost_usd[best[name]]:
                best[name] = at
    return sorted(best.values(), key=lambda at: (table.ways.cost_usd[at], at))


def _neighbours(problem: Problem, table: Table, rows: dict[str, int]) -> list[int]:
    """Ways that levers of the decisions are held against."""
    found = []
    for row in rows.values():
        found += [one for pair in pairs_of(problem, table, row) for one in (pair.with_it, pair.without) if one != row]
    return found


def _crossovers(
    problem: Problem, table: Table, rows: dict[str, int], apis: list[int], ids: dict[int, str]
) -> list[Crossover]:
    """The cheapest rented way that is listed against the cheapest APIs, the knee and the best against the cheapest."""
    ways, count = table.ways, len(table.rented)
    if problem.space.traffic.requests_per_month <= 0 or not apis:
        return []
    able = [row for row in ids if row < count and ways.feasible[row] and math.isfinite(ways.cost_usd[row])]
    rented = min(able, key=lambda row: (float(ways.cost_usd[row]), row), default=None)
    pairs = [] if rented is None else [(rented, api) for api in apis[:MOST_CROSSOVERS]]
    pairs += [(rows[name], apis[0]) for name in ("knee", "best") if rows.get(name, count) < count]
    return [crossover(problem, table, mine, api, ids) for mine, api in dict.fromkeys(pairs)]


def _partial(part: Partial, ids: dict[int, str]) -> PartialFront:
    return PartialFront(objectives=list(part.objectives), ids=[ids[row] for row in part.rows.tolist()])


def _notes(chosen: list[Chosen], ids: dict[int, str]) -> dict[str, DecisionNote]:
    return {
        one.name: DecisionNote(
            text=f"{one.name}: {one.rule}",
            rule=one.rule,
            within_noise=[ids[row] for row in one.within_noise],
            margin_of=one.of,
            undefined=one.undefined,
        )
        for one in chosen
    }


def _search(table: Table, front: Ints, objectives: Sequence[str]) -> Search:
    evaluated = len(table.ways)
    passed = {PASSED_OVER: table.passed_over, CARRY_NOTHING: table.covered - evaluated - table.passed_over}
    found = Search(
        strategy="exact",
        covered=table.covered,
        evaluated=evaluated,
        pruned=table.covered - evaluated,
        pruned_by={name: n for name, n in passed.items() if n},
    )
    if not len(front):
        return found
    box = volume(table.ways.loss(objectives)[front])
    return found.model_copy(
        update={
            "hypervolume": known(box.hypervolume),
            "ideal": [abs(v) for v in box.ideal.tolist()],
            "nadir": [abs(v) for v in box.nadir.tolist()],
        }
    )


def _constraints(problem: Problem, table: Table) -> list[Constraint]:
    alone = table.broken.sum(axis=0) == 1
    return [
        Constraint(
            name=limit.name, limit=limit.value, unit=limit.unit, text=limit.text, cuts=int(cuts.sum()),
            cuts_alone=int((cuts & alone).sum()),
        )
        for limit, cuts in zip(problem.limits, table.broken, strict=True)
    ]  # fmt: skip


def _removals(space: ServingSpace) -> list[Removal]:
    market = space.market
    offers = [
        Removal(what=filter_words(name, market.stale_months), count=count, turn_off=turn_off(name))
        for name, count in market.removed.items()
    ]
    return offers + [Removal(what=what, count=count) for what, count in space.removed_models.items()]


def _cloud(table: Table, front: Ints, objectives: Sequence[str]) -> list[list[float | None]]:
    """An even sample of dominated ways, with the values of the objectives as people read them."""
    ways = table.ways
    values = np.stack([ways.figure(name) for name in objectives], axis=1)
    shown = ways.feasible & np.isfinite(values).all(axis=1)
    shown[front] = False
    rows = np.flatnonzero(shown)
    rows = rows[np.unique(np.linspace(0, max(len(rows) - 1, 0), min(CLOUD, len(rows))).astype(np.int64))]
    return [[float(value) for value in row] for row in np.round(values[rows], 6).tolist()]
