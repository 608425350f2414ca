"""Sums over scenarios: all, by team and by cost centre; what moved from one team to another counts in both."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from planner.gate.deltas import ADDED_UP, MONTHLY, SUMS, appeared, vanished
from planner.outcome import Delta, Figure, Metadata, ScenarioDifference, Total, Totals

Deltas = dict[str, Delta]


@dataclass(frozen=True, slots=True)
class Part:
    """What one scenario adds to a sum."""

    delta: Deltas
    was: bool = True
    """Whether it is there at the base."""
    now: bool = True
    """Whether it is there at the head."""


def totals(scenarios: Iterable[ScenarioDifference], *, compared: bool) -> Totals:
    """Sums over what changed, and over everything where unchanged scenarios are listed.

    What names no team is in the whole only. Without a base to compare with nothing was before.
    """
    listed = list(scenarios)
    changed = [one for one in listed if one.change != "unchanged"]
    everything = total(map(_part, listed), compared=compared) if len(changed) < len(listed) else None
    return Totals(
        all=total(map(_part, changed), compared=compared),
        teams=_by(changed, "team", compared=compared),
        cost_centres=_by(changed, "cost_centre", compared=compared),
        everything=everything,
    )


def total(parts: Iterable[Part], *, compared: bool = True) -> Total:
    """The sum; a side's sum is of what is known there, the way from one to the other needs both."""
    each = list(parts)
    sums = {}
    served = tuple(figure for figure in MONTHLY if any(figure in part.delta for part in each))
    for figure in (*SUMS, *served):
        known = [(part, part.delta[figure]) for part in each if figure in part.delta]
        sums[figure] = Delta(
            before=_side([delta.before for part, delta in known if part.was]) if compared else None,
            after=_side([delta.after for part, delta in known if part.now]),
            planner=_whole(delta.planner for part, delta in known if part.was and part.now),
            prices=_whole(delta.prices for part, delta in known if part.was and part.now),
            scenario=_whole(delta.scenario for _, delta in known),
            total=_whole(delta.total for _, delta in known),
        )
    unknown = sum(_cost(part.delta) is None for part in each)
    return Total(scenarios=len(each), unknown=unknown, delta=sums)


def _cost(delta: Deltas) -> Figure:
    """What the cost of a scenario moved by, of a job or by the month; None where unknown, as where its kind changed."""
    costs = [delta[name].total for name in ("cost_usd", MONTHLY[0]) if name in delta]
    return costs[0] if len(costs) == 1 else None


def _part(one: ScenarioDifference) -> Part:
    return Part(one.delta, one.before is not None, one.after is not None)


def _by(scenarios: Iterable[ScenarioDifference], key: str, *, compared: bool) -> dict[str, Total]:
    """The sums of each team or cost centre."""
    groups: dict[str, list[Part]] = {}
    for one in scenarios:
        part = _part(one)
        was, now = _name(one.metadata_before, key), _name(one.metadata, key)
        if not (part.was and part.now) or one.metadata_before is None or was == now:
            if now:
                groups.setdefault(now, []).append(part)
            continue
        for name, delta_of, end in ((was, vanished, "before"), (now, appeared, "after")):
            if name:
                deltas = {str(f): delta_of(getattr(one.delta[f], end), sums=True) for f in one.delta if f in ADDED_UP}
                groups.setdefault(name, []).append(Part(deltas, was=end == "before", now=end == "after"))
    return {name: total(parts, compared=compared) for name, parts in sorted(groups.items())}


def _name(metadata: Metadata | None, key: str) -> str:
    return "" if metadata is None else getattr(metadata, key) or ""


def _side(values: Sequence[Figure]) -> Figure:
    """The sum of one side: 0 where nothing is there, unknown where none of what is there is known."""
    known = [value for value in values if value is not None]
    return math.fsum(known) if known or not values else None


def _whole(values: Iterable[Figure]) -> Figure:
    """The sum, unknown where any part is."""
    each = list(values)
    known = [value for value in each if value is not None]
    return math.fsum(known) if len(known) == len(each) else None
