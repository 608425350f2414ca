"""Spot policies that a scenario names, held against its tiers and its deadline."""

from collections.abc import Callable

from planner.scenario.fine_tune import FineTune
from planner.scenario.spot_policy import ON_DEMAND_TOO

Path = tuple[str | int, ...]
Complain = Callable[[Path, str, str | None], None]


def check_spot_policies(scenario: FineTune, complain: Complain) -> None:
    """Complain about policies without spot machines, without the deadline or the tier that they need, and doubles."""
    tiers, named = scenario.hardware.tiers, scenario.hardware.spot_policies or []
    if named and "spot" not in tiers:
        hint = "add spot to hardware.tiers, or leave spot_policies out"
        complain(
            ("hardware", "spot_policies"), "there are policies for spot machines, and no spot among the tiers", hint
        )
        return
    for i, policy in enumerate(named):
        place: Path = ("hardware", "spot_policies", i)
        if policy in named[:i]:
            complain(place, f"{policy} stands in the list twice", "keep one of them")
        if policy in ON_DEMAND_TOO and scenario.constraints.deadline_hours is None:
            complain(place, f"{policy} needs a deadline to run against", "give constraints.deadline, such as 12 h")
        if policy in ON_DEMAND_TOO and "on_demand" not in tiers:
            complain(place, f"{policy} goes on demand, which is not among the tiers", "add on_demand to hardware.tiers")
