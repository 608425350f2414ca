"""ServingPlan → ServingData: all formatting is decided here, nothing is computed in a template."""

from collections.abc import Sequence
from dataclasses import replace

from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_plan import ServingPlan
from planner.report.charts.front_axes import SERVING_OBJECTIVES
from planner.report.charts.front_panels import panel_of
from planner.report.data.panel import Panel
from planner.report.data.serving import ServingData, ServingSentences
from planner.report.data.serving_parts import TargetLine
from planner.report.data.serving_rows import ServingDecision, ServingRow
from planner.report.names import clean, listed
from planner.report.sections.bar_words import bars_note
from planner.report.sections.caveats import assumed, warnings_of
from planner.report.sections.cuts import constraints_of, infeasible_of, relaxations_of, removed_of
from planner.report.sections.search_words import constraints_text, sampled_text, unknown_text
from planner.report.sections.thinning import SCREEN_ROWS, thin_front, thinning_texts
from planner.report.sections.title import labels_of, sources_of, title_of
from planner.report.sections.wording import REMOVED, calibrated_text
from planner.report.serving.bars import bound_text, capacity_of, cost_bars, cost_sentence
from planner.report.serving.break_even import break_even_of, break_even_sentence
from planner.report.serving.details import details_of
from planner.report.serving.executive import executive_of
from planner.report.serving.latency import (
    curve_sentence,
    curves_of,
    floors_of,
    floors_sentence,
    percentiles_of,
    targets_of,
)
from planner.report.serving.levers import idle_levers, levers_of, levers_sentence, reservations_of
from planner.report.serving.rows import chosen_of, serving_row, share, words
from planner.report.serving.simulations import simulation_of, simulations_sentence, stands
from planner.report.serving.traffic import load_sentence, replicas_sentence, traffic_of
from planner.report.serving.words import beside_sentence, front_sentence, headline, money_text, trust_text

Cloud = tuple[tuple[float, float], ...]


def serving_data(plan: ServingPlan) -> ServingData:
    """All that a report of this plan prints."""
    roles = chosen_of(plan)
    front = tuple(serving_row(c, roles.get(c.id, ())) for c in plan.front)
    beside = tuple(serving_row(c, roles.get(c.id, ())) for c in plan.beside)
    targets = targets_of(plan)
    chosen = [(c, serving_row(c, names)) for id_, names in roles.items() if (c := plan.configuration(id_)) is not None]
    decisions = tuple(_decision(c, row, plan, targets) for c, row in chosen)
    cloud, curves, bars = _cloud(plan, ("cost", "latency")), curves_of(plan), cost_bars(chosen)
    traffic, even, levers = traffic_of(plan), break_even_of(plan), levers_of(plan)
    paper, table, screen = thinning_texts(front, cloud, plan.objectives)
    data = ServingData(
        title=title_of(plan),
        feasible=bool(front or beside),
        headline=headline(plan, decisions),
        objectives=tuple(clean(name) for name in plan.objectives),
        decisions=decisions,
        front=front,
        beside=beside,
        cloud=cloud,
        panels=_panels(plan, (*front, *beside)),
        has_carbon=any(row.carbon.value is not None for row in (*front, *beside)),
        has_users=any(row.per_user for row in (*front, *beside)),
        traffic=traffic,
        targets=targets,
        curves=curves,
        cost=bars,
        cost_terms=tuple(dict.fromkeys(part.name for bar in bars for part in bar.parts)),
        levers=levers,
        break_even=even,
        reservations=reservations_of(plan),
        floors=floors_of(plan),
        constraints=constraints_of(plan),
        infeasible=infeasible_of(plan),
        removed=removed_of(plan),
        relaxations=relaxations_of(plan),
        assumptions=tuple(map(assumed, plan.assumptions)),
        sources=sources_of(plan),
        warnings=tuple(dict.fromkeys(warnings_of(plan.warnings))),
        labels=labels_of(plan),
        first_shown=tuple(row.id for row in thin_front(front, SCREEN_ROWS, plan.objectives))
        if len(front) > SCREEN_ROWS
        else (),
        undefined=_undefined(plan),
        money=money_text(plan, decisions),
        calibrated=calibrated_text(plan),
        sentences=ServingSentences(
            front=front_sentence(front, beside, len(cloud)),
            sampled=sampled_text(plan.search),
            quality=trust_text(decisions),
            load=load_sentence(traffic.requests_per_s, plan.traffic.peak_requests_per_s),
            replicas=replicas_sentence(traffic.steps),
            ttft=curve_sentence(curves, "ttft", targets),
            itl=curve_sentence(curves, "itl", targets),
            total=curve_sentence(curves, "total", targets),
            cost=cost_sentence(bars),
            cost_note=bars_note(bars),
            simulation=simulations_sentence(plan),
            levers=levers_sentence(levers, idle_levers(plan)),
            break_even=break_even_sentence(even, plan.crossovers, decisions[0].row.id if decisions else ""),
            capacity=_capacity_sentence(decisions),
            reservations="Machines that run in so many hours of the week that a commitment costs less."
            if plan.reservations else "",
            floors=floors_sentence(plan),
            constraints=constraints_text(plan),
            removed=REMOVED if plan.removed else "",
            beside=beside_sentence(plan),
            unknown=unknown_text(plan),
            paper=paper,
            paper_table=table,
            screen_table=screen,
        ),
        details=details_of(plan, front, beside),
    )  # fmt: skip
    return replace(data, executive=executive_of(plan, data))


def _decision(
    c: ServingConfiguration, row: ServingRow, plan: ServingPlan, targets: Sequence[TargetLine]
) -> ServingDecision:  # fmt: skip
    """Decisions that coincide are told once, under all their names."""
    notes = [(name, plan.decision_notes[name]) for name, id_ in plan.decisions.items()
             if id_ == c.id and name in plan.decision_notes]  # fmt: skip
    run, cap = simulation_of(c, plan), c.capacity
    waiting = None if cap is None else cap.cold_start_share
    return ServingDecision(
        name=listed(list(row.roles)),
        row=row,
        why=tuple(f"{words(name)}: {clean(note.rule or note.text)}" for name, note in notes),
        latencies=percentiles_of(c, targets, run),
        capacity=capacity_of(c),
        bound_by="" if cap is None else bound_text(cap.bound_by),
        cold=f"{share(waiting)} of the requests to the {listed(list(row.roles))} wait for a cold start, which the "
        "percentiles of the busiest hour leave out" if waiting else "",
        simulation="" if run is None else stands(run),
    )  # fmt: skip


def _undefined(plan: ServingPlan) -> tuple[str, ...]:
    notes = plan.decision_notes.items()
    return tuple(f"{words(name)}: {clean(note.rule or note.text)}" for name, note in notes
                 if note.undefined and name not in plan.decisions)  # fmt: skip


def _cloud(plan: ServingPlan, names: tuple[str, str]) -> Cloud:
    if not set(names) <= set(plan.objectives):
        return ()
    x, y = (plan.objectives.index(name) for name in names)
    points = ((row[x], row[y]) for row in plan.cloud if len(row) > max(x, y))
    return tuple((a, b) for a, b in points if a is not None and b is not None)


def _panels(plan: ServingPlan, rows: Sequence[ServingRow]) -> tuple[Panel, ...]:
    """Cost against quality, which APIs know too."""
    x, y = SERVING_OBJECTIVES["cost"], SERVING_OBJECTIVES["quality"]
    found = panel_of(rows, x, y, _cloud(plan, ("cost", "quality")))
    return () if found is None else (found,)


def _capacity_sentence(decisions: Sequence[ServingDecision]) -> str:
    """What the capacity of a replica ends at, decisions with the same end together; and who waits for a start."""
    ends: dict[str, list[str]] = {}
    for d in decisions:
        if d.bound_by:
            ends.setdefault(d.bound_by, []).append(d.name)
    told = [
        f"{'at ' if not found else ''}{end} ({', '.join(names)})" for found, (end, names) in enumerate(ends.items())
    ]
    whole = f"What a replica can do ends {listed(told)}." if told else ""
    return " ".join(filter(None, [whole, *(f"{d.cold}." for d in decisions if d.cold)]))
