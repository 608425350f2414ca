"""Whether the prices that choices rest on are young enough, at the date of their catalog."""

from typing import Final

from planner.outcome import AnyPlan, Check, Choice, ManagedJob, Plan
from planner.outcome.serving_configuration import ServingConfiguration
from planner.units import earliest_day

RENEW: Final = (
    "record new prices with `planner prices refresh`, then plan with --prices; not every provider has a source: "
    "`planner prices test` lists which"
)
"""What to do about choices that rest on old prices."""


def stale_choices(plan: AnyPlan, life_hours: float) -> list[str]:
    """Decisions of a plan that rest on a price older than its life, in words.

    Of a plan that chooses no machine it is the cheapest managed service that counts.
    """
    names: dict[str, list[str]] = {}
    for name, chosen in plan.decisions.items():
        names.setdefault(chosen, []).append(name)
    found: list[tuple[list[str], Choice | None]]
    found = [(called, plan.configuration(chosen)) for chosen, called in names.items()]
    if isinstance(plan, Plan) and not plan.front:
        found.append((["cheapest service"], plan.cheapest_service))
    return [
        f"{', '.join(called)}: {line}"
        for called, one in found
        if one is not None and (line := _stale(one, plan.catalog.as_of, life_hours))
    ]


def stale_heads(check: Check, life_hours: float) -> list[str]:
    """What a check judges that rests on a price older than its life, in words."""
    sides = ((one.path, one.after) for one in check.difference.scenarios)
    return [
        f"{path}: {side.decision}: {line}"
        for path, side in sides
        if side is not None
        and side.chosen is not None
        and (line := _stale(side.chosen, side.catalog_as_of, life_hours))
    ]


def _stale(chosen: Choice, as_of: str, life_hours: float) -> str:
    """That a price is too old; empty where it is not.

    Ages are counted in whole days up to the catalog's date, never up to today, so that a plan stays what it is. A
    partial date counts as its earliest day.
    """
    priced = _priced(chosen)
    if priced is None:
        return "nothing says how old its price is"
    provider, what, of = priced
    days = (earliest_day(as_of) - earliest_day(of)).days
    return f"the price of {provider} {what} is {days} days old on {as_of}" if days * 24.0 > life_hours else ""


def _priced(chosen: Choice) -> tuple[str, str, str] | None:
    """Who asks a price, for what, and of which day it is; None where nobody says."""
    if isinstance(chosen, ManagedJob):
        return chosen.provider, chosen.offered, chosen.as_of
    if isinstance(chosen, ServingConfiguration) and chosen.api is not None:
        return chosen.api.provider, chosen.model, chosen.api.as_of
    offer = chosen.offer
    return None if offer is None else (offer.provider, f"{offer.instance} in {offer.region}", offer.as_of)
