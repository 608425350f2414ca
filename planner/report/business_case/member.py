"""A business case as one of several outcomes of a batch: listed with its answer, and part of no sum."""

from planner.outcome.business_case import Case
from planner.report.business_case.answer import answer_of
from planner.report.business_case.words import amount, band, option_of
from planner.report.data.collection import Member
from planner.report.data.rows import Figure
from planner.report.names import at_words
from planner.report.several.beside import member_beside


def case_member(plan: Case) -> Member:
    """The case in a line: the answer, and what the option that is taken costs over the horizon."""
    taken = plan.decision.choice if plan.decision is not None else ""
    one = option_of(plan, taken or plan.cheapest) or plan.options[0]
    cost = one.cost_usd
    shown = Figure(amount(cost.value), band(cost), "", None, None, None)
    return member_beside(plan, "business case", at_words(answer_of(plan), 200), shown)
