"""All ways to serve in one table: rented machines, APIs and cascades, with what stops or cuts each."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from planner.catalog.rows import Bools, Floats, Ints
from planner.kinds.serving.by_api import TOO_SLOW, ApiRow, api_row
from planner.kinds.serving.cascades import NO_FIRST, P95, FirstTier, Paired, first_tiers, pair
from planner.kinds.serving.choosing import Ways
from planner.kinds.serving.grid import distinct
from planner.kinds.serving.hosts import small_hosts
from planner.kinds.serving.limits import broken
from planner.kinds.serving.problem import CASCADE, Problem
from planner.kinds.serving.quality import Judged
from planner.kinds.serving.rented import Rented, passed_over, rented_ways
from planner.kinds.serving.waits import latencies_handed_on, waits_for_start
from planner.space.serving.levers import LeverSet

SMALL_HOST: Final = "host memory"
COLD: Final = "cold starts of more requests than a latency target leaves out"
TOGETHER: Final = "latency target missed by both models of the cascade together"


@dataclass(frozen=True, slots=True)
class Tiers:
    """First tiers of ways."""

    tier: Ints
    """Index into `found`, (n,); -1 without a cascade."""
    found: tuple[FirstTier, ...]

    def __getitem__(self, row: int) -> FirstTier | None:
        """That of one way; None without a cascade."""
        at = int(self.tier[row])
        return self.found[at] if at >= 0 else None


@dataclass(frozen=True, slots=True)
class Table:
    """Every way to serve: rented ones first, then those by an API."""

    ways: Ways
    rented: Rented
    apis: list[ApiRow]
    tiers: Tiers
    """Of every way the first tier of its cascade."""
    judged: dict[tuple[int, int, int], Judged]
    """Quality on rented machines, by model, precision and work."""
    reasons: dict[str, int]
    """Combinations that are cut, by the first reason met, most first."""
    covered: int
    passed_over: int
    """Of them, ways on offers that cannot be on a front and are not looked at."""
    runs: Bools
    """Ways that nothing but limits stops."""
    broken: Bools
    """(limits, n) which ways break which limit."""
    figures: dict[str, Floats]
    """What limits are held against, by unit."""


def build_table(problem: Problem, *, every_offer: bool = False) -> Table:
    """Every way with its figures, held against targets and limits; offers that matter, or every one."""
    tiers = first_tiers(problem)
    capacities, works = problem.capacities, problem.works
    rented = rented_ways(capacities, works, problem.scenario, problem.space.market, problem.catalog,
                         every_offer=every_offer)  # fmt: skip
    grid = capacities.replicas.grid
    mine = pair(works, grid.work[rented.kind], tiers)
    latency = latencies_handed_on(problem, rented, P95).total_s[mine.row]
    rented = rented.take(mine.row)
    alone = [api_row(choice, work, problem.quality.api(choice, work.quality_loss, work.quality_kept))
             for choice in problem.space.apis for work in problem.api_works]  # fmt: skip
    theirs = pair(problem.api_works, np.arange(len(alone)) % max(len(problem.api_works), 1), tiers)
    apis = [alone[i] for i in theirs.row.tolist()]
    judged, q = _quality(problem, rented)
    points = problem.quality.baseline.points[grid.model[rented.kind]]

    def joined(ours: Floats, of_api: list[float], tier_figure: str = "") -> Floats:
        column = np.concatenate([ours, np.array(of_api, np.float64)])
        return column + np.concatenate([part.added(tier_figure) for part in (mine, theirs)]) if tier_figure else column

    figures = {
        "USD": joined(rented.cost_usd + training_usd(problem, rented), [row.cost_usd for row in apis], "cost_usd"),
        "s": joined(latency, [row.latency_s for row in apis], "latency_s"),
        "q": joined(q, [row.judged.q for row in apis]),
        "kg": joined(rented.carbon_kg, [np.nan] * len(apis), "carbon_kg"),
        "points": joined(points, [problem.quality.points_of(row.choice) for row in apis]),
        "replicas": joined(rented.peak.astype(np.float64), [0.0] * len(apis)),
    }
    stopped = _stopped(problem, rented, apis)
    late = np.concatenate([_late(problem, rented, mine), _late_by_api(problem, apis, theirs)])
    stopped[np.flatnonzero(late & (stopped == ""))] = TOGETHER
    cuts = broken(problem.limits, figures)
    runs = stopped == ""
    ways = Ways(figures["USD"], figures["s"], figures["q"], figures["kg"], runs & ~cuts.any(axis=0),
                np.arange(len(runs)) < len(rented))  # fmt: skip
    before = _stopped_kinds(problem) + Counter({NO_FIRST: mine.left_out + theirs.left_out})
    reasons = before + Counter(stopped[~runs].tolist())
    for i, limit in enumerate(problem.limits):
        reasons[limit.name] += int((runs & cuts[i] & ~cuts[:i].any(axis=0)).sum())
    left_out = 0 if every_offer else _passed_over(problem, tiers)
    return Table(
        ways=ways,
        rented=rented,
        apis=apis,
        tiers=Tiers(np.concatenate([mine.tier, theirs.tier]), mine.tiers),
        judged=judged,
        reasons={name: n for name, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0])) if n},
        covered=len(ways) + sum(before.values()) + left_out,
        passed_over=left_out,
        runs=runs,
        broken=cuts,
        figures=figures,
    )


def _passed_over(problem: Problem, tiers: dict[LeverSet, list[FirstTier]]) -> int:
    """Ways on offers that are not looked at, those in a cascade once for each first tier."""
    works = problem.works
    ways = passed_over(problem.capacities, problem.scenario, problem.space.market, problem.catalog, len(works))
    return int(ways @ [max(len(tiers.get(one.levers.without(CASCADE), [])), 1) if one.levers.has(CASCADE) else 1
                       for one in works])  # fmt: skip


def training_usd(problem: Problem, rented: Rented) -> Floats:
    """What tuning costs in a month, of every rented way: 0 for all but the tuned model."""
    trained = problem.space.trained
    if trained is None:
        return np.zeros(len(rented))
    tuned = problem.capacities.replicas.grid.model[rented.kind] == trained.model
    return np.where(tuned, trained.usd_per_month, 0.0)


def _quality(problem: Problem, rented: Rented) -> tuple[dict[tuple[int, int, int], Judged], Floats]:
    """Quality by model, precision and work, and q of every rented way."""
    grid, space = problem.capacities.replicas.grid, problem.space
    columns = [column[rented.kind] for column in (grid.model, grid.precision, grid.work)]
    first, which = distinct(columns)
    judged: dict[tuple[int, int, int], Judged] = {}
    for model, precision, work in np.stack(columns, axis=1)[first].tolist():
        of = problem.works[work]
        judged[model, precision, work] = problem.quality.model(
            model, space.precisions[precision], of.quality_loss, of.quality_kept
        )
    return judged, np.array([one.q for one in judged.values()], np.float64)[which]


def _stopped(problem: Problem, rented: Rented, apis: list[ApiRow]) -> NDArray[np.object_]:
    """Why each way cannot serve the traffic, as text; empty where it can."""
    found = np.array([""] * len(rented) + [row.reason for row in apis], object)
    found[np.flatnonzero(small_hosts(problem, rented))] = SMALL_HOST
    cold = problem.scenario.replicas.cold_start
    for (figure, level), seconds in problem.targets.items():
        if cold is not None and cold > seconds and figure != "itl":
            found[np.flatnonzero(waits_for_start(rented, level) & (found[: len(rented)] == ""))] = COLD
    for i, row in enumerate(apis):
        told = {("ttft", P95): row.ttft_s, ("itl", P95): row.itl_s, ("total", P95): row.latency_s}
        if not row.reason and any(told.get(key, np.nan) > seconds for key, seconds in problem.targets.items()):
            found[len(rented) + i] = TOO_SLOW
    return found


def _late(problem: Problem, rented: Rented, paired: Paired) -> Bools:
    """Rented ways of a cascade in which both models together miss a target."""
    found = np.zeros(len(rented), bool)
    rows = np.flatnonzero(paired.tier >= 0)
    some = rented.take(rows)
    for (figure, level), seconds in problem.targets.items():
        if len(rows) and figure != "itl":
            own = getattr(latencies_handed_on(problem, some, level), f"{figure}_s")
            first = np.array([tier.answered(level) for tier in paired.tiers])[paired.tier[rows]]
            found[rows] |= first + own > seconds
    return found


def _late_by_api(problem: Problem, apis: list[ApiRow], paired: Paired) -> Bools:
    """The same of APIs, of which p95 alone is known."""
    found = np.zeros(len(apis), bool)
    for i, (row, tier) in enumerate(zip(apis, paired.tier.tolist(), strict=True)):
        first = paired.tiers[tier].latency_s if tier >= 0 else np.nan
        found[i] = any(
            first + own > problem.targets.get((figure, P95), np.inf)
            for figure, own in (("ttft", row.ttft_s), ("total", row.latency_s))
        )
    return found


def _stopped_kinds(problem: Problem) -> "Counter[str]":
    """Combinations that end with the replica itself, by reason.

    These are kinds that carry nothing, on every offer that holds them, in every scaling.
    """
    capacities, market = problem.capacities, problem.space.market
    grid = capacities.replicas.grid
    offers = np.bincount(market.shape_of_offer, minlength=len(market.shapes))
    held = (grid.gpu[:, None] == market.shapes.gpu) & (grid.cards[:, None] <= market.shapes.count)
    ways = (held * offers).sum(axis=1) * len(problem.scenario.replicas.scalings)
    return Counter(
        {name: int(ways[capacities.reason == code].sum()) for code, name in enumerate(capacities.reasons) if code}
    )
