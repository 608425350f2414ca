"""Events made from what the planner writes: a plan, a check, or a run that starts or ends."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from planner.hosts.event import Event, EventName
from planner.hosts.plain import plain, tidy
from planner.outcome import SERVING_FIGURES, AnyPlan, Check, Configuration, ManagedJob, Plan
from planner.outcome.difference_words import choice_text
from planner.outcome.service_words import service_cost
from planner.outcome.serving_plan import ServingPlan
from planner.outcome.serving_words import monthly, place_words, provider_of, serving_text
from planner.outcome.verdict import BudgetState, Verdict
from planner.units import duration, kilograms, quality_q, seconds, usd

MOST: Final = 10
"""Budgets or verdicts that one event names; the rest are counted."""
_ALL: Final = 100
"""The same in its data."""


@dataclass(frozen=True, slots=True)
class Run:
    """A training run that starts or ends, as the command line tells of it; None is unknown."""

    name: str
    team: str = ""
    cost_usd: float | None = None
    hours: float | None = None
    status: str = ""
    planned: Configuration | ManagedJob | None = None
    """What was planned for it."""


def plan_ready(plan: AnyPlan, decision: str = "knee", link: str = "") -> Event:
    """A plan is there: what it decides; of one that chooses no machine the cheapest managed service, or API."""
    if isinstance(plan, ServingPlan):
        return _serving_ready(plan, decision, link)
    name = plain(plan.metadata.name, 80)
    chosen = _decided(plan, decision)
    data = {
        "name": plan.metadata.name, "kind": plan.kind, "team": plan.metadata.team,
        "cost_centre": plan.metadata.cost_centre, "scenario": plan.scenario.path, "feasible": plan.feasible,
        "front": len(plan.front), "decision": chosen[0], **_figures(chosen[1]),
    }  # fmt: skip
    if chosen[1] is None:
        title = f"{name}: nothing is feasible"
        advice = (
            plain(plan.relaxations[0].text) if plan.relaxations else "No single constraint stands in the way alone."
        )
        return Event("plan-ready", title, advice, _whose(plan.metadata.team), link, "warn", tidy(data))
    hours = chosen[1].hours
    title = f"{name}: {_cost(chosen[1])}{', time unknown' if hours is None else f' and {duration(hours)}'}"
    text = f"The {plain(chosen[0], 40)}: {plain(choice_text(chosen[1]))}."
    facts = (*_whose(plan.metadata.team), *_facts(chosen[1]), ("On the front", f"{len(plan.front):,}"))
    return Event("plan-ready", title, text, facts, link, "info", tidy(data))


def _serving_ready(plan: ServingPlan, decision: str, link: str) -> Event:
    """A plan of what is served: what it decides, by the month."""
    name, team = plain(plan.metadata.name, 80), plan.metadata.team
    called = next((one for one in (decision, *plan.decisions) if one in plan.decisions), "")
    chosen = plan.configuration(plan.decisions[called]) if called else None
    data: dict[str, object] = {
        "name": plan.metadata.name, "kind": plan.kind, "team": team, "cost_centre": plan.metadata.cost_centre,
        "scenario": plan.scenario.path, "feasible": plan.feasible, "front": len(plan.front), "decision": called,
    }  # fmt: skip
    if chosen is None:
        relaxed = [plain(one.text) for one in plan.relaxations[:1]] or ["No single constraint stands in the way alone."]
        return Event("plan-ready", f"{name}: nothing is feasible", relaxed[0], _whose(team), link, "warn", tidy(data))
    figures = {figure: _known(getattr(chosen, figure)) for figure in SERVING_FIGURES}
    data |= {"id": chosen.id, "model": chosen.model, "provider": provider_of(chosen), **figures}
    facts = (
        *_whose(team),
        ("Cost", monthly(chosen.cost_usd_per_month)),
        ("p95 latency", seconds(chosen.latency_s)),
        ("Quality", quality_q(chosen.quality)),
        ("Carbon", f"{kilograms(chosen.carbon_kg_per_month)} a month"),
        ("Offer", plain(place_words(chosen), 80)),
        ("On the front", f"{len(plan.front):,}"),
    )
    title = f"{name}: {monthly(chosen.cost_usd_per_month)} and p95 {seconds(chosen.latency_s)}"
    text = f"The {plain(called.replace('_', ' '), 40)}: {plain(serving_text(chosen))}."
    return Event("plan-ready", title, text, facts, link, "info", tidy(data))


def check_events(check: Check, link: str = "") -> list[Event]:
    """What a check has to tell: budgets whose alert levels it crosses, and a gate that it fails; empty for neither."""
    found = (budget_alert(check, link), gate_failed(check, link))
    return [event for event in found if event is not None]


def budget_alert(check: Check, link: str = "") -> Event | None:
    """The budgets of which this change crosses an alert level, worst first; None where it crosses none."""
    crossed = [budget for budget in check.judgement.budgets if budget.crossed]
    if not crossed:
        return None
    crossed.sort(key=lambda budget: (-max(budget.crossed), budget.budget))
    worst = crossed[0]
    title = f"{_budget_name(worst)} reaches {_percent(max(worst.crossed))}"
    if len(crossed) > 1:
        title += f", and {_plural(len(crossed) - 1, 'other budget')} an alert level"
    facts = tuple((_budget_name(budget), _budget_text(budget)) for budget in crossed[:MOST])
    over = any(max(budget.crossed) >= 1.0 for budget in crossed)
    data = {
        "result": check.judgement.result,
        "budgets": [
            {
                "policy": b.policy, "budget": b.budget, "who": b.who, "month": b.month, "limit_usd": b.limit_usd,
                "spent_usd": _known(b.spent_usd), "planned_usd": _known(b.planned_usd), "share": _known(b.share),
                "share_before": _known(b.share_before), "crossed": list(b.crossed),
            }
            for b in crossed[:_ALL]
        ],
    }  # fmt: skip
    return Event(
        "budget-alert", title, _rest(len(crossed), "budget"), facts, link, "deny" if over else "warn", tidy(data)
    )


def gate_failed(check: Check, link: str = "") -> Event | None:
    """What policies deny; None where the gate holds."""
    if check.judgement.result != "deny":
        return None
    denied = [verdict for verdict in check.judgement.verdicts if verdict.result == "deny"]
    title = f"The change is blocked: {_plural(len(denied), 'rule')} broken" if denied else "The change is blocked"
    facts = tuple((plain(f"{v.policy} / {v.rule}", 100), _verdict_text(v)) for v in denied[:MOST])
    data = {
        "verdicts": [
            {
                "policy": v.policy, "rule": v.rule, "subject": v.subject, "scenario": v.scenario, "figure": v.figure,
                "value": _known(v.value), "limit": _known(v.limit), "message": v.message,
                "file": v.place.file, "line": v.place.line,
            }
            for v in denied[:_ALL]
        ]
    }  # fmt: skip
    return Event("gate-failed", title, _rest(len(denied), "rule"), facts, link, "deny", tidy(data))


def run_event(name: EventName, run: Run, link: str = "") -> Event:
    """A run starts or ends; with a plan, beside what was planned."""
    ends = name == "run-end"
    verb = plain(run.status, 40) or "ended" if ends else "starts"
    planned = run.planned
    facts = [*_whose(run.team)]
    if ends or run.cost_usd is not None:
        facts.append(("Cost", _against(run.cost_usd, None if planned is None else planned.cost_usd, usd)))
    if ends or run.hours is not None:
        facts.append(("Time", _against(run.hours, None if planned is None else planned.hours, duration)))
    if planned is not None and not ends:
        facts += [(f"Planned {label[0].lower()}{label[1:]}", value) for label, value in _facts(planned)]
    bad = run.status.lower() in ("failed", "cancelled", "canceled", "error")
    data = {
        "name": run.name, "team": run.team or None, "status": run.status or None, "cost_usd": _known(run.cost_usd),
        "hours": _known(run.hours), "planned": None if planned is None else _figures(planned),
    }  # fmt: skip
    text = "" if planned is None else f"Planned as {plain(choice_text(planned))}."
    return Event(
        name, f"Run {plain(run.name, 80)} {verb}", text, tuple(facts), link, "warn" if bad else "info", tidy(data)
    )


def planned_configuration(plan: Plan, decision: str = "knee") -> Configuration | ManagedJob | None:
    """What the plan decides; None where nothing is feasible."""
    return _decided(plan, decision)[1]


def _decided(plan: Plan, decision: str) -> tuple[str, Configuration | ManagedJob | None]:
    """The decision asked for, or else the first there is, or else the cheapest managed service."""
    for name in (decision, *plan.decisions):
        chosen = plan.configuration(plan.decisions[name]) if name in plan.decisions else None
        if chosen is not None:
            return name, chosen
    service = plan.cheapest_service
    return ("", None) if service is None else ("cheapest managed service", service)


def _figures(chosen: Configuration | ManagedJob | None) -> dict[str, object]:
    if chosen is None:
        return {}
    if isinstance(chosen, ManagedJob):
        return {
            "id": chosen.id, "model": chosen.model, "method": str(chosen.method.get("name", "")),
            "provider": chosen.provider, "service": chosen.offered, "cost_usd": _known(chosen.cost_usd),
            "cost_usd_at_least": chosen.cost_usd_at_least, "hours": None, "quality": _known(chosen.quality),
            "carbon_kg": None,
        }  # fmt: skip
    return {
        "id": chosen.id, "model": chosen.model, "method": str(chosen.method.get("name", "")), "stack": chosen.stack,
        "gpu": chosen.hardware.gpu, "gpus_per_node": chosen.hardware.count, "nodes": chosen.hardware.nodes,
        "provider": chosen.offer.seller, "region": chosen.offer.region, "tier": chosen.offer.tier,
        "cost_usd": _known(chosen.cost_usd), "hours": _known(chosen.hours), "quality": _known(chosen.quality),
        "carbon_kg": _known(chosen.carbon_kg),
    }  # fmt: skip


def _facts(chosen: Configuration | ManagedJob) -> tuple[tuple[str, str], ...]:
    if isinstance(chosen, ManagedJob):
        carbon, offer = None, f"{chosen.provider} {chosen.offered}"
    else:
        carbon = chosen.carbon_kg
        offer = f"{chosen.offer.seller} {chosen.offer.region} {chosen.offer.tier}".replace("_", " ")
    return (
        ("Cost", _cost(chosen)),
        ("Time", duration(chosen.hours)),
        ("Quality", quality_q(chosen.quality)),
        ("Carbon", kilograms(carbon)),
        ("Offer", plain(offer, 80)),
    )


def _cost(chosen: Configuration | ManagedJob) -> str:
    return service_cost(chosen) if isinstance(chosen, ManagedJob) else usd(chosen.cost_usd)


def _whose(team: str | None) -> tuple[tuple[str, str], ...]:
    return (("Team", plain(team, 60)),) if team else ()


def _budget_name(budget: BudgetState) -> str:
    return plain(f"Budget {budget.budget} of {budget.who}{f' in {budget.month}' if budget.month else ''}", 120)


def _budget_text(budget: BudgetState) -> str:
    return (
        f"{_percent(budget.share)} of {usd(budget.limit_usd)}: {usd(budget.spent_usd)} spent and "
        f"{usd(budget.planned_usd)} planned; alert {', '.join(_percent(level) for level in sorted(budget.crossed))}"
    )


def _verdict_text(verdict: Verdict) -> str:
    fix = f" To pass: {verdict.fix}" if verdict.fix else ""
    return plain(f"{verdict.message} ({verdict.place.file}:{verdict.place.line}){fix}", 400)


def _against(value: float | None, planned: float | None, words: Callable[[float | None], str]) -> str:
    if planned is None or math.isnan(planned):
        return words(value)
    return f"{words(value)}, planned {words(planned)}{_change(value, planned)}"


def _change(value: float | None, planned: float) -> str:
    if value is None or math.isnan(value) or planned <= 0:
        return ""
    return f" ({100 * (value / planned - 1):+.0f} %)"


def _rest(count: int, noun: str) -> str:
    return f"{_plural(count - MOST, f'more {noun}')} not listed here." if count > MOST else ""


def _percent(share: float | None) -> str:
    return "unknown" if share is None or math.isnan(share) else f"{100 * share:.0f} %"


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
