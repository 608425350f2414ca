"""Sums over several plans; what is unknown is counted beside them, never as zero."""

import math
from collections.abc import Sequence
from typing import Literal

from planner.outcome.service_words import cost_text
from planner.report.data.collection import Member, Sum
from planner.report.names import plural
from planner.units import duration, share_text

NOBODY = {"team": "no team", "cost_centre": "no cost centre", "model": "none chosen"}


def total_of(members: Sequence[Member], name: str = "All", whole_usd: float | None = None) -> Sum:
    """The sum of these plans, a share of `whole_usd`, by default of itself; what could not be planned is none."""
    members = [one for one in members if one.state != "failed"]
    jobs = [one for one in members if not one.monthly]
    costs = [one.cost.value for one in jobs if one.cost.value is not None]
    hours = [one.hours.value for one in jobs if one.hours.value is not None]
    cost = math.fsum(costs)
    missing, monthly = len(jobs) - len(costs), len(members) - len(jobs)
    least = "at least " if hours and len(hours) < sum(one.state == "planned" for one in jobs) else ""
    whole = cost if whole_usd is None else whole_usd
    return Sum(
        name=name,
        plans=f"{len(members):,}",
        cost=cost_text(cost if costs else None, least=any(one.cost_at_least for one in jobs)),
        cost_value=cost,
        unknown=" and ".join(
            f"{count:,} {words}"
            for count, words in ((missing, "without a known cost"), (monthly, "paid by the month"))
            if count
        ),
        hours=f"{least}{duration(math.fsum(hours))}" if hours else "unknown",
        share=_share(cost / whole) if costs and whole else "",
    )


def sums_by(members: Sequence[Member], key: Literal["team", "cost_centre", "model"]) -> tuple[Sum, ...]:
    """The sum of each team, cost centre or model, the dearest first; empty where no plan names one."""
    groups: dict[str, list[Member]] = {}
    for one in members:
        if one.state != "failed":  # whose it is, nobody knows
            groups.setdefault(getattr(one, key), []).append(one)
    if not any(groups):
        return ()
    whole = total_of(members).cost_value
    sums = [total_of(group, name or NOBODY[key], whole) for name, group in groups.items()]
    return tuple(sorted(sums, key=lambda one: (-one.cost_value, one.name)))


def _share(share: float) -> str:
    return "under 1 %" if 0 < share < 0.005 else share_text(share)


def totals_sentence(members: Sequence[Member], total: Sum) -> str:
    """What the plans cost together."""
    known = [one for one in members if one.cost.value is not None]
    if not known:
        paid = [one for one in members if one.monthly]
        some = f"{plural(len(paid), 'plan')} of these {'is' if len(paid) == 1 else 'are'}"
        every = "Every plan is" if len(paid) == len(members) else some
        return f"{every} paid by the month, which adds to no sum." if paid else "No plan has a known cost."
    dearest = max(known, key=lambda one: (one.cost.value or 0.0, one.id))
    text = f"The shown decisions of {plural(len(known), 'plan')} cost {total.cost} together"
    if len(known) > 1 and total.cost_value:
        share = _share((dearest.cost.value or 0.0) / total.cost_value)
        text += f"; {dearest.name} ({dearest.cost.text}) is {share} of that"
    tail = f"; {total.unknown} left out" if total.unknown else ""
    ran = "" if total.hours == "unknown" else f" One after another they would run for {total.hours}."
    return f"{text}{tail}.{ran}"
