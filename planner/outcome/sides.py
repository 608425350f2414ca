"""A plan as one side of a comparison: what it decided, and how safe that is."""

from planner.outcome.configuration import Configuration
from planner.outcome.difference import Side
from planner.outcome.difference_words import choice_text
from planner.outcome.findings import DecisionNote
from planner.outcome.managed import ManagedJob
from planner.outcome.plan import Plan


def plan_side(plan: Plan, decision: str, prices: str) -> Side:
    """The side that a plan makes."""
    machine = decided(plan, decision)
    chosen = machine or service_of(plan, decision)
    note = plan.decision_notes.get(decision, DecisionNote(text=""))
    rival = plan.configuration(note.rival) if note.rival else None
    return Side(
        scenario_digest=plan.scenario.digest,
        catalog_as_of=plan.catalog.as_of,
        prices=prices,
        planner=plan.planner.version,
        decision=decision,
        configuration=machine,
        service=service_of(plan, decision),
        choice="" if chosen is None else choice_text(chosen),
        margin=note.margin,
        margin_of=note.margin_of,
        rival="" if rival is None else choice_text(rival),
        front=len(plan.front),
        feasible=plan.feasible,
    )


def decided(plan: Plan, decision: str) -> Configuration | None:
    """What a plan's decision chose of machines; None where none is feasible or known."""
    return plan.configuration(plan.decisions[decision]) if decision in plan.decisions else None


def service_of(plan: Plan, decision: str) -> ManagedJob | None:
    """The cheapest job at a managed service; None where none is.

    A plan that decides among machines, and has no decision of this name, chooses no service instead.
    """
    return None if plan.decisions and decision not in plan.decisions else plan.cheapest_service
