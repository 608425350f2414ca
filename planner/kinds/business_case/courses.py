"""Other courses of the world that a case names: their own growth of demand and fall of prices."""

import numpy as np

from planner.kinds.business_case.gathering import Gathering, Spot
from planner.kinds.business_case.lines import Values
from planner.kinds.business_case.world import DECLINE, GROWTH, TIMES, gather_decline
from planner.scenario.business_case import BusinessCase
from planner.scenario.case_options import CaseScenario


def gather_courses(scenario: BusinessCase, gathering: Gathering) -> None:
    """Take in the numbers of all scenarios.

    Raises:
        InputError: a spread out of order, or prices that fall by all there is.
    """
    for number, course in enumerate(scenario.scenarios):
        spot = Spot((), "", "").item("scenarios", number, course.name, f"scenario {course.name}")
        if course.demand_growth is not None:
            gathering.number(course.demand_growth, spot.of("demand_growth"), "growth of demand a year", "share/year")
        if course.price_decline is not None:
            gather_decline(course.price_decline, spot.of("price_decline"), gathering)
        if "demand" in course.model_fields_set:
            gathering.number(course.demand, spot.of("demand"), "today's demand times this", "count")


def changed_by(course: CaseScenario, values: Values) -> Values:
    """What a scenario has in place of the values of the case."""
    found = {TIMES: np.array([course.demand])}
    if course.demand_growth is not None:
        found[GROWTH] = values[f"scenarios.{course.name}.demand_growth"]
    if course.price_decline is not None:
        found[DECLINE] = values[f"scenarios.{course.name}.price_decline"]
    return found
