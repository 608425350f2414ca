"""Ways to run the decisions that are on spot machines, as a report prints them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from planner.outcome import Plan, SpotPolicy
from planner.report.data.spread import Spread
from planner.report.names import clean, listed
from planner.units import chance_text, duration, share_text, usd

WORDS: Final = {
    "spot_only": "spot only",
    "fallback": "fallback on demand",
    "uniform_progress": "uniform progress",
    "multi_region": "several regions",
}
SENTENCE: Final = (
    "Simulated with speed, overheads, price and preemption rate uncertain. Figures are means over the runs, so they "
    "lie a little above the decision's own, which are medians; on demand alone is a median too. Recommended is the "
    "cheapest way that is in time with the confidence asked for, 90 % unless the scenario says, and of equally cheap "
    "ones the fastest."
)
ALONE: Final = "on demand alone"


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One way to run a decision; an empty text is unknown."""

    decisions: str
    policy: str
    cost: str
    cost_band: str
    hours: str
    hours_band: str
    meets: str
    """Chance of meeting the deadline; empty without one."""
    on_demand: str
    """Share of the machine hours on demand."""
    where: str
    recommended: bool
    note: str
    cost_spread: Spread
    """USD over the runs."""
    hours_spread: Spread


def policy_rows(plan: Plan, roles: Mapping[str, tuple[str, ...]]) -> tuple[PolicyRow, ...]:
    """The policies of all decisions on spot, in the order of `roles`; other configurations' stay in plan.json."""
    rows: list[PolicyRow] = []
    for id_, names in roles.items():
        mine, decisions = [p for p in plan.spot_policies if p.id == id_], ", ".join(names)
        rows += [_row(p, decisions) for p in mine]
        if mine and mine[0].on_demand_cost_usd is not None:
            rows.append(_alone(mine[0], decisions))
    return tuple(rows)


def simulated(rows: Iterable[PolicyRow]) -> list[PolicyRow]:
    """The policies without the rows of the same machine on demand, which have no spread."""
    return [row for row in rows if row.policy != ALONE]


def _alone(p: SpotPolicy, decisions: str) -> PolicyRow:
    """The same machine on demand all the way, to compare with."""
    unknown = Spread(None, None, None, None, None, None, None, "")
    return PolicyRow(
        decisions=clean(decisions),
        policy=ALONE,
        cost="unknown" if p.on_demand_cost_usd is None else usd(p.on_demand_cost_usd),
        cost_band="",
        hours="unknown" if p.on_demand_hours is None else duration(p.on_demand_hours),
        hours_band="",
        meets="" if p.on_demand_meets_deadline is None else chance_text(p.on_demand_meets_deadline),
        on_demand="all",
        where=clean(p.regions[0]) if p.regions else "",
        recommended=p.on_demand_recommended,
        note=clean(p.on_demand_note),
        cost_spread=unknown,
        hours_spread=unknown,
    )


def _row(p: SpotPolicy, decisions: str) -> PolicyRow:
    return PolicyRow(
        decisions=clean(decisions),
        policy=WORDS[p.policy],
        cost="unknown" if p.cost_usd is None else usd(p.cost_usd),
        cost_band=""
        if p.cost_usd_lo is None or p.cost_usd_hi is None
        else f"{usd(p.cost_usd_lo)} to {usd(p.cost_usd_hi)}",
        hours="no end" if p.hours is None else duration(p.hours),
        hours_band=""
        if p.hours_lo is None or p.hours_hi is None
        else f"{duration(p.hours_lo)} to {duration(p.hours_hi)}",
        meets="" if p.meets_deadline is None else chance_text(p.meets_deadline),
        on_demand=share_text(p.on_demand_share) if p.on_demand_share else "none",
        where=listed([clean(place) for place in p.regions]),
        recommended=p.recommended,
        note=clean(p.note),
        cost_spread=Spread(
            p.cost_usd, p.cost_usd_lo, p.cost_usd_q25, p.cost_usd_q50, p.cost_usd_q75, p.cost_usd_hi,
            p.on_demand_cost_usd, "" if p.on_demand_cost_usd is None else usd(p.on_demand_cost_usd),
        ),
        hours_spread=Spread(
            p.hours, p.hours_lo, p.hours_q25, p.hours_q50, p.hours_q75, p.hours_hi,
            p.on_demand_hours, "" if p.on_demand_hours is None else duration(p.on_demand_hours),
        ),
    )  # fmt: skip
