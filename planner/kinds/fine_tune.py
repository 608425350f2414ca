"""The kind `FineTune`: what it expands, which estimates it asks for, and how the answer becomes a plan."""

from dataclasses import dataclass

import numpy as np

from planner.catalog.rows import Catalog, Ints
from planner.choose.exact import Found
from planner.choose.progress import Progress
from planner.choose.storage import Keeping
from planner.kinds.advise.counsel import Counsel, counsel, ran_short
from planner.kinds.allowed import allowed
from planner.kinds.alternatives import alternatives
from planner.kinds.assumptions import assumptions, calibration_reference, sources
from planner.kinds.cautions import cautions
from planner.kinds.decision_notes import chances_of_keeping, decision_notes, decisions, pairings
from planner.kinds.decisions import choices, front_points
from planner.kinds.describe import describe
from planner.kinds.evaluate import reason
from planner.kinds.impact import impact
from planner.kinds.inactive import inactive_axes
from planner.kinds.managed import managed_sources, managed_warnings, offer_managed, with_note
from planner.kinds.private import currency_reference, overlay_references
from planner.kinds.reference import ASSUMED, claims
from planner.kinds.relaxations import relaxations
from planner.kinds.scaling import scaling
from planner.kinds.searching import build_problem, search_problem
from planner.kinds.spot_choices import spot_policies
from planner.kinds.ties import also_in
from planner.outcome import (
    Alternatives,
    CatalogReference,
    Configuration,
    Constraint,
    Metadata,
    Plan,
    PlannerReference,
    Reference,
    Removal,
)
from planner.outcome.limit_words import limits_text
from planner.scenario.fine_tune import FineTune
from planner.space.offers import filter_words, turn_off
from planner.space.resolve import Space

CUT_BY_RULES = "combinations that include and exclude rules cut"


@dataclass(frozen=True, slots=True)
class Origin:
    """What the plan must say about where it comes from; read at the edge, never here."""

    path: str
    digest: str
    version: str
    extends: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    def reference(self) -> Reference:
        """The scenario as plans and estimates name it."""
        return Reference(path=self.path, digest=self.digest, extends=list(self.extends), changes=list(self.changes))


def plan_fine_tune(
    scenario: FineTune,
    space: Space,
    catalog: Catalog,
    origin: Origin,
    warnings: list[str],
    progress: Progress | None,
    *,
    brief: bool = False,
    keeping: Keeping | None = None,
) -> Plan:
    """The exact front of a scenario, its decisions, and everything that explains them.

    A brief one is for comparing: the same front and decisions, without what only a report prints (scaling, claims of
    others, where else the same is offered, what stands beside the front, and what would make something feasible); of
    managed services it has the jobs on fronts, and the cheapest. A sampled search is kept where `keeping` says.
    """
    problem, found, how = search_problem(build_problem(scenario, space, catalog), scenario, progress, keeping)
    front = found.front[np.lexsort(found.front_losses.T[::-1])] if len(found.front) else found.front
    configurations = _with_ties(describe(problem, front), {} if brief else also_in(problem, front), front)
    offered = offer_managed(problem, front, found.beside, configurations, brief=brief)
    beside = [] if brief else describe(problem, _with(_shortest(found.beside), offered.beside if offered else None))
    alone = not space.walked  # no machine is in play, only managed services
    named, skipped = ([], "") if found.feasible or brief or alone else relaxations(problem, found, scenario, catalog)
    if offered is not None and not found.feasible:
        named = sorted([*offered.managed.relaxations, *named], key=lambda r: (r.change is None, r.change or 0.0))
    points = front_points(problem, front) if len(front) else None
    chosen, undefined = decisions(points, scenario) if points is not None else ([], {})
    keeps = chances_of_keeping(problem, front[[d.point for d in chosen]])
    others = (
        Alternatives()
        if brief or points is None
        else alternatives(problem, scenario, front, points, chosen, configurations)
    )
    advised = (
        Counsel()
        if brief or alone
        else counsel(
            problem, scenario, catalog, front, points, configurations, chosen, short_of_memory=ran_short(found)
        )
    )
    quoted = [] if brief else claims(catalog, space, build_problem)
    scaled = {} if brief else {d.name: int(front[d.point]) for d in chosen}
    plan = Plan(
        api_version="planner/v1",
        kind="FineTune",
        metadata=Metadata(**scenario.metadata.model_dump()),
        scenario=origin.reference(),
        catalog=CatalogReference(as_of=catalog.as_of, digest=catalog.digest),
        planner=PlannerReference(version=origin.version),
        calibration=calibration_reference(problem),
        overlays=overlay_references(catalog),
        currency=currency_reference(scenario, catalog),
        tax_name="" if scenario.tax is None else scenario.tax.name,
        allowed=allowed(scenario, catalog),
        search=how,
        objectives=list(scenario.objectives),
        front=configurations,
        beside=beside,
        managed=None if offered is None else offered.managed,
        decisions={d.name: configurations[d.point].id for d in chosen},
        decision_notes=decision_notes(
            points, configurations, chosen, undefined, scenario.objectives, choices(configurations), keeps,
            limits_text(limit.name for limit in problem.limits),
        )
        if points is not None
        else {},
        pairings=pairings(chosen, points, configurations, scenario.objectives) if points is not None else [],
        alternatives=others,
        advice=list(advised.advice),
        advice_notes=list(advised.notes),
        sensitivity=advised.sensitivity,
        impact=None if brief else impact(problem, scenario, catalog, front, {d.name: d.point for d in chosen}),
        reference=quoted,
        reference_assumed=ASSUMED if quoted else "",
        spot_policies=[]
        if brief
        else spot_policies(problem, scenario, front, configurations, [d.point for d in chosen]),
        scaling=scaling(problem, scenario.hardware, scaled),
        feasible=found.feasible,
        unknown=found.unknown,
        infeasible=_infeasible(found),
        constraints=[
            Constraint(
                name=limit.name, limit=limit.value, unit=limit.unit, text=limit.text, cuts=found.cuts[limit.name],
                cuts_alone=found.cuts_alone[limit.name],
            )
            for limit in problem.limits
        ],
        removed=_removals(space),
        unpriced_spot=dict(space.market.unpriced_spot),
        inactive_axes=inactive_axes(problem),
        relaxations=named,
        assumptions=assumptions(scenario, problem, configurations),
        warnings=[
            *warnings, *cautions(configurations, chosen), *([skipped] if skipped else []),
            *managed_warnings(problem, None if offered is None else offered.managed),
        ],
        sources=[*sources(problem), *managed_sources(problem)],
        cloud=[[abs(v) for v in row] for row in np.round(found.cloud, 6).tolist()],
    )  # fmt: skip
    return with_note(plan)


def _with_ties(found: list[Configuration], ties: dict[int, list[str]], rows: Ints) -> list[Configuration]:
    """Front points told where else the same is offered."""
    return [
        c.model_copy(update={"offer": c.offer.model_copy(update={"also_in": ties[row]})}) if row in ties else c
        for c, row in zip(found, rows.tolist(), strict=True)
    ]


def _removals(space: Space) -> list[Removal]:
    """What default filters left out, each with the line that turns it off."""
    offers = [
        Removal(what=filter_words(name, space.market.stale_months), count=n, turn_off=turn_off(name))
        for name, n in space.market.removed.items()
    ]
    rules = space.rules
    cut = [Removal(what=CUT_BY_RULES, count=rules.cut, turn_off=rules.turn_off)] if rules is not None else []
    services = [Removal(what=what, count=n, turn_off=line) for what, n, line in space.tuning.removals()]
    return offers + services + [Removal(what=what, count=n) for what, n in space.removed_models.items()] + cut


def _shortest(rows: Ints, limit: int = 200) -> Ints:
    """At most `limit` rows beside the front, evenly spread; the candidates file has them all."""
    return rows if len(rows) <= limit else rows[np.linspace(0, len(rows) - 1, limit).astype(np.int64)]


def _with(rows: Ints, more: Ints | None) -> Ints:
    """Rows and more of them, each once, in their order."""
    return rows if more is None else np.union1d(rows, more)


def _infeasible(found: Found) -> dict[str, int]:
    """Counts by the first reason met, largest first."""
    counts = {reason(code): n for code, n in found.stops.items() if code} | {
        name: n for name, n in found.first_broken.items() if n
    }
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
