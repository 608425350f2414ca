"""A plan as one side of a comparison: what it decided, and how safe that is."""

from planner.decision_names import CHEAPEST_API
from planner.outcome.any_plan import AnyPlan
from planner.outcome.configuration import Configuration
from planner.outcome.difference import Choice, Side
from planner.outcome.difference_words import choice_text
from planner.outcome.findings import DecisionNote
from planner.outcome.managed import ManagedJob
from planner.outcome.plan import Plan
from planner.outcome.serving_configuration import ServingConfiguration
from planner.outcome.serving_plan import ServingPlan


def plan_side(plan: AnyPlan, decision: str, prices: str) -> Side:
    """The side that a plan makes."""
    chosen = chosen_of(plan, decision)
    note = plan.decision_notes.get(decision, DecisionNote(text=""))
    rival = plan.configuration(note.rival) if note.rival else None
    return Side(
        scenario_digest=plan.scenario.digest,
        catalog_as_of=plan.catalog.as_of,
        prices=prices,
        planner=plan.planner.version,
        decision=decision,
        configuration=chosen if isinstance(chosen, Configuration) else None,
        service=service_of(plan, decision),
        serving=chosen if isinstance(chosen, ServingConfiguration) else None,
        choice="" if chosen is None else choice_text(chosen),
        margin=note.margin,
        margin_of=note.margin_of,
        rival="" if rival is None else choice_text(rival),
        front=len(plan.front),
        feasible=plan.feasible,
    )


def chosen_of(plan: AnyPlan, decision: str) -> Choice | None:
    """What a plan chooses: its decision, else the cheapest service; None where nothing is known."""
    if isinstance(plan, ServingPlan):
        # What has no front tells of no latency or quality: the cheapest of it stands for all.
        name = decision if decision in plan.decisions or plan.front else CHEAPEST_API
        return plan.configuration(plan.decisions[name]) if name in plan.decisions else None
    return decided(plan, decision) or service_of(plan, decision)


def decided(plan: Plan, decision: str) -> Configuration | None:
    """What a plan's decision chose of machines; None where none is feasible or known."""
    return plan.configuration(plan.decisions[decision]) if decision in plan.decisions else None


def service_of(plan: AnyPlan, decision: str) -> ManagedJob | None:
    """The cheapest job at a managed service; None where none is.

    A plan that decides among machines, and has no decision of this name, chooses no service instead.
    """
    if isinstance(plan, ServingPlan):
        return None
    return None if plan.decisions and decision not in plan.decisions else plan.cheapest_service
