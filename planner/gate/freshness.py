"""Whether the prices that choices rest on are young enough, at the date of their catalog."""

from planner.catalog.ages import earliest_day
from planner.outcome import Check, Plan
from planner.outcome.configuration import Offer


def stale_choices(plan: Plan, life_hours: float) -> list[str]:
    """Decisions of a plan that rest on a price older than its life, in words."""
    names: dict[str, list[str]] = {}
    for name, chosen in plan.decisions.items():
        names.setdefault(chosen, []).append(name)
    found = ((called, plan.configuration(chosen)) for chosen, called in names.items())
    return [
        f"{', '.join(called)}: {line}"
        for called, one in found
        if one is not None and (line := _stale(one.offer, plan.catalog.as_of, life_hours))
    ]


def stale_heads(check: Check, life_hours: float) -> list[str]:
    """What a check judges that rests on a price older than its life, in words."""
    sides = ((one.path, one.after) for one in check.difference.scenarios)
    return [
        f"{path}: {side.decision}: {line}"
        for path, side in sides
        if side is not None
        and side.configuration is not None
        and (line := _stale(side.configuration.offer, side.catalog_as_of, life_hours))
    ]


def _stale(offer: Offer, as_of: str, life_hours: float) -> str:
    """That an offer's price is too old; empty where it is not.

    Ages are counted in whole days up to the catalog's date, never up to today, so that a plan stays what it is. A
    partial date counts as its earliest day.
    """
    days = (earliest_day(as_of) - earliest_day(offer.as_of)).days
    if days * 24.0 <= life_hours:
        return ""
    return f"the price of {offer.provider} {offer.instance} in {offer.region} is {days} days old on {as_of}"
