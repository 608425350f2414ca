"""`planner export focus`: one file with all charges of the plans and reviews."""

from collections.abc import Sequence

from planner.export.asked import Asked, Given, Made, check_times, taken
from planner.export.focus.charges import Charge
from planner.export.focus.portfolio import portfolio_charges
from planner.export.focus.review import review_charges
from planner.export.focus.rows import rows
from planner.export.focus.serving import serving_charges
from planner.export.focus.tuning import tuning_charges
from planner.export.focus.writing import written
from planner.outcome.plan import Plan
from planner.outcome.portfolio import PortfolioPlan
from planner.outcome.review import Review
from planner.outcome.serving_plan import ServingPlan

Charged = Plan | ServingPlan | Review | PortfolioPlan
"""What foresees charges."""


def export(given: Sequence[Given], asked: Asked) -> Made:
    """Rows of FOCUS 1.2 of all plans, in one file of the ending that is asked for; InputError where one has none."""
    read: Sequence[tuple[Given, Charged]] = taken(given, Plan, ServingPlan, Review, PortfolioPlan)
    charges = [charge for one, outcome in read for charge in _charges(one, outcome, asked)]
    suffix = asked.suffix or ".csv"
    return Made({f"focus{suffix}": written(rows(charges, asked.periods), suffix)})


def _charges(one: Given, outcome: Charged, asked: Asked) -> list[Charge]:
    check_times(one)
    match outcome:
        case Plan():
            return tuning_charges(one, outcome, asked)
        case ServingPlan():
            return serving_charges(one, outcome, asked)
        case Review():
            return review_charges(one, outcome)
        case PortfolioPlan():
            return portfolio_charges(one, outcome)
