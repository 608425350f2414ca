"""Plan → ReportData: all formatting is decided here, nothing is computed in a template."""

import math
from collections.abc import Sequence
from dataclasses import replace

from planner.outcome import Configuration, Pairing, Plan
from planner.outcome.drift import Drift
from planner.outcome.limit_words import limits_text
from planner.report.certainty import ROBUST, TOO_CLOSE
from planner.report.charts.front_panels import MARKS, PANELS_RULE, panels_of
from planner.report.data.advice_rows import changes_of
from planner.report.data.convergence import convergence_of
from planner.report.data.impact import impact_table
from planner.report.data.managed_rows import managed_table
from planner.report.data.report_data import ReportData
from planner.report.data.rows import Decision, Row
from planner.report.data.spot_rows import policy_rows
from planner.report.data.tables import Chance
from planner.report.executive.in_time import in_time_sentence
from planner.report.executive.page import executive_of
from planner.report.models.drift import drift_tables
from planner.report.models.page import model_performance
from planner.report.money import money_text
from planner.report.names import clean
from planner.report.sections.bar_words import bars_note
from planner.report.sections.bars import cost_bars, memory_bars, time_bars, work_of
from planner.report.sections.caveats import assumed, warnings_of
from planner.report.sections.claims import claim_tables, claims_sentence
from planner.report.sections.cuts import constraints_of, infeasible_of, relaxations_of, removed_of
from planner.report.sections.details import details_of
from planner.report.sections.nearby import near_rows, near_sentence, undefined_texts, why_text
from planner.report.sections.price_ages import price_ages_sentence
from planner.report.sections.rows import roles_of, row_of
from planner.report.sections.scaling import scales_of, scaling_sentence
from planner.report.sections.search_words import sampled_text
from planner.report.sections.spot_spread import run_limits, spread_sentence
from planner.report.sections.thinning import SCREEN_ROWS, thin_front
from planner.report.sections.title import labels_of, sources_of, title_of
from planner.report.sections.wording import calibrated_text, headline, sentences, trust_text
from planner.units import chance_text


def report_data(plan: Plan, drifts: Sequence[Drift] = ()) -> ReportData:
    """All that a report of this plan prints, and how it has drifted from earlier ones."""
    roles = roles_of(plan.decisions)
    front = tuple(row_of(c, roles.get(c.id, ())) for c in plan.front)
    beside = tuple(sorted((row_of(c) for c in plan.beside), key=_by_cost))
    by_id = {c.id: c for c in plan.front}
    chosen = [(by_id[id_], names) for id_, names in roles.items() if id_ in by_id]
    decisions = _decisions(plan, chosen)
    cloud = _cloud(plan)
    scales = scales_of(plan)
    memory, cost, time = memory_bars(chosen), cost_bars(chosen), time_bars(chosen)
    told = headline(plan, decisions)
    policies, limits, panels = policy_rows(plan, roles), run_limits(plan), panels_of(plan, front)
    return ReportData(
        title=title_of(plan),
        feasible=bool(front),
        headline=told,
        objectives=tuple(clean(name) for name in plan.objectives),
        decisions=decisions,
        front=front,
        beside=beside,
        cloud=cloud,
        memory=memory,
        cost=cost,
        time=time,
        work=work_of(chosen),
        scaling=scales,
        claims=claim_tables(plan),
        constraints=constraints_of(plan),
        infeasible=infeasible_of(plan),
        removed=removed_of(plan),
        relaxations=relaxations_of(plan),
        pairings=tuple(_chance(pair, plan, roles) for pair in plan.pairings),
        assumptions=tuple(map(assumed, plan.assumptions)),
        inactive_axes=tuple(clean(axis) for axis in plan.inactive_axes),
        sources=sources_of(plan),
        warnings=warnings_of(plan.warnings),
        first_shown=tuple(row.id for row in thin_front(front, SCREEN_ROWS, plan.objectives))
        if len(front) > SCREEN_ROWS
        else (),
        undefined=undefined_texts(plan),
        near=near_rows(plan),
        has_carbon=any(row.carbon.value is not None for row in (*front, *beside)),
        labels=labels_of(plan),
        changes=changes_of(plan),
        spot_policies=policies,
        run_limits=limits,
        panels=panels,
        managed=managed_table(plan),
        money=money_text(plan),
        in_time=in_time_sentence(plan, decisions),
        price_ages=price_ages_sentence(plan),
        calibrated=calibrated_text(plan),
        convergence=convergence_of(plan.search),
        impact=impact_table(plan),
        models=model_performance(plan),
        drifts=drift_tables(drifts),
        details=details_of(plan, front),
        sentences=replace(
            sentences(plan, front, cloud, memory, cost, time),
            scaling=scaling_sentence(scales),
            claims=claims_sentence(plan),
            near=near_sentence(plan),
            sampled=sampled_text(plan.search),
            quality=trust_text(decisions),
            panels=MARKS if panels else "",
            panels_paper=f"{MARKS} {PANELS_RULE}" if panels else "",
            memory_note=bars_note(memory),
            cost_note=bars_note(cost),
            spot_cost=spread_sentence(policies, limits, "cost"),
            spot_time=spread_sentence(policies, limits, "hours"),
        ),
        executive=executive_of(plan, told, decisions),
    )


def _by_cost(row: Row) -> tuple[float, float]:
    """Cheapest first, then fastest; unknown last."""
    cost, hours = row.cost.value, row.hours.value
    return math.inf if cost is None else cost, math.inf if hours is None else hours


def _decisions(plan: Plan, chosen: list[tuple[Configuration, tuple[str, ...]]]) -> tuple[Decision, ...]:
    """Decisions that coincide are told once, under all their names."""
    found, limits = [], limits_text(limit.name for limit in plan.constraints)
    for c, roles in chosen:
        notes = [(name, plan.decision_notes[name]) for name in roles if name in plan.decision_notes]
        # Of decisions that are one configuration it is said once what they keep to.
        why = [why_text(name, note, limits if place == 0 else "") for place, (name, note) in enumerate(notes)]
        found.append(Decision(" and ".join(roles), row_of(c, roles), ". ".join(why)))
    return tuple(found)


def _cloud(plan: Plan) -> tuple[tuple[float, float], ...]:
    if "cost" not in plan.objectives or "time" not in plan.objectives:
        return ()
    x, y = plan.objectives.index("cost"), plan.objectives.index("time")
    points = ((row[x], row[y]) for row in plan.cloud if len(row) > max(x, y))
    return tuple((cost, hours) for cost, hours in points if cost is not None and hours is not None)


def _chance(pair: Pairing, plan: Plan, roles: dict[str, tuple[str, ...]]) -> Chance:
    """One comparison in words; `a` and `b` may be ids or names of decisions."""
    values = [pair.probability.get(name) for name in plan.objectives]
    close = [
        clean(n) for n, p in zip(plan.objectives, values, strict=True) if p is not None and max(p, 1 - p) < TOO_CLOSE
    ]
    return Chance(
        a=_side(pair.a, roles),
        b=_side(pair.b, roles),
        chances=tuple("unknown" if p is None else chance_text(p) for p in values),
        no_worse="" if pair.a_no_worse is None else chance_text(pair.a_no_worse),
        verdict="; ".join(filter(None, [_dominates(pair), f"too close to call: {', '.join(close)}" if close else ""])),
    )


def _dominates(pair: Pairing) -> str:
    """That one of the two is robustly no worse on everything; empty where neither is."""
    for chance, told in ((pair.a_no_worse, "dominates it robustly"), (pair.b_no_worse, "robustly dominated by it")):
        if chance is not None and chance >= ROBUST:
            return told
    return ""


def _side(side: str, roles: dict[str, tuple[str, ...]]) -> str:
    return ", ".join(roles[side]) if side in roles else clean(side)
