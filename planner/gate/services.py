"""Managed fine-tuning services in a comparison: how the cost of the cheapest moved, and what is not known of it."""

from typing import Final

from planner.gate.deltas import appeared, chance_higher, changed, vanished
from planner.outcome import Delta, Figure, ManagedJob, Side
from planner.outcome.service_words import NO_FIGURES, cost_text, service_cost, service_text
from planner.units import usd

_PARTS: Final = ("planner", "prices", "scenario")
_DUST: Final = 1e-9
"""Share of the cost up to which a change is what floating point leaves."""


def service_delta(
    base: ManagedJob | None, repriced: ManagedJob | None, head: ManagedJob | None, *, locked: Figure = None,
    added: bool = False, removed: bool = False,
) -> Delta | None:  # fmt: skip
    """The cost of the cheapest service, split as other figures are (`changed`); None where neither side has one.

    `repriced` is the base's scenario on the head's prices, `locked` what the base's lock says the service cost. Only
    where the whole scenario is `added` or `removed` it changes the cost by all that the service asks.
    """
    if base is None and head is None:
        return None
    costs = [None if job is None else job.cost_usd for job in (base, repriced, head)]
    if added:
        return appeared(costs[2], sums=True)
    if removed:
        return vanished(costs[0] if locked is None else locked, sums=True)
    return changed(locked, *costs, has_lock=locked is not None, chance=chance_higher(base, head, "cost_usd"))


def service_notes(before: Side | None, after: Side | None, delta: Delta | None) -> list[str]:
    """What became of the cheapest service, in one sentence, and what is not known of it where it is chosen.

    Of one that stands beside the machine of a new scenario the figures say it all.
    """
    was, now = (None if side is None else side.service for side in (before, after))
    chosen = None if after is None else after.chosen
    if now is None:
        if was is None:
            return []
        left = "the scenario cannot be planned" if after is not None and after.problems else "none is left"
        gone = "removed with the scenario" if after is None else left
        return [f"cheapest managed service: it was {service_text(was)} for {service_cost(was)}; {gone}"]
    # What cannot be planned had one or none: nobody knows.
    way = "" if before is None or before.problems else f"; {_since(was, now, delta)}"
    if isinstance(chosen, ManagedJob):
        return [
            f"no machine is chosen, so the cheapest managed service counts, whatever the decision, "
            f"for {service_cost(now)}{way}",
            f"{NO_FIGURES}: limits and rules on that cannot be shown to be kept",
        ]
    return [f"cheapest managed service: {service_text(now)} for {service_cost(now)}{way}"] if way else []


def _since(was: ManagedJob | None, now: ManagedJob, delta: Delta | None) -> str:
    """How it compares with the base, and which part of the change came from where."""
    if was is None or delta is None:
        return "there was none before"
    other = "" if service_text(was) == service_text(now) else f" for {service_text(was)}"
    if delta.total is None:
        return f"it was {service_cost(was)}{other}"
    dust = _DUST * max(abs(delta.before or 0.0), abs(delta.after or 0.0))
    if abs(delta.total) <= dust:
        return f"as before{other}"
    moved = {name: value for name in _PARTS if abs(value := getattr(delta, name) or 0.0) > dust}
    parts = [f"{name} {'+' if value > 0 else '-'}{usd(abs(value))}" for name, value in moved.items()]
    causes = f" ({', '.join(parts)})" if parts else ""
    return f"it was {cost_text(delta.before, least=was.cost_usd_at_least)}{other}{causes}"
